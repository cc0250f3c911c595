#include "engines/debt/recovery_timing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "engines/debt/minor_digits.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void check_months(const char* name, int months) {
    if (months < 0 || months > max_recovery_months) {
        throw Error(ErrorCode::invalid_input, name, "must be from 0 to 1,200");
    }
}

void check(const RecoveryColumns& columns, const RecoveryTiming& timing) {
    check_months("months_to_sale", timing.months_to_sale);
    check_months("months_to_distribution", timing.months_to_distribution);
    const std::size_t count = columns.rate.size();
    if (columns.from_collateral_minor.size() != count ||
        columns.from_estate_minor.size() != count || columns.from_guarantee_minor.size() != count) {
        throw Error(ErrorCode::invalid_input, "rate", "must be as long as its fellow columns");
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(columns.rate[i]) || columns.rate[i] <= -12.0) {
            throw Error(ErrorCode::invalid_input, place_of("rate", i), "must be finite, above -12");
        }
    }
}

constexpr std::size_t block_size = 16;
using Block = std::array<double, block_size>;

/// By repeated multiplication: the bits are the same on every machine. A block at once, since each
/// product waits for the one before.
Block compounded(const Block& growth, int months) {
    Block factor;
    factor.fill(1.0);
    for (int month = 0; month < months; ++month) {
        for (std::size_t i = 0; i < block_size; ++i) factor[i] *= growth[i];
    }
    return factor;
}

std::int64_t checked_amount(double amount, const char* column, std::size_t row) {
    const bool is_exact = std::abs(amount) <= static_cast<double>(largest_minor_units);  // not NaN
    if (!is_exact) {
        throw Error(ErrorCode::limit_exceeded, place_of(column, row),
                    "must be 2^53 minor units at most");
    }
    return static_cast<std::int64_t>(amount);
}

}  // namespace

void value_recoveries(const RecoveryColumns& recoveries, const RecoveryTiming& timing,
                      RecoveryValue& value) {
    check(recoveries, timing);
    const std::size_t count = recoveries.rate.size();
    value.collateral_minor.resize(count);
    value.dividends_minor.resize(count);
    value.cost_of_carry_minor.resize(count);
    Block growth{}, sale_factor{}, distribution_factor{};
    for (std::size_t i = 0; i < count; ++i) {
        if (i % block_size == 0) {
            const std::size_t end = std::min(i + block_size, count);
            for (std::size_t j = i; j < end; ++j) growth[j - i] = 1.0 + recoveries.rate[j] / 12.0;
            sale_factor = compounded(growth, timing.months_to_sale);
            distribution_factor = compounded(growth, timing.months_to_distribution);
        }
        const double to_sale = sale_factor[i % block_size];
        const double to_distribution = distribution_factor[i % block_size];
        if (!std::isfinite(to_sale) || !std::isfinite(to_distribution)) {
            throw Error(ErrorCode::limit_exceeded, place_of("rate", i), "its power overflows");
        }
        const auto collateral = recoveries.from_collateral_minor[i];
        const auto dividends = recoveries.from_estate_minor[i] + recoveries.from_guarantee_minor[i];
        const auto nominal =
            checked_amount(static_cast<double>(collateral + dividends), "from_collateral_minor", i);
        value.collateral_minor[i] = checked_amount(
            std::nearbyint(static_cast<double>(collateral) / to_sale), "from_collateral_minor", i);
        value.dividends_minor[i] =
            checked_amount(std::nearbyint(static_cast<double>(dividends) / to_distribution),
                           "from_estate_minor", i);
        value.cost_of_carry_minor[i] =
            nominal - value.collateral_minor[i] - value.dividends_minor[i];
    }
}

}  // namespace seawall::debt
