#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/day_caster.hpp"
#include "bindings/module.hpp"
#include "engines/debt/bond.hpp"
#include "engines/debt/expected_credit_loss.hpp"
#include "engines/debt/implied_default_probability.hpp"
#include "engines/debt/level_payment.hpp"
#include "errors/error.hpp"
#include "numeric/rate_of_return.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;
using std::chrono::sys_days;
using Amounts = std::vector<double>;
using Figures = py::typing::Dict<py::str, py::float_>;
using OptionalFigures = py::typing::Dict<py::str, py::typing::Optional<py::float_>>;

void require(bool is_met, const char* place, const char* message) {
    if (!is_met) throw Error(ErrorCode::invalid_input, place, message);
}

void check_amounts(const Amounts& amounts) {
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        if (std::isfinite(amounts[i])) continue;
        throw Error(ErrorCode::invalid_input, "amounts[" + std::to_string(i) + "]",
                    "must be finite");
    }
}

void check_rate(double rate) {
    require(rate > -1.0 && std::isfinite(rate), "rate", "must be above -1");
}

/// Years of 365 days since the first day.
Amounts years_of(const std::vector<sys_days>& days, const Amounts& amounts) {
    require(days.size() == amounts.size(), "days", "must be as many as the amounts");
    Amounts years;
    years.reserve(days.size());
    for (std::size_t i = 0; i < days.size(); ++i) {
        if (i > 0 && days[i] < days[i - 1]) {
            throw Error(ErrorCode::invalid_input, "days[" + std::to_string(i) + "]",
                        "must not be before the day before it");
        }
        years.push_back(static_cast<double>((days[i] - days.front()).count()) / 365.0);
    }
    return years;
}

double rate_of(const RateOfReturn& found) {
    switch (found.status) {
        case RateStatus::found:
            return found.rate;
        case RateStatus::needs_outflow_and_inflow:
            throw Error(ErrorCode::invalid_input, "amounts", "flows need an outflow and an inflow");
        case RateStatus::out_of_range:
            break;
        case RateStatus::too_many_sign_changes:
            throw Error(ErrorCode::limit_exceeded, "amounts",
                        "flows may change their sign 16 times at most");
    }
    throw Error(ErrorCode::invalid_input, "amounts", "no rate above -1 balances the flows");
}

double periodic_value(double rate, const Amounts& amounts) {
    check_rate(rate);
    check_amounts(amounts);
    return net_present_value(rate, amounts);
}

double dated_value(double rate, const std::vector<sys_days>& days, const Amounts& amounts) {
    check_rate(rate);
    check_amounts(amounts);
    const Amounts years = years_of(days, amounts);
    return net_present_value(rate, {.years = years, .amounts = amounts});
}

double periodic_rate(const Amounts& amounts) {
    check_amounts(amounts);
    return rate_of(internal_rate_of_return(amounts));
}

double dated_rate(const std::vector<sys_days>& days, const Amounts& amounts) {
    check_amounts(amounts);
    const Amounts years = years_of(days, amounts);
    return rate_of(internal_rate_of_return({.years = years, .amounts = amounts}));
}

double checked_level_payment(double amount, double rate, std::int64_t payment_count) {
    require(std::isfinite(amount), "amount", "must be finite");
    check_rate(rate);
    require(payment_count > 0, "payment_count", "must be above 0");
    return level_payment(amount, rate, payment_count);
}

FixedCouponBond bond_of(sys_days maturity, double coupon, int frequency, const std::string& basis,
                        double redemption) {
    constexpr std::array<std::pair<const char*, BondBasis>, 5> names{{
        {"30/360", BondBasis::thirty_360_us},
        {"actual/actual", BondBasis::actual_actual_icma},
        {"actual/360", BondBasis::actual_360},
        {"actual/365", BondBasis::actual_365_fixed},
        {"30e/360", BondBasis::thirty_e_360},
    }};
    for (const auto& [name, known] : names) {
        if (basis == name) return {maturity, coupon, frequency, known, redemption};
    }
    throw Error(ErrorCode::invalid_input, "basis", "\"" + basis + "\" is not known");
}

Figures figures_of_bond(sys_days settlement, sys_days maturity, double coupon, double yield,
                        int frequency, const std::string& basis, double redemption) {
    const BondFigures f =
        bond_figures(bond_of(maturity, coupon, frequency, basis, redemption), settlement, yield);
    const Figures d;
    d["clean_price"] = f.clean_price;
    d["accrued"] = f.accrued;
    d["macaulay_duration_years"] = f.macaulay_duration_years;
    d["modified_duration_years"] = f.modified_duration_years;
    d["convexity_years2"] = f.convexity_years2;
    return d;
}

