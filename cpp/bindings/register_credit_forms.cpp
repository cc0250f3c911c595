#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/module.hpp"
#include "engines/debt/analytic/creditrisk_plus.hpp"
#include "engines/debt/analytic/frye_jacobs.hpp"
#include "engines/debt/analytic/irb.hpp"
#include "engines/debt/analytic/merton.hpp"
#include "engines/debt/analytic/migration.hpp"
#include "engines/debt/analytic/reverse_stress.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;
using Numbers = std::vector<double>;
using Figures = py::typing::Dict<py::str, py::float_>;
using Description = py::typing::Dict<py::str, py::object>;

IrbClass irb_class_of(const std::string& name) {
    constexpr std::array<std::pair<const char*, IrbClass>, 4> names{{
        {"corporate", IrbClass::corporate},
        {"residential_mortgage", IrbClass::residential_mortgage},
        {"qualifying_revolving", IrbClass::qualifying_revolving},
        {"other_retail", IrbClass::other_retail},
    }};
    for (const auto& [known, asset_class] : names) {
        if (name == known) return asset_class;
    }
    throw Error(ErrorCode::invalid_input, "asset_class", "\"" + name + "\" is not known");
}

Figures irb(double default_probability, double loss_given_default, const std::string& asset_class,
            double maturity_years, std::optional<double> turnover_eur_m) {
    const IrbFigures f = irb_figures({.default_probability = default_probability,
                                      .loss_given_default = loss_given_default,
                                      .asset_class = irb_class_of(asset_class),
                                      .maturity_years = maturity_years,
                                      .turnover_eur_m = turnover_eur_m});
    const Figures d;
    d["asset_correlation"] = f.asset_correlation;
    d["capital_requirement"] = f.capital_requirement;
    d["risk_weight"] = f.risk_weight;
    return d;
}

Figures frye_jacobs(double default_probability, double expected_loss, double asset_correlation,
                    double confidence_level) {
    const StressedLoss stressed = frye_jacobs_loss({.default_probability = default_probability,
                                                    .expected_loss = expected_loss,
                                                    .asset_correlation = asset_correlation},
                                                   confidence_level);
    const Figures d;
    d["default_rate"] = stressed.default_rate;
    d["loss_given_default"] = stressed.loss_given_default;
    d["loss_rate"] = stressed.loss_rate;
    d["risk_index"] = stressed.risk_index;
    return d;
}

Description merton(double asset_value, double asset_volatility, double debt, double risk_free_rate,
                   double years) {
    const MertonFigures f = merton_figures({.asset_value = asset_value,
                                            .asset_volatility = asset_volatility,
                                            .debt = debt,
                                            .risk_free_rate = risk_free_rate,
                                            .years = years});
    const Description d;
    d["default_probability"] = f.default_probability;
    d["distance_to_default"] = f.distance_to_default;
    d["equity_value"] = f.equity_value;
    d["debt_value"] = f.debt_value;
    d["expected_loss"] = f.expected_loss;
    d["recovery"] = f.recovery;
    d["yield_spread"] = f.yield_spread;
    return d;
}

std::pair<double, double> merton_assets_of(double equity_value, double equity_volatility,
                                           double debt, double risk_free_rate, double years) {
    const MertonFirm firm = merton_firm({.equity_value = equity_value,
                                         .equity_volatility = equity_volatility,
                                         .debt = debt,
                                         .risk_free_rate = risk_free_rate,
                                         .years = years});
    return {firm.asset_value, firm.asset_volatility};
}

Numbers joint_migration_of(const Numbers& first_row, const Numbers& second_row,
                           double asset_correlation) {
    return joint_migration(
        {.first_row = first_row, .second_row = second_row, .asset_correlation = asset_correlation});
}

Figures moments_of_values(const Numbers& probabilities, const Numbers& values) {
    const ValueMoments moments = value_moments(probabilities, values);
    const Figures d;
    d["mean"] = moments.mean;
    d["standard_deviation"] = moments.standard_deviation;
    return d;
}

