#include "engines/debt/sweep_check.hpp"

#include <algorithm>
#include <string>

#include "engines/debt/types.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double half_of_int64 = 0x1p62;  // leaves a sum of doubles room for its own rounding
constexpr double most_minor_units = 0x1p51;
constexpr std::int64_t most_minor_units_per_unit = 1'000'000;

[[noreturn]] void refuse(ErrorCode code, const std::string& place, const std::string& message) {
    throw Error(code, place, message);
}

struct Range {
    double least;
    double most;
    const char* text;
};

constexpr Range amount{0.0, largest_value, "must be from 0 to 1e100"};
constexpr Range signed_amount{-largest_value, largest_value, "must be from -1e100 to 1e100"};
constexpr Range share{0.0, 1.0, "must be from 0 to 1"};
constexpr Range rate{-largest_driver_rate, largest_driver_rate, "must be from -10 to 10"};
constexpr Range factor{0.0, largest_driver_factor, "must be from 0 to 1e6"};
constexpr Range ratio_or_none{0.0, no_ltv_limit, "must be at least 0; infinity is no limit"};

/// The place of the first value that is not as it must be, or -1. Counting all is a loop without
/// exits, which vectorises.
template <class Value, class Accept>
std::ptrdiff_t first_refused(std::span<const Value> values, const Accept& accept) {
    if (std::ranges::count_if(values, accept) == std::ssize(values)) return -1;
    return std::ranges::find_if_not(values, accept) - values.begin();
}

void check_values(std::span<const double> values, const Range& range, const std::string& place) {
    const std::ptrdiff_t bad = first_refused(
        values, [&](double value) { return (value >= range.least) & (value <= range.most); });
    if (bad < 0) return;
    refuse(ErrorCode::invalid_input, place_of(place, static_cast<std::size_t>(bad)), range.text);
}

void check_column(std::span<const double> values, std::size_t count, const Range& range,
                  const std::string& place) {
    if (values.size() != count) {
        refuse(ErrorCode::invalid_input, place, "must have a value for each instrument");
    }
    check_values(values, range, place);
}

void check_classes(std::span<const std::int64_t> classes, std::size_t count,
                   std::size_t class_count, const std::string& place) {
    if (classes.size() != count) {
        refuse(ErrorCode::invalid_input, place, "must have a value for each instrument");
    }
    const std::ptrdiff_t bad = first_refused(classes, [&](std::int64_t code) {
        return static_cast<std::uint64_t>(code) < class_count;  // below 0 is far above
    });
    if (bad < 0) return;
    refuse(ErrorCode::invalid_input, place_of(place, static_cast<std::size_t>(bad)),
           class_count == 0 ? "there is no such class"
                            : "must be from 0 to " + std::to_string(class_count - 1));
}

void check_cube(const DriverCube& cube, const SweepScenarios& scenarios, const Range& range,
                const std::string& place) {
    if (cube.class_count > max_sweep_classes) {
        refuse(ErrorCode::limit_exceeded, place, "at most 65,536 classes");
    }
    if (cube.values.size() !=
        cube.class_count * scenarios.quarter_count * scenarios.scenario_count) {
        refuse(ErrorCode::invalid_input, place,
               "must have the shape (classes, quarters, scenarios)");
    }
    check_values(cube.values, range, place);
}

void check_scenarios(const SweepScenarios& scenarios) {
    if (scenarios.quarter_count == 0 || scenarios.quarter_count > max_sweep_quarters) {
        refuse(scenarios.quarter_count == 0 ? ErrorCode::invalid_input : ErrorCode::limit_exceeded,
               "scenarios.quarter_count", "must be from 1 to 40");
    }
    if (scenarios.scenario_count > max_scenarios) {
        refuse(ErrorCode::limit_exceeded, "scenarios.scenario_count", "at most 10,000 scenarios");
    }
    if (scenarios.minor_units_per_unit < 1 ||
        scenarios.minor_units_per_unit > most_minor_units_per_unit) {
        refuse(ErrorCode::invalid_input, "scenarios.minor_units_per_unit",
               "must be from 1 to 1,000,000");
    }
    check_cube(scenarios.index, scenarios, rate, "scenarios.index");
    check_cube(scenarios.income, scenarios, factor, "scenarios.income");
    check_cube(scenarios.collateral, scenarios, factor, "scenarios.collateral");
    check_cube(scenarios.currency, scenarios, factor, "scenarios.currency");
}

void check_loans(const SweepColumns& loans, const SweepScenarios& scenarios) {
    const std::size_t count = loans.instrument_count();
    check_column(loans.balance, count, amount, "loans.balance");
    check_column(loans.scheduled_principal, count, amount, "loans.scheduled_principal");
    check_column(loans.spread, count, rate, "loans.spread");
    check_column(loans.income, count, signed_amount, "loans.income");
    check_column(loans.collateral_value, count, amount, "loans.collateral_value");
    check_column(loans.haircut, count, share, "loans.haircut");
    check_column(loans.sale_cost, count, share, "loans.sale_cost");
    check_column(loans.prior_claims, count, amount, "loans.prior_claims");
    check_column(loans.unsecured_recovery, count, share, "loans.unsecured_recovery");
    check_column(loans.dscr_limit, count, factor, "loans.dscr_limit");
    check_column(loans.ltv_limit, count, ratio_or_none, "loans.ltv_limit");
    check_classes(loans.index_class, count, scenarios.index.class_count + 1, "loans.index_class");
    check_classes(loans.income_class, count, scenarios.income.class_count, "loans.income_class");
    check_classes(loans.collateral_class, count, scenarios.collateral.class_count,
                  "loans.collateral_class");
    check_classes(loans.currency_class, count, scenarios.currency.class_count,
                  "loans.currency_class");
    for (std::size_t i = 0; i < count; ++i) {
        if (loans.index_class[i] == 0 && loans.spread[i] < 0.0) {
            refuse(ErrorCode::invalid_input, "loans.spread[" + std::to_string(i) + "]",
                   "a fixed rate must be at least 0");
        }
    }
}

/// No loss passes a double's integers and no sum passes int64. An instrument defaults once, hence
/// the sum over the quarters is bounded too.
void check_bits(const SweepColumns& loans, const SweepScenarios& scenarios) {
    const std::size_t cells = scenarios.quarter_count * scenarios.scenario_count;
    if (cells == 0) return;
    std::vector<double> largest_factor(scenarios.currency.class_count);
    for (std::size_t k = 0; k < largest_factor.size(); ++k) {
        largest_factor[k] = std::ranges::max(scenarios.currency.values.subspan(k * cells, cells)) *
                            static_cast<double>(scenarios.minor_units_per_unit);
    }
    double total = 0.0;
    for (std::size_t i = 0; i < loans.instrument_count(); ++i) {
        const double largest_loss =
            loans.balance[i] * (1.0 - loans.unsecured_recovery[i]) *
            largest_factor[static_cast<std::size_t>(loans.currency_class[i])];
        if (largest_loss >= most_minor_units) {
            refuse(ErrorCode::limit_exceeded, "loans.balance[" + std::to_string(i) + "]",
                   "its loss could reach 2^51 minor units");
        }
        total += largest_loss + 1.0;  // rounding up
    }
    if (total >= half_of_int64) {
        refuse(ErrorCode::limit_exceeded, "loans.balance",
               "the sum of the losses could reach 2^62 minor units");
    }
}

}  // namespace

void check(const SweepColumns& loans, const SweepScenarios& scenarios) {
    check_scenarios(scenarios);
    check_loans(loans, scenarios);
    check_bits(loans, scenarios);
}

}  // namespace seawall::debt
