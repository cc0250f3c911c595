#include "engines/debt/recovery_timing.hpp"

#include <cmath>
#include <cstddef>
#include <string>

#include "engines/debt/minor_digits.hpp"
#include "table/error.hpp"

namespace seawall::debt {
namespace {

std::string place(const char* column, std::size_t row) {
    return std::string(column) + "[" + std::to_string(row) + "]";
}

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
            throw Error(ErrorCode::invalid_input, place("rate", i), "must be finite, above -12");
        }
    }
}

/// By repeated multiplication: the bits are the same on every machine.
double compounded(double growth, int months) {
    double factor = 1.0;
    for (int month = 0; month < months; ++month) factor *= growth;
    return factor;
}

std::int64_t checked_amount(double amount, const char* column, std::size_t row) {
    const bool is_exact = std::abs(amount) <= static_cast<double>(largest_minor_units);  // not NaN
    if (!is_exact) {
        throw Error(ErrorCode::limit_exceeded, place(column, row),
                    "must be 2^53 minor units at most");
    }
    return static_cast<std::int64_t>(amount);
}

}  // namespace

RecoveryValue value_recoveries(const RecoveryColumns& recoveries, const RecoveryTiming& timing) {
    check(recoveries, timing);
    const std::size_t count = recoveries.rate.size();
    RecoveryValue value;
    value.collateral_minor.resize(count);
    value.dividends_minor.resize(count);
    value.cost_of_carry_minor.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double growth = 1.0 + recoveries.rate[i] / 12.0;
        const double to_sale = compounded(growth, timing.months_to_sale);
        const double to_distribution = compounded(growth, timing.months_to_distribution);
        if (!std::isfinite(to_sale) || !std::isfinite(to_distribution)) {
            throw Error(ErrorCode::limit_exceeded, place("rate", i), "its power overflows");
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
    return value;
}

}  // namespace seawall::debt
