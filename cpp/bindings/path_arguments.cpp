#include "bindings/path_arguments.hpp"

#include <limits>
#include <string_view>

#include "engines/debt/covenant.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

constexpr py::ssize_t driver_count = 7;

/// A number of the settings, by name; None is NaN.
class Settings {
  public:
    explicit Settings(const Description& values) : values_(values) {}

    double number(const char* name) const {
        const py::object value = require(name);
        return value.is_none() ? std::numeric_limits<double>::quiet_NaN() : value.cast<double>();
    }
    int integer(const char* name) const { return require(name).cast<int>(); }
    bool truth(const char* name) const { return require(name).cast<bool>(); }
    DefaultLimits limits(const char* prefix) const {
        DefaultLimits limits{};
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const std::string name = prefix + std::string(covenant_name(static_cast<Covenant>(c)));
            limits[c] = number(name.c_str());
        }
        return limits;
    }

  private:
    py::object require(const char* name) const {
        if (!values_.contains(name)) {
            throw Error(ErrorCode::invalid_input, name, "the setting is missing");
        }
        return values_[name];
    }

    const Description& values_;
};

PathCase path_case_of(const CaseArgument& argument, std::size_t index) {
    const auto& [id, drivers, refinancing, liquidity, collection, payment] = argument;
    if (drivers.ndim() != 3 || drivers.shape(2) != driver_count) {
        throw Error(ErrorCode::invalid_input, "cases[" + std::to_string(index) + "].drivers",
                    "must be of shape (months, segments, 7)");
    }
    PathCase result{.case_id = id,
                    .drivers = {},
                    .refinancing_rate_delta_pct = refinancing,
                    .liquidity_factor = liquidity,
                    .collection_extension_days = collection,
                    .payment_period_change_days = payment};
    const double* row = drivers.data();
    for (py::ssize_t i = 0; i < drivers.size(); i += driver_count) {
        result.drivers.push_back({.revenue_factor = row[i],
                                  .cost_factor = row[i + 1],
                                  .interest_rate_change_factor = row[i + 2],
                                  .interest_rate_delta_pct = row[i + 3],
                                  .collateral_factor = row[i + 4],
                                  .recovery_factor = row[i + 5],
                                  .currency_factor = row[i + 6]});
    }
    return result;
}

Amendment amendment_of(const AmendmentArgument& argument, std::size_t index) {
    const auto& [position, extension, rate_change, spread_change, equitised, limits] = argument;
    Amendment amendment{.position = position,
                        .extension_months = extension,
                        .rate_change_pct = rate_change,
                        .spread_change_pct = spread_change,
                        .equitised_fraction = equitised};
    std::size_t known = 0;
    for (std::size_t c = 0; c < covenant_count; ++c) {
        const auto limit = limits.find(std::string(covenant_name(static_cast<Covenant>(c))));
        if (limit == limits.end()) continue;
        amendment.limits[c] = limit->second;
        ++known;
    }
    if (known != limits.size()) {
        throw Error(ErrorCode::invalid_input, "amendments[" + std::to_string(index) + "].limits",
                    "names no covenant: dscr, icr, ltv, leverage or debt_yield");
    }
    return amendment;
}

}  // namespace

PathSettings path_settings(const Description& settings) {
    const Settings given(settings);
    return {.terms = {.default_after_months = given.integer("default_after_months"),
                      .retains_surplus = given.truth("retains_surplus"),
                      .test_months = given.integer("test_months"),
                      .refinancing = {.rate_pct = given.number("refinancing_rate_pct"),
                                      .amortization_months =
                                          given.integer("refinancing_amortization_months"),
                                      .max_ltv = given.number("refinancing_max_ltv"),
                                      .min_dscr = given.number("refinancing_min_dscr"),
                                      .min_debt_yield = given.number("refinancing_min_debt_yield"),
                                      .cap_rate = given.number("refinancing_cap_rate")}},
            .covenants = {.limits = given.limits("limit_"),
                          .cure_months = given.integer("cure_months"),
                          .reset_step = given.integer("reset_month"),
                          .reset_limits = given.limits("reset_limit_")}};
}

RecoverySettings recovery_settings(const Description& settings) {
    const Settings given(settings);
    return {.haircut = given.number("haircut"),
            .sale_cost = given.number("sale_cost"),
            .administration_cost = given.number("administration_cost"),
            .enterprise_multiple = given.number("enterprise_multiple"),
            .cap_rate = given.number("enterprise_cap_rate"),
            .timing = {.months_to_sale = given.integer("months_to_sale"),
                       .months_to_distribution = given.integer("months_to_distribution")},
            .priming_amount = given.number("priming_amount")};
}

std::vector<PathCase> path_cases(const std::vector<CaseArgument>& arguments) {
    std::vector<PathCase> cases;
    cases.reserve(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        cases.push_back(path_case_of(arguments[i], i));
    }
    return cases;
}

std::vector<Amendment> amendments_of(const std::vector<AmendmentArgument>& arguments) {
    std::vector<Amendment> amendments;
    amendments.reserve(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        amendments.push_back(amendment_of(arguments[i], i));
    }
    return amendments;
}

}  // namespace seawall::bindings