Description losses_of_sectors(const Numbers& default_probabilities, const Numbers& exposures,
                              double unit, const Numbers& sector_shares,
                              const Numbers& sector_variances) {
    const CreditRiskPlusLoss loss = [&] {
        const py::gil_scoped_release release;
        return credit_risk_plus({.default_probabilities = default_probabilities,
                                 .exposures = exposures,
                                 .unit = unit,
                                 .sector_shares = sector_shares,
                                 .sector_variances = sector_variances});
    }();
    const Description d;
    d["probabilities"] = loss.units.probabilities;
    d["expected_loss"] = loss.expected_loss;
    d["standard_deviation"] = loss.standard_deviation;
    d["unbanded_standard_deviation"] = loss.unbanded_standard_deviation;
    return d;
}

Description plausible_factors(const Numbers& sensitivities, const Numbers& factor_covariance,
                              double loss) {
    const PlausibleFactors found = factors_of_loss(
        {.sensitivities = sensitivities, .factor_covariance = factor_covariance}, loss);
    const Description d;
    d["factors"] = found.factors;
    d["distance"] = found.distance;
    return d;
}

void register_migration(py::module_& module) {
    module.def(
        "renormalised_rows",
        [](const Numbers& values, std::size_t count) { return renormalised_rows(values, count); },
        py::arg("values"), py::arg("state_count"), "Each row over its sum, by rows.");
    module.def(
        "transition_power",
        [](const Numbers& matrix, std::size_t count, std::int64_t years) {
            return transition_power({.probabilities = matrix, .state_count = count}, years);
        },
        py::arg("matrix"), py::arg("state_count"), py::arg("years"),
        "Migration probabilities of so many years, by rows.");
    module.def(
        "migration_thresholds", [](const Numbers& row) { return migration_thresholds(row); },
        py::arg("row"), "Asset values between the states, from default upwards.");
    module.def("joint_migration", &joint_migration_of, py::arg("first_row"), py::arg("second_row"),
               py::arg("asset_correlation"),
               "Probabilities of the states of two obligors, by rows of the first.");
    module.def(
        "horizon_value",
        [](double coupon, double face, const Numbers& forward_rates) {
            return horizon_value({.coupon = coupon, .face = face, .forward_rates = forward_rates});
        },
        py::arg("coupon"), py::arg("face"), py::arg("forward_rates"),
        "Of a bond in a year, with the coupon of that day.");
    module.def("value_moments", &moments_of_values, py::arg("probabilities"), py::arg("values"),
               "mean and standard_deviation of values with these probabilities.");
}

}  // namespace

void register_credit_forms(py::module_& module) {
    register_migration(module);
    module.def("irb_figures", &irb, py::arg("default_probability"), py::arg("loss_given_default"),
               py::kw_only(), py::arg("asset_class"), py::arg("maturity_years"),
               py::arg("turnover_eur_m") = py::none(),
               "asset_correlation, capital_requirement and risk_weight of the internal\n"
               "ratings-based approach; asset_class is corporate, residential_mortgage,\n"
               "qualifying_revolving or other_retail.");
    module.def("frye_jacobs_loss", &frye_jacobs, py::arg("default_probability"),
               py::arg("expected_loss"), py::arg("asset_correlation"), py::arg("confidence_level"),
               "default_rate, loss_given_default, loss_rate under stress, and the risk_index.");
    module.def("merton_figures", &merton, py::arg("asset_value"), py::arg("asset_volatility"),
               py::arg("debt"), py::arg("risk_free_rate"), py::arg("years"),
               "Default probability and values of a firm whose equity is a call on its assets.");
    module.def("merton_assets", &merton_assets_of, py::arg("equity_value"),
               py::arg("equity_volatility"), py::arg("debt"), py::arg("risk_free_rate"),
               py::arg("years"), "The asset value and volatility that equity implies.");
    module.def("credit_risk_plus", &losses_of_sectors, py::arg("default_probabilities"),
               py::arg("exposures"), py::arg("unit"), py::arg("sector_shares"),
               py::arg("sector_variances"),
               "CreditRisk+: probabilities of 0, 1, 2, … units, expected_loss,\n"
               "standard_deviation, unbanded_standard_deviation.");
    module.def("factors_of_loss", &plausible_factors, py::arg("sensitivities"),
               py::arg("factor_covariance"), py::arg("loss"),
               "The most plausible factors of a linear loss, and their Mahalanobis distance.");
}

}  // namespace seawall::bindings
