#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bindings/module.hpp"
#include "engines/debt/analytic/book_distribution.hpp"
#include "engines/debt/analytic/homogeneous_pool.hpp"
#include "engines/debt/analytic/joint_default.hpp"
#include "engines/debt/analytic/large_pool.hpp"
#include "engines/debt/analytic/lattice_distribution.hpp"
#include "engines/debt/analytic/pool_moments.hpp"
#include "engines/debt/analytic/reverse_stress.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;
using Numbers = std::vector<double>;
using Units = std::vector<std::int64_t>;
using Figures = py::typing::Dict<py::str, py::float_>;
using Description = py::typing::Dict<py::str, py::object>;

/// Runs `compute` without the GIL.
template <class Compute>
auto released(const Compute& compute) {
    const py::gil_scoped_release release;
    return compute();
}

Description description_of(const LatticeDistribution& distribution) {
    const LatticeMoments moments = lattice_moments(distribution.probabilities);
    const Description d;
    d["probabilities"] = distribution.probabilities;
    d["mean"] = moments.mean;
    d["standard_deviation"] = moments.standard_deviation;
    d["quadrature_error"] = distribution.quadrature_error;
    return d;
}

Figures figures_of_large_pool(double default_probability, double asset_correlation,
                              double confidence_level) {
    const LargePoolFigures f = large_pool_figures(
        {.default_probability = default_probability, .asset_correlation = asset_correlation},
        confidence_level);
    const Figures d;
    d["value_at_risk"] = f.value_at_risk;
    d["expected_shortfall"] = f.expected_shortfall;
    d["standard_deviation"] = f.standard_deviation;
    d["joint_default_probability"] = f.joint_default_probability;
    return d;
}

Figures adverse_factor(double default_probability, double asset_correlation, double loss_fraction) {
    const AdverseFactor found = factor_of_loss(
        {.default_probability = default_probability, .asset_correlation = asset_correlation},
        loss_fraction);
    const Figures d;
    d["factor"] = found.factor;
    d["probability"] = found.probability;
    return d;
}

Description default_counts(std::int64_t obligor_count, double default_probability,
                           double asset_correlation, std::optional<double> degrees_of_freedom) {
    return description_of(released([&] {
        return default_count_distribution({.obligor_count = obligor_count,
                                           .default_probability = default_probability,
                                           .asset_correlation = asset_correlation,
                                           .degrees_of_freedom = degrees_of_freedom});
    }));
}

FactorBook book_of(const Numbers& default_probabilities, const Numbers& loadings,
                   std::size_t factor_count, const Units& loss_units,
                   std::optional<double> degrees_of_freedom) {
    return {.default_probabilities = default_probabilities,
            .loadings = loadings,
            .factor_count = factor_count,
            .loss_units = loss_units,
            .degrees_of_freedom = degrees_of_freedom};
}

Description losses_of_book(const Numbers& default_probabilities, const Numbers& loadings,
                           std::size_t factor_count, const Units& loss_units,
                           std::optional<double> degrees_of_freedom) {
    const FactorBook book =
        book_of(default_probabilities, loadings, factor_count, loss_units, degrees_of_freedom);
    return description_of(released([&] { return exact_loss_distribution(book); }));
}

Description contributions_to_book(const Numbers& default_probabilities, const Numbers& loadings,
                                  std::size_t factor_count, const Units& loss_units,
                                  double confidence_level,
                                  std::optional<double> degrees_of_freedom) {
    const FactorBook book =
        book_of(default_probabilities, loadings, factor_count, loss_units, degrees_of_freedom);
    const LossContributions contributions =
        released([&] { return exact_loss_contributions(book, confidence_level); });
    const Description d;
    d["standard_deviation"] = contributions.standard_deviation;
    d["value_at_risk"] = contributions.value_at_risk;
    d["expected_shortfall"] = contributions.expected_shortfall;
    return d;
}

Description tail_of(const Numbers& probabilities, double confidence_level) {
    const LatticeTail tail = lattice_tail(probabilities, confidence_level);
    const Description d;
    d["value_at_risk"] = tail.value_at_risk;
    d["tail_probability"] = tail.tail_probability;
    d["expected_shortfall"] = tail.expected_shortfall;
    return d;
}

Figures moments_of_pool(const Numbers& default_probabilities, const Numbers& loadings,
                        std::size_t factor_count, const Numbers& losses,
                        std::optional<double> degrees_of_freedom) {
    const PoolMoments moments = released([&] {
        return pool_moments({.default_probabilities = default_probabilities,
                             .loadings = loadings,
                             .factor_count = factor_count,
                             .losses = losses,
                             .degrees_of_freedom = degrees_of_freedom});
    });
    const Figures d;
    d["expected_loss"] = moments.expected_loss;
    d["standard_deviation"] = moments.standard_deviation;
    return d;
}

