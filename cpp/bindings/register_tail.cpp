#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/default_simulation.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/simulation/concentration_measures.hpp"
#include "engines/debt/simulation/convergence.hpp"
#include "engines/debt/simulation/loss_histogram.hpp"
#include "engines/debt/simulation/paired_difference.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Description = py::typing::Dict<py::str, py::object>;
using OptionalBuffer = std::optional<py::buffer>;

/// Runs `compute` without the GIL.
template <class Compute>
auto released(const Compute& compute) {
    const py::gil_scoped_release release;
    return compute();
}

py::object known(bool is_open, std::int64_t minor) {
    return is_open ? py::object(py::none()) : py::cast(minor);
}

/// Of a tail of scenarios that weigh alike or not.
template <class Tail>
Description tail_fields(const Tail& tail, double effective_count) {
    const Description d;
    d["var_minor"] = tail.var_minor;
    d["above_count"] = tail.above_count;
    d["at_count"] = tail.at_count;
    d["var_low_minor"] = tail.var_low_minor;
    d["var_high_minor"] = known(tail.var_high_is_open, tail.var_high_minor);
    d["es_minor"] = tail.es_minor;
    d["es_standard_error_minor"] = tail.es_standard_error_minor;
    d["effective_count"] = effective_count;
    d["is_thin"] = tail.is_thin();
    return d;
}

Description figures_of(const TailRisk& tail) {
    return tail_fields(tail, static_cast<double>(tail.above_count + tail.at_count));
}

Description figures_of(const WeightedTail& tail) {
    return tail_fields(tail, tail.tail_effective_count);
}

Description figures_of(const ScrambledRun& run) {
    const Description d = figures_of(run.pooled);
    d["var_low_minor"] = run.var.low_minor;
    d["var_high_minor"] = run.var.high_minor;
    d["es_standard_error_minor"] = run.es.standard_error_minor;
    d["is_thin"] = run.is_thin;
    return d;
}

Description figures_of(const LossMoments& moments) {
    const Description d;
    d["expected_minor"] = moments.expected_minor;
    d["standard_deviation_minor"] = moments.standard_deviation_minor;
    d["standard_error_minor"] = moments.standard_error_minor;
    return d;
}

/// Losses, and the weights of importance sampling if there are any.
class Run {
  public:
    Run(const py::buffer& losses, const OptionalBuffer& weights) : losses_(losses, "losses") {
        if (weights) weights_.emplace(*weights, "weights");
    }
    bool is_weighted() const { return weights_.has_value(); }
    std::span<const std::int64_t> losses() const { return losses_.values(); }
    WeightedScenarios weighted() const {
        return {.loss_minor = losses_.values(),
                .weight = weights_ ? weights_->values() : std::span<const std::uint32_t>{}};
    }

  private:
    LossBuffer losses_;
    std::optional<WeightBuffer> weights_;
};

Description tail_figures(const py::buffer& losses, const Level& level,
                         const OptionalBuffer& weights, bool is_sobol) {
    const Run run(losses, weights);
    const ConfidenceLevel at = level_of(level);
    if (run.is_weighted()) {
        return figures_of(released([&] { return weighted_tail(run.weighted(), at); }));
    }
    if (is_sobol) return figures_of(released([&] { return scrambled_run(run.losses(), at); }));
    return figures_of(released([&] { return tail_risk(run.losses(), at); }));
}

Description moments(const py::buffer& losses, const OptionalBuffer& weights, bool is_sobol) {
    const Run run(losses, weights);
    const Description d = figures_of(released([&] {
        return run.is_weighted() ? weighted_moments(run.weighted()) : loss_moments(run.losses());
    }));
    if (is_sobol) {
        constexpr ConfidenceLevel any{.numerator = 1, .denominator = 2};
        const ScrambledRun found = released([&] { return scrambled_run(run.losses(), any); });
        d["standard_error_minor"] = found.expected.standard_error_minor;
    }
    return d;
}

/// A tail before and after a change.
template <class Tail>
struct TailChange {
    Tail before, after;
    PairedDifference difference{};
};

template <class Tail>
Description figures_of(const TailChange<Tail>& change) {
    const Description d;
    d["before"] = figures_of(change.before);
    d["after"] = figures_of(change.after);
    d["expected_minor"] = change.difference.expected_minor;
    d["expected_standard_error_minor"] = change.difference.expected_standard_error_minor;
    d["es_minor"] = change.difference.es_minor;
    d["es_standard_error_minor"] = change.difference.es_standard_error_minor;
    return d;
}

