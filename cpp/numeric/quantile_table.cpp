#include "numeric/quantile_table.hpp"

#include <bit>
#include <cstdint>

namespace seawall {
namespace {

/// The sign, the exponent and three bits of the mantissa tell the interval.
constexpr unsigned place_bits = 49;

constexpr std::uint64_t interval_of(double mass) {
    return std::bit_cast<std::uint64_t>(mass) >> place_bits;
}

constexpr std::uint64_t first_interval = interval_of(QuantileTable::least_mass);

constexpr double centre_of(std::uint64_t interval) {
    return std::bit_cast<double>((2 * interval + 1) << (place_bits - 1));
}

/// One over half the width of an interval, a power of 2.
constexpr double inverse_step_of(std::uint64_t interval) {
    const std::uint64_t exponent = interval >> 3U;
    return std::bit_cast<double>((2050 - exponent) << 52U);
}

}  // namespace

QuantileTable::QuantileTable(
    const std::function<QuantileSeries(double mass, double step)>& series) {
    for (std::uint64_t i = first_interval; i <= interval_of(largest_mass); ++i) {
        intervals_.push_back(series(centre_of(i), 1.0 / inverse_step_of(i)));
    }
}

double QuantileTable::operator()(double mass) const {
    const std::uint64_t interval = interval_of(mass);
    const QuantileSeries& c = intervals_[interval - first_interval];
    const double h = (mass - centre_of(interval)) * inverse_step_of(interval);  // exact
    const double square = h * h;
    double odd = c[13];
    double even = c[12];
    for (std::size_t n = 11; n >= 3; n -= 2) {
        odd = odd * square + c[n];
        even = even * square + c[n - 1];
    }
    odd = odd * square + c[1];
    return c[0] + h * (odd + h * even);
}

}  // namespace seawall