double yield_of_bond(sys_days settlement, sys_days maturity, double coupon, double clean_price,
                     int frequency, const std::string& basis, double redemption) {
    return bond_yield(bond_of(maturity, coupon, frequency, basis, redemption), settlement,
                      clean_price);
}

py::typing::Dict<py::str, py::object> credit_loss(const Amounts& hazards, const Amounts& exposures,
                                                  double loss_given_default,
                                                  double effective_interest_rate) {
    const ExpectedCreditLoss loss =
        expected_credit_loss({.hazards = hazards,
                              .exposures = exposures,
                              .loss_given_default = loss_given_default,
                              .effective_interest_rate = effective_interest_rate});
    const py::typing::Dict<py::str, py::object> d;
    d["by_year"] = loss.by_year;
    d["lifetime"] = loss.lifetime;
    d["twelve_months"] = loss.twelve_months;
    return d;
}

OptionalFigures default_probability(const Amounts& flow_years, const Amounts& flows,
                                    const Amounts& default_years, const Amounts& recoveries,
                                    double risk_free_rate, double price) {
    const ImpliedDefaultProbability implied =
        implied_default_probability({.flow_years = flow_years,
                                     .flows = flows,
                                     .default_years = default_years,
                                     .recoveries = recoveries,
                                     .risk_free_rate = risk_free_rate,
                                     .price = price});
    const OptionalFigures d;
    d["yearly"] = implied.yearly;
    d["hazard"] = implied.hazard;
    d["risk_free_value"] = implied.risk_free_value;
    return d;
}

void register_rates(py::module_& module) {
    const py::call_guard<py::gil_scoped_release> released;
    module.def("net_present_value", &periodic_value, py::arg("rate"), py::arg("amounts"), released,
               "Value one period before the first amount, as spreadsheets' NPV; `rate` is a\n"
               "fraction of one period.");
    module.def("net_present_value_dated", &dated_value, py::arg("rate"), py::arg("days"),
               py::arg("amounts"), released,
               "Value on the first day, by actual days / 365, as spreadsheets' XNPV; the days do\n"
               "not fall.");
    module.def("internal_rate_of_return", &periodic_rate, py::arg("amounts"), released,
               "The rate of one period at which the value is 0; of several the least that is not\n"
               "negative, else the one nearest to 0.");
    module.def("internal_rate_of_return_dated", &dated_rate, py::arg("days"), py::arg("amounts"),
               released,
               "The same a year, by actual days / 365, as spreadsheets' XIRR; the days do not\n"
               "fall.");
    module.def("level_payment", &checked_level_payment, py::arg("amount"), py::arg("rate"),
               py::arg("payment_count"), released,
               "One of the equal payments that repay an amount; `rate` is a fraction of one\n"
               "period.");
}

}  // namespace

void register_returns(py::module_& module) {
    register_rates(module);
    module.def("bond_figures", &figures_of_bond, py::arg("settlement"), py::arg("maturity"),
               py::arg("coupon"), py::arg("yield_"), py::arg("frequency"), py::kw_only(),
               py::arg("basis") = "30/360", py::arg("redemption") = 100.0,
               "Clean price and accrued interest per 100, durations in years, convexity in years\n"
               "squared, as spreadsheets' PRICE, DURATION and MDURATION; actual/actual is ICMA's.");
    module.def("bond_yield", &yield_of_bond, py::arg("settlement"), py::arg("maturity"),
               py::arg("coupon"), py::arg("clean_price"), py::arg("frequency"), py::kw_only(),
               py::arg("basis") = "30/360", py::arg("redemption") = 100.0,
               "The yield of a clean price, compounded `frequency` times a year.");
    module.def(
        "expected_credit_loss", &credit_loss, py::arg("hazards"), py::arg("exposures"),
        py::kw_only(), py::arg("loss_given_default"), py::arg("effective_interest_rate"),
        "Expected credit losses of IFRS 9, defaults at the ends of years: by_year, lifetime,\n"
        "twelve_months.");
    module.def(
        "implied_default_probability", &default_probability, py::arg("flow_years"),
        py::arg("flows"), py::arg("default_years"), py::arg("recoveries"), py::kw_only(),
        py::arg("risk_free_rate"), py::arg("price"),
        "The default probability that a price implies (Hull): yearly, the same in each year\n"
        "seen from today, and hazard, after surviving to it; None where none explains it.");
}

}  // namespace seawall::bindings
