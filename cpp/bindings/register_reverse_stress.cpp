#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bindings/default_simulation.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/simulation/conditional_loss.hpp"
#include "engines/debt/simulation/default_set.hpp"
#include "engines/debt/simulation/reverse_search.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Description = py::typing::Dict<py::str, py::object>;

void check_fixed(const DefaultSimulation& simulation) {
    if (simulation.rule == nullptr) return;
    throw Error(ErrorCode::invalid_input, "simulation",
                "a reverse stress is of losses that are fixed over one period");
}

Description figures_of(const ReversePoint& point) {
    const Description d;
    d["whitened"] = py::cast(point.whitened);
    d["factor"] = py::cast(point.factor);
    d["mixing_root"] = point.mixing_root;
    d["conditional_loss_minor"] = point.conditional_loss_minor;
    d["radius"] = point.radius;
    d["first_order_probability"] = point.first_order_probability;
    d["second_order_probability"] = point.second_order_probability;
    d["kkt_residual"] = point.kkt_residual;
    d["start_count"] = point.start_count;
    return d;
}

Description reverse(const DefaultSimulation& simulation, double loss_minor,
                    std::size_t random_starts, std::size_t threads,
                    const OptionalControl& control) {
    check_fixed(simulation);
    const ReverseStress found = run_long(control, [&](const RunControl& native) {
        return reverse_search(simulation.groups, simulation.model(),
                              {.loss_minor = loss_minor,
                               .random_starts = random_starts,
                               .conditional = simulation.conditional()},
                              {.threads = threads, .control = native});
    });
    py::typing::List<Description> minima;
    for (const ReversePoint& point : found.minima) minima.append(figures_of(point));
    const Description d;
    d["minima"] = minima;
    d["is_binding"] = found.is_binding;
    d["start_count"] = found.start_count;
    d["failed_start_count"] = found.failed_start_count;
    d["saddle_count"] = found.saddle_count;
    d["evaluation_count"] = found.evaluation_count;
    return d;
}

py::bytes probabilities(const DefaultSimulation& simulation, const std::vector<double>& whitened,
                        double mixing_root) {
    std::vector<double> found;
    {
        const py::gil_scoped_release release;
        found = conditional_default_probabilities(simulation.groups,
                                                  {.factor = whitened, .mixing_root = mixing_root});
    }
    return to_bytes(found);
}

/// Obligors that default together, by row.
Description figures_of(const DefaultSet& set) {
    const Description d;
    d["row"] = py::cast(set.row);
    d["loss_minor"] = set.loss_minor;
    d["certain_loss_minor"] = set.certain_loss_minor;
    return d;
}

/// Columns of obligors: slot, default_probability and loss_minor.
class DefaultSetColumns {
  public:
    explicit DefaultSetColumns(const Arrays& arrays) {
        NamedArrays named(arrays, "obligors");
        const auto slot = named.take<std::int64_t>("slot", 1);
        const auto probability = named.take<double>("default_probability", 1);
        slot_.assign(slot.begin(), slot.end());
        // Which are certain is all that is read of them: any copula's do.
        FactorModel gaussian;
        gaussian.factor_count = 1;
        threshold_ = default_thresholds(probability, gaussian);
        loss_minor_ = named.take<std::int64_t>("loss_minor", 1);
    }
    ObligorColumns columns() const {
        return {.slot = slot_,
                .default_threshold = threshold_,
                .factor_weight = {},
                .loss_minor = loss_minor_};
    }

  private:
    std::vector<std::uint32_t> slot_;
    std::vector<double> threshold_;
    std::span<const std::int64_t> loss_minor_;
};

Description smallest_set(const Arrays& obligors, std::int64_t least_loss_minor) {
    const DefaultSetColumns columns(obligors);
    return figures_of(smallest_default_set(columns.columns(), least_loss_minor));
}

Description likeliest_set(const Arrays& obligors, std::int64_t least_loss_minor) {
    const DefaultSetColumns columns(obligors);
    NamedArrays named(obligors, "obligors");
    const auto probability = named.take<double>("conditional_probability", 1);
    const PlausibleDefaults found =
        likeliest_default_set(columns.columns(), probability, least_loss_minor);
    const Description d = figures_of(found.set);
    d["log_probability"] = found.log_probability;
    d["is_exact"] = found.is_exact;
    return d;
}

}  // namespace

void register_reverse_stress(py::module_& module) {
    module.def("reverse_stress", &reverse, py::arg("simulation"), py::kw_only(),
               py::arg("loss_minor"), py::arg("random_starts") = 8, py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "The nearest systematic states whose expected loss reaches an amount, by rising\n"
               "distance, and how they were found.");
    module.def("smallest_default_set", &smallest_set, py::arg("obligors"), py::kw_only(),
               py::arg("least_loss_minor"),
               "As few defaults as lose an amount with what is certain. obligors: slot (int64),\n"
               "default_probability (float64) and loss_minor (int64). Rows by falling loss.");
    module.def("likeliest_default_set", &likeliest_set, py::arg("obligors"), py::kw_only(),
               py::arg("least_loss_minor"),
               "The likeliest defaults that lose an amount in a systematic state, whose\n"
               "conditional_probability (float64) is a further column.");
    module.def("conditional_default_probabilities", &probabilities, py::arg("simulation"),
               py::kw_only(), py::arg("whitened"), py::arg("mixing_root"),
               "Each obligor's probability of default in a systematic state: float64 as bytes.");
}

}  // namespace seawall::bindings
