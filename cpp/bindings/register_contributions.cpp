#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/default_simulation.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/simulation/importance.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "engines/debt/simulation/weighted_loss_replay.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Columns = py::typing::Dict<py::str, py::bytes>;

/// Of position i what `of_obligor` holds for its obligor.
template <class Number>
std::vector<Number> by_position(const DefaultSimulation& simulation,
                                const std::vector<Number>& of_obligor) {
    std::vector<Number> result;
    result.reserve(simulation.obligor_of_position.size());
    for (const std::uint32_t obligor : simulation.obligor_of_position) {
        result.push_back(of_obligor[obligor]);
    }
    return result;
}

/// The tail of a run as far as some of its scenarios are of it.
TailRisk part_of_tail(std::span<const std::int64_t> losses, std::int64_t var_minor) {
    TailRisk tail;
    tail.scenario_count = losses.size();
    tail.var_minor = var_minor;
    for (const std::int64_t loss : losses) {
        tail.above_count += loss > var_minor ? 1 : 0;
        tail.at_count += loss == var_minor ? 1 : 0;
    }
    return tail;
}

Columns replay(const DefaultSimulation& simulation, const py::buffer& losses,
               std::int64_t var_minor, std::uint64_t seed, std::uint64_t first_scenario,
               const OptionalSampling& sampling, std::size_t threads,
               const OptionalControl& control) {
    const LossBuffer buffer(losses, "losses");
    const LossReplay found = run_long(control, [&](const RunControl& native) {
        const TailRisk tail = part_of_tail(buffer.values(), var_minor);
        const PreparedSampling prepared = prepare(sampling, simulation, seed);
        const SimulationRange range{.seed = seed,
                                    .first_scenario = first_scenario,
                                    .count = buffer.values().size(),
                                    .sampling = prepared.view()};
        const ParallelOptions parallel{.threads = threads, .control = native};
        if (simulation.rule != nullptr) {
            return replay_losses(simulation.groups, *simulation.rule, range, buffer.values(), tail,
                                 parallel);
        }
        return LossReplay{
            .money = {},
            .defaults = replay_tail(simulation.groups, range, buffer.values(), tail, parallel)};
    });
    Columns result;
    result["above_count"] = to_bytes(by_position(simulation, found.defaults.above_count));
    result["at_count"] = to_bytes(by_position(simulation, found.defaults.at_count));
    result["above_minor"] = to_bytes(found.money.above_minor);
    result["at_minor"] = to_bytes(found.money.at_minor);
    return result;
}

Columns columns_of(const std::vector<double>& minor, const std::vector<std::int64_t>& whole) {
    Columns result;
    result["minor"] = to_bytes(minor);
    result["whole_minor"] = to_bytes(whole);
    return result;
}

/// Of what replays of all parts of a run add up to.
Columns contributions(const DefaultSimulation& simulation, const Arrays& replayed,
                      const py::buffer& losses, const Level& level) {
    const LossBuffer buffer(losses, "losses");
    NamedArrays arrays(replayed, "replayed");
    const bool is_fixed = simulation.rule == nullptr;
    const auto above = arrays.take<std::int64_t>(is_fixed ? "above_count" : "above_minor", 1);
    const auto at = arrays.take<std::int64_t>(is_fixed ? "at_count" : "at_minor", 1);
    std::vector<double> minor;
    std::vector<std::int64_t> whole;
    {
        const py::gil_scoped_release release;
        const TailRisk tail = tail_risk(buffer.values(), level_of(level));
        if (is_fixed) {
            const TailDefaults defaults{.above_count = {above.begin(), above.end()},
                                        .at_count = {at.begin(), at.end()}};
            minor = contributions_minor(defaults, simulation.position_loss_minor, tail);
            whole = whole_contributions_minor(defaults, simulation.position_loss_minor, tail);
        } else {
            const TailLosses money{.above_minor = {above.begin(), above.end()},
                                   .at_minor = {at.begin(), at.end()}};
            minor = contributions_minor(money, tail);
            whole = whole_contributions_minor(money, tail);
        }
    }
    return columns_of(minor, whole);
}

Columns weighted_contributions(const DefaultSimulation& simulation, const py::buffer& losses,
                               const py::buffer& weights, std::uint64_t seed, const Level& level,
                               const OptionalSampling& sampling, std::size_t threads,
                               const OptionalControl& control) {
    const LossBuffer loss(losses, "losses");
    const WeightBuffer weight(weights, "weights");
    const auto [minor, whole, above_count] = run_long(control, [&](const RunControl& native) {
        const WeightedScenarios run{.loss_minor = loss.values(), .weight = weight.values()};
        const WeightedTail tail = weighted_tail(run, level_of(level));
        const PreparedSampling prepared = prepare(sampling, simulation, seed);
        const SimulationRange range{
            .seed = seed, .count = loss.values().size(), .sampling = prepared.view()};
        const ParallelOptions parallel{.threads = threads, .control = native};
        WeightedReplay replay;
        if (simulation.rule == nullptr) {
            WeightedDefaults of_obligors =
                replay_weighted_tail(simulation.groups, range, run, tail, parallel);
            replay.sums = weighted_loss_sums(
                {.above_weight = by_position(simulation, of_obligors.above_weight),
                 .at_weight = by_position(simulation, of_obligors.at_weight),
                 .above_count = {}},
                simulation.position_loss_minor);
            replay.above_count = std::move(of_obligors.above_count);
        } else {
            replay = replay_weighted_losses(simulation.groups, *simulation.rule, range, run, tail,
                                            parallel);
        }
        return std::tuple(contributions_minor(replay.sums, tail),
                          whole_contributions_minor(replay.sums, tail),
                          by_position(simulation, replay.above_count));
    });
    Columns result = columns_of(minor, whole);
    result["above_count"] = to_bytes(above_count);
    return result;
}

}  // namespace

void register_contributions(py::module_& module) {
    module.def("replay", &replay, py::arg("simulation"), py::arg("losses"), py::kw_only(),
               py::arg("var_minor"), py::arg("seed"), py::arg("first_scenario"),
               py::arg("sampling") = py::none(), py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "What each position does in the scenarios of a range whose loss is above, or at,\n"
               "value at risk: defaults (uint32) and, where losses vary, what it loses (int64).\n"
               "Those of the parts of a run add up.");
    module.def(
        "contributions", &contributions, py::arg("simulation"), py::arg("replayed"),
        py::arg("losses"), py::kw_only(), py::arg("level"),
        "What each position adds to expected shortfall, from what replays add up to (int64)\n"
        "and the losses of the run: minor (float64) and whole_minor (int64), which add up\n"
        "to the figure; as bytes.");
    module.def("weighted_contributions", &weighted_contributions, py::arg("simulation"),
               py::arg("losses"), py::arg("weights"), py::kw_only(), py::arg("seed"),
               py::arg("level"), py::arg("sampling"), py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "The same of a run from scenario 0 on by importance sampling, and above_count, as\n"
               "of a replay (uint32).");
}

}  // namespace seawall::bindings
