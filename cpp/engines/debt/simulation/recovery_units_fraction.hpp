#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>

namespace seawall::debt {

/// A decimal fraction n/d from 0 to 1 of amounts of 0 .. 2⁶² minor units, to the unit.
class MinorFraction {
  public:
    /// To 1e-9.
    static MinorFraction of(double fraction) {
        return {static_cast<std::uint64_t>(std::llround(fraction * 1e9)), 1'000'000'000};
    }
    /// What is left after two fractions are taken, one after the other.
    static MinorFraction left_after(double first, double second) {
        const MinorFraction one = of(first);
        const MinorFraction other = of(second);
        const MinorFraction left(one.denominator_ - one.numerator_, one.denominator_);
        const MinorFraction kept(other.denominator_ - other.numerator_, other.denominator_);
        return {left.numerator_ * kept.numerator_, left.denominator_ * kept.denominator_};
    }

    std::int64_t rounded_down(std::int64_t amount) const {
        return static_cast<std::int64_t>(divide(amount).quotient);
    }
    std::int64_t rounded_half_even(std::int64_t amount) const {
        const auto [quotient, remainder] = divide(amount);
        const std::uint64_t rest = denominator_ - remainder;
        const bool is_up = remainder > rest || (remainder == rest && (quotient & 1U) != 0);
        return static_cast<std::int64_t>(quotient) + (is_up ? 1 : 0);
    }

  private:
    __extension__ using Product = unsigned __int128;
    struct Division {
        std::uint64_t quotient, remainder;
    };

    /// In lowest terms, most products fit into 64 bits.
    MinorFraction(std::uint64_t numerator, std::uint64_t denominator)
        : numerator_(numerator / std::gcd(numerator, denominator)),
          denominator_(denominator / std::gcd(numerator, denominator)) {}

    Division divide(std::int64_t amount) const {
        const Product product = static_cast<Product>(amount) * numerator_;
        if (product <= UINT64_MAX) {
            const auto small = static_cast<std::uint64_t>(product);
            return {small / denominator_, small % denominator_};
        }
        return {static_cast<std::uint64_t>(product / denominator_),
                static_cast<std::uint64_t>(product % denominator_)};
    }

    std::uint64_t numerator_, denominator_;
};

}  // namespace seawall::debt