Description figures_of_difference(const py::buffer& before, const py::buffer& after,
                                  const Level& level, const OptionalBuffer& weights,
                                  bool is_sobol) {
    const Run old(before, weights);
    const Run changed(after, weights);
    const ConfidenceLevel at = level_of(level);
    if (old.is_weighted()) {
        return figures_of(released([&] {
            const WeightedScenarios first = old.weighted();
            const WeightedScenarios second = changed.weighted();
            TailChange<WeightedTail> found{weighted_tail(first, at), weighted_tail(second, at)};
            found.difference = paired_difference(first, found.before, second, found.after);
            return found;
        }));
    }
    if (is_sobol) {
        return figures_of(released([&] {
            return TailChange<ScrambledRun>{
                scrambled_run(old.losses(), at), scrambled_run(changed.losses(), at),
                scrambled_difference(old.losses(), changed.losses(), at)};
        }));
    }
    return figures_of(released([&] {
        TailChange<TailRisk> found{tail_risk(old.losses(), at), tail_risk(changed.losses(), at)};
        found.difference =
            paired_difference(old.losses(), found.before, changed.losses(), found.after);
        return found;
    }));
}

Description histogram(const py::buffer& losses, std::size_t most_bins, bool is_logarithmic,
                      const OptionalBuffer& weights) {
    const Run run(losses, weights);
    const HistogramBins bins{.scale = is_logarithmic ? BinScale::logarithmic : BinScale::equal,
                             .most = most_bins};
    const LossHistogram found = released([&] {
        return run.is_weighted() ? loss_histogram(run.weighted(), bins)
                                 : loss_histogram(run.losses(), bins);
    });
    const Description d;
    d["edge_minor"] = py::cast(found.edge_minor);
    d["count"] = py::cast(found.count);
    d["weight"] = py::cast(found.weight);
    return d;
}

template <class Point, class Tail>
py::typing::List<Description> points_of(const std::vector<Point>& points, const Tail& tail) {
    py::typing::List<Description> list;
    for (const Point& point : points) {
        const Description d = tail(point);
        d["scenario_count"] = point.scenario_count;
        list.append(d);
    }
    return list;
}

py::typing::List<Description> convergence_points(const py::buffer& losses, const Level& level,
                                                 const OptionalBuffer& weights, bool is_sobol) {
    const Run run(losses, weights);
    const ConfidenceLevel at = level_of(level);
    const auto tail_of = [](const auto& point) { return figures_of(point.tail); };
    if (run.is_weighted()) {
        return points_of(released([&] { return convergence(run.weighted(), at); }), tail_of);
    }
    if (is_sobol) {
        return points_of(released([&] { return convergence_of_scrambles(run.losses(), at); }),
                         [](const auto& point) { return figures_of(point.run); });
    }
    return points_of(released([&] { return convergence(run.losses(), at); }), tail_of);
}

Description measures(const py::buffer& amounts, std::size_t largest_count) {
    const LossBuffer amount(amounts, "amounts");
    const ConcentrationMeasures found =
        released([&] { return concentration_measures(amount.values(), largest_count); });
    const Description d;
    d["herfindahl_index"] = found.herfindahl_index;
    d["effective_count"] = found.effective_count;
    d["gini_coefficient"] = found.gini_coefficient;
    d["largest_share"] = found.largest_share;
    return d;
}

}  // namespace

void register_tail(py::module_& module) {
    module.def(
        "tail_figures", &tail_figures, py::arg("losses"), py::kw_only(), py::arg("level"),
        py::arg("weights") = py::none(), py::arg("sobol") = false,
        "Value at risk and expected shortfall of losses in minor units (int64), with their\n"
        "errors; level is (numerator, denominator), weights those of importance sampling\n"
        "(uint32), sobol says that the states were Sobol points. var_high_minor is None where\n"
        "beyond the largest loss; effective_count is of scenarios in the tail.");
    module.def("loss_moments", &moments, py::arg("losses"), py::kw_only(),
               py::arg("weights") = py::none(), py::arg("sobol") = false,
               "Mean, standard deviation and the mean's standard error of losses (int64).");
    module.def(
        "paired_difference", &figures_of_difference, py::arg("before"), py::arg("after"),
        py::kw_only(), py::arg("level"), py::arg("weights") = py::none(), py::arg("sobol") = false,
        "What a change does to expected loss and expected shortfall, with paired errors, and\n"
        "the tail before and after it, each as of tail_figures.");
    module.def("loss_histogram", &histogram, py::arg("losses"), py::kw_only(), py::arg("most_bins"),
               py::arg("logarithmic") = false, py::arg("weights") = py::none(),
               "Losses by size: rising edges in minor units, scenarios and weights of each bin.");
    module.def("convergence", &convergence_points, py::arg("losses"), py::kw_only(),
               py::arg("level"), py::arg("weights") = py::none(), py::arg("sobol") = false,
               "Tail figures of the first 2^k scenarios, for each k, and of all.");
    module.def(
        "concentration_measures", &measures, py::arg("amounts"), py::kw_only(),
        py::arg("largest_count"),
        "How unevenly whole amounts (int64) are spread: Herfindahl index, effective number,\n"
        "Gini coefficient, share of the largest.");
}

}  // namespace seawall::bindings