Figures figures_of_pair(double first, double second, double asset_correlation,
                        std::optional<double> degrees_of_freedom) {
    const PairFigures figures = released([&] {
        return pair_figures({.first_probability = first,
                             .second_probability = second,
                             .asset_correlation = asset_correlation},
                            degrees_of_freedom);
    });
    const Figures d;
    d["joint_default_probability"] = figures.joint_default_probability;
    d["default_correlation"] = figures.default_correlation;
    return d;
}

void register_large_pool(py::module_& module) {
    module.def("large_pool_figures", &figures_of_large_pool, py::arg("default_probability"),
               py::arg("asset_correlation"), py::arg("confidence_level"),
               "Vasicek's infinite pool: value_at_risk, expected_shortfall, standard_deviation as\n"
               "fractions, and the joint_default_probability of two of its loans.");
    module.def(
        "large_pool_cdf",
        [](double default_probability, double asset_correlation, double loss_fraction) {
            return large_pool_cdf({.default_probability = default_probability,
                                   .asset_correlation = asset_correlation},
                                  loss_fraction);
        },
        py::arg("default_probability"), py::arg("asset_correlation"), py::arg("loss_fraction"),
        "The probability of losing this fraction of the infinite pool at most.");
    module.def(
        "expected_tranche_loss",
        [](double default_probability, double asset_correlation, double attachment,
           double detachment) {
            return expected_tranche_loss({.default_probability = default_probability,
                                          .asset_correlation = asset_correlation},
                                         {.attachment = attachment, .detachment = detachment});
        },
        py::arg("default_probability"), py::arg("asset_correlation"), py::arg("attachment"),
        py::arg("detachment"), "Of a tranche of the infinite pool, as a fraction of its size.");
    module.def(
        "granularity_adjustment",
        [](double default_probability, double asset_correlation, double confidence_level,
           double effective_obligor_count) {
            return granularity_adjustment({.default_probability = default_probability,
                                           .asset_correlation = asset_correlation},
                                          confidence_level, effective_obligor_count);
        },
        py::arg("default_probability"), py::arg("asset_correlation"), py::arg("confidence_level"),
        py::arg("effective_obligor_count"),
        "What a finite pool adds to the quantile of the infinite one, to first order.");
    module.def("factor_of_loss", &adverse_factor, py::arg("default_probability"),
               py::arg("asset_correlation"), py::arg("loss_fraction"),
               "The factor at which the infinite pool loses this fraction, and the probability\n"
               "of one as low.");
}

}  // namespace

void register_analytic(py::module_& module) {
    register_large_pool(module);
    const py::arg_v gaussian = py::arg("degrees_of_freedom") = py::none();
    module.def("default_count_distribution", &default_counts, py::arg("obligor_count"),
               py::arg("default_probability"), py::arg("asset_correlation"), py::kw_only(),
               gaussian,
               "The exact distribution of the number of defaults of like obligors:\n"
               "probabilities, mean, standard_deviation, quadrature_error.");
    module.def("exact_loss_distribution", &losses_of_book, py::arg("default_probabilities"),
               py::arg("loadings"), py::arg("factor_count"), py::arg("loss_units"), py::kw_only(),
               gaussian,
               "The exact distribution of a book's loss in units, its loadings by rows of\n"
               "factor_count, one or two: as default_count_distribution.");
    module.def("exact_loss_contributions", &contributions_to_book, py::arg("default_probabilities"),
               py::arg("loadings"), py::arg("factor_count"), py::arg("loss_units"), py::kw_only(),
               py::arg("confidence_level"), gaussian,
               "Euler's shares of the obligors in standard_deviation, value_at_risk and\n"
               "expected_shortfall of that distribution.");
    module.def("lattice_tail", &tail_of, py::arg("probabilities"), py::arg("confidence_level"),
               "value_at_risk, the tail_probability beyond it and expected_shortfall, in units.");
    module.def("pool_moments", &moments_of_pool, py::arg("default_probabilities"),
               py::arg("loadings"), py::arg("factor_count"), py::arg("losses"), py::kw_only(),
               gaussian,
               "The exact expected_loss and standard_deviation of a book under any number of\n"
               "factors, by joint default probabilities of pairs.");
    module.def("pair_figures", &figures_of_pair, py::arg("first_probability"),
               py::arg("second_probability"), py::arg("asset_correlation"), py::kw_only(), gaussian,
               "The joint_default_probability of two obligors and their default_correlation.");
    module.def("tail_dependence", &tail_dependence, py::arg("degrees_of_freedom"),
               py::arg("correlation"), "Of a t copula, lower and upper alike.");
}

}  // namespace seawall::bindings
