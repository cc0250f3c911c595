#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/debt_book.hpp"
#include "bindings/default_simulation.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/simulation/credit_positions.hpp"
#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/importance.hpp"
#include "engines/debt/simulation/importance_choice.hpp"
#include "engines/debt/simulation/loss_change.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "engines/debt/simulation/recovery_tables.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Description = py::typing::Dict<py::str, py::object>;

InstructionSet instruction_set_of(const std::optional<std::string>& name) {
    if (!name) return fastest_default_kernel();
    for (const auto set :
         {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (*name == instruction_set_name(set)) return set;
    }
    throw Error(ErrorCode::invalid_input, "instruction_set", "must be avx512, avx2 or baseline");
}

std::vector<std::int64_t> losses_of(const DefaultSimulation& simulation,
                                    const SimulationRange& range, const ParallelOptions& parallel,
                                    InstructionSet set) {
    if (simulation.rule == nullptr) {
        return simulate_losses(simulation.groups, range, parallel, set);
    }
    if (!has_default_kernel(set)) {
        throw Error(ErrorCode::invalid_input, "instruction_set", "this processor lacks it");
    }
    return simulate_losses(
        simulation.groups, *simulation.rule, range, parallel,
        {.instruction_set = set, .task_scenarios = task_scenarios_for(simulation.groups, range)});
}

py::bytes losses(const DefaultSimulation& simulation, std::uint64_t seed,
                 std::uint64_t first_scenario, std::size_t count, const OptionalSampling& sampling,
                 std::size_t threads, const std::optional<std::string>& instruction_set,
                 const OptionalControl& control) {
    const InstructionSet set = instruction_set_of(instruction_set);
    return to_bytes(run_long(control, [&](const RunControl& native) {
        const PreparedSampling prepared = prepare(sampling, simulation, seed);
        const SimulationRange range{.seed = seed,
                                    .first_scenario = first_scenario,
                                    .count = count,
                                    .sampling = prepared.view()};
        return losses_of(simulation, range, {.threads = threads, .control = native}, set);
    }));
}

/// Scenarios drawn for one of them must be those of the other.
void check_states(const DefaultSimulation& before, const DefaultSimulation& after) {
    const bool are_alike = after.correlation == before.correlation && after.given == before.given;
    if (are_alike) return;
    throw Error(ErrorCode::invalid_input, "after", "must have the factors of before");
}

py::bytes loss_change(const DefaultSimulation& before, const DefaultSimulation& after,
                      std::uint64_t seed, std::uint64_t first_scenario, std::size_t count,
                      const OptionalSampling& sampling, std::size_t threads,
                      const OptionalControl& control) {
    return to_bytes(run_long(control, [&](const RunControl& native) {
        check_states(before, after);
        const PreparedSampling prepared = prepare(sampling, before, seed);
        return simulate_loss_change({.groups = before.groups, .rule = before.rule.get()},
                                    {.groups = after.groups, .rule = after.rule.get()},
                                    {.seed = seed,
                                     .first_scenario = first_scenario,
                                     .count = count,
                                     .sampling = prepared.view()},
                                    {.threads = threads, .control = native});
    }));
}

py::bytes weights(const DefaultSimulation& simulation, std::uint64_t seed,
                  std::uint64_t first_scenario, std::size_t count, const OptionalSampling& sampling,
                  std::size_t threads, const OptionalControl& control) {
    return to_bytes(run_long(control, [&](const RunControl& native) {
        const PreparedSampling prepared = prepare(sampling, simulation, seed);
        const SimulationRange range{.seed = seed,
                                    .first_scenario = first_scenario,
                                    .count = count,
                                    .sampling = prepared.view()};
        return scenario_weights(simulation.groups, range, {.threads = threads, .control = native});
    }));
}

Sampling choose_importance(const DefaultSimulation& simulation, std::uint64_t seed,
                           const Level& level, std::size_t threads,
                           const OptionalControl& control) {
    return run_long(control, [&](const RunControl& native) {
        const ParallelOptions parallel{.threads = threads, .control = native};
        const LossesOfRange pilot = [&](SimulationRange range) {
            range.sampling.conditional = simulation.conditional();
            return losses_of(simulation, range, {.threads = threads, .control = {native.stop}},
                             fastest_default_kernel());
        };
        return Sampling{choose_importance_shift(
            simulation.groups, pilot, {.seed = seed, .level = level_of(level)}, parallel)};
    });
}

/// One scenario: its factors, and who defaults in it.
Description scenario(const DefaultSimulation& simulation, std::uint64_t seed, std::uint64_t number,
                     const OptionalSampling& sampling) {
    const std::size_t count = simulation.groups.factor_count;
    const PreparedSampling prepared = prepare(sampling, simulation, seed);
    std::vector<double> whitened(count);
    const double root =
        draw_state(prepared.view(), seed, number, simulation.groups.mixing, whitened);
    std::vector<double> factor(count);  // Z = L·z
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t j = 0; j < count; ++j) {
            factor[k] += simulation.root[k * count + j] * whitened[j];
        }
    }
    const std::vector<std::uint64_t> one{number};
    const ScenarioList list{.seed = seed, .scenario = one, .sampling = prepared.view()};
    std::vector<std::uint16_t> masks(simulation.groups.obligor_count);
    default_masks(simulation.groups, list, masks);
    std::vector<std::int64_t> lost(simulation.obligor_of_position.size());
    const DefaultQuarters* quarters =
        simulation.rule == nullptr ? nullptr : simulation.rule->default_quarters();
    std::vector<std::uint8_t> quarter(quarters == nullptr ? 0 : masks.size() * block_scenarios);
    if (simulation.rule == nullptr) {
        for (std::size_t i = 0; i < lost.size(); ++i) {
            const bool defaults = masks[simulation.obligor_of_position[i]] != 0;
            lost[i] = defaults ? simulation.position_loss_minor[i] : 0;
        }
    } else {
        std::vector<std::int64_t> total(block_scenarios);
        std::vector<std::int64_t> block(lost.size() * block_scenarios);
        visit_blocks(simulation.groups, list, fastest_default_kernel(),
                     [&](const DefaultedBlock& defaulted) {
                         simulation.rule->add_losses(defaulted, total, block);
                         if (quarters != nullptr) quarters->find_all(defaulted, quarter);
                     });
        for (std::size_t i = 0; i < lost.size(); ++i) lost[i] = block[i * block_scenarios];
    }
    const Description d;
    d["factor"] = py::cast(factor);
    d["mixing_root"] = root;
    d["defaulted"] = to_bytes(std::vector<std::uint8_t>(masks.begin(), masks.end()));
    d["loss_minor"] = to_bytes(lost);
    if (quarters == nullptr) return d;
    std::vector<std::uint8_t> of_obligor(masks.size());
    for (std::size_t row = 0; row < masks.size(); ++row) {
        of_obligor[row] = quarter[row * block_scenarios];
    }
    d["quarter"] = to_bytes(of_obligor);
    return d;
}

NativeTable credit_positions(const DebtBook& book) {
    const py::gil_scoped_release release;
    const BookTables tables{.records = book.records.get(), .instruments = book.instruments.get()};
    return NativeTable{std::make_shared<const Table>(credit_position_table(tables, book.book))};
}

/// Haircut, sale cost and administration cost as fractions.
using Liquidation = std::tuple<double, double, double>;

std::shared_ptr<DefaultSimulation> make(const Arrays& obligors, const Arrays& positions,
                                        const Arrays& factors, double degrees_of_freedom,
                                        const std::optional<Arrays>& pools,
                                        const Liquidation& liquidation,
                                        const std::vector<double>& discount_factors,
                                        const std::optional<Arrays>& macro) {
    const auto [haircut, sale_cost, administration_cost] = liquidation;
    return make_default_simulation({.obligors = obligors,
                                    .positions = positions,
                                    .factors = factors,
                                    .pools = pools,
                                    .macro = macro,
                                    .liquidation = {.haircut = haircut,
                                                    .sale_cost = sale_cost,
                                                    .administration_cost = administration_cost},
                                    .discount_factor = discount_factors},
                                   degrees_of_freedom);
}

py::typing::Dict<py::str, NativeTable> tables_of_recovery(const DebtBook& book) {
    RecoveryTables found = [&] {
        const py::gil_scoped_release release;
        return recovery_tables({.records = book.records.get(),
                                .instruments = book.instruments.get(),
                                .principal_schedule = book.principal_schedule.get()},
                               book.book);
    }();
    const auto held = [](Table& table) {
        return NativeTable{std::make_shared<const Table>(std::move(table))};
    };
    py::typing::Dict<py::str, NativeTable> tables;
    tables["positions"] = held(found.positions);
    tables["pools"] = held(found.pools);
    tables["obligors"] = held(found.obligors);
    return tables;
}

void register_sampling(const py::module_& module) {
    const auto shift_of = [](const Sampling& sampling) {
        const auto* shift = std::get_if<ImportanceShift>(&sampling.record);
        return shift == nullptr ? ImportanceShift{} : *shift;
    };
    py::class_<Sampling>(module, "Sampling",
                         "How the systematic states of scenarios are drawn, if not plainly.")
        .def_static(
            "sobol", [] { return Sampling{SobolSampling{}}; },
            "Scrambled Sobol points, 32 scrambles in turn.")
        .def_static(
            "importance",
            [](std::vector<double> factor_shift, double mixing_tilt) {
                return Sampling{ImportanceShift{.factor_shift = std::move(factor_shift),
                                                .mixing_tilt = mixing_tilt}};
            },
            py::arg("factor_shift"), py::arg("mixing_tilt"),
            "Seven of eight scenarios shifted to where losses are large.")
        .def_property_readonly(
            "factor_shift", [=](const Sampling& s) { return shift_of(s).factor_shift; },
            "μ by independent factor; empty without a shift.")
        .def_property_readonly(
            "mixing_tilt", [=](const Sampling& s) { return shift_of(s).mixing_tilt; },
            "θ; 0 without a shift.");
}

}  // namespace

void register_simulation(py::module_& module) {
    register_sampling(module);
    py::class_<DefaultSimulation, std::shared_ptr<DefaultSimulation>>(
        module, "DefaultSimulation",
        "Obligors whose defaults and losses can be simulated, scenario by scenario.\n\n"
        "obligors: slot (int64), default_probability and factor_weight (float64, of shape\n"
        "(obligors, factors)); by quarter also cumulative_default_probability (float64, of shape\n"
        "(obligors, quarters)). positions: obligor (its row), and loss_minor at default (int64),\n"
        "or exposure_minor, loss_given_default and dispersion; amounts by quarter are of shape\n"
        "(positions, quarters). factors: correlation (float64, square). Infinite degrees of\n"
        "freedom: Gaussian copula.\n\n"
        "With pools losses are what a waterfall leaves unpaid. Pools: value_minor, owner (an\n"
        "obligor's row), number (int64), volatility and factor_weight (float64). Positions then\n"
        "have exposure_minor, pool, lien_position, seniority and guarantor, obligors\n"
        "free_assets_minor and parent (int64; -1: none), and liquidation is haircut, sale cost "
        "and\n"
        "administration cost. By quarter exposure_minor is what is owed at a default then, and\n"
        "discount_factors, one a quarter, are what a unit lost is worth today.\n\n"
        "With macro the factors are conditioned on variables that are jointly normal with them:\n"
        "value, covariance (of the variables) and factor_covariance (of shape (factors,\n"
        "variables)), all float64.")
        .def(py::init(&make), py::arg("obligors"), py::arg("positions"), py::arg("factors"),
             py::kw_only(), py::arg("degrees_of_freedom"), py::arg("pools") = py::none(),
             py::arg("liquidation") = Liquidation{},
             py::arg("discount_factors") = std::vector<double>{}, py::arg("macro") = py::none())
        .def_property_readonly("obligor_count",
                               [](const DefaultSimulation& s) { return s.groups.obligor_count; })
        .def_property_readonly(
            "correlation_root", [](const DefaultSimulation& s) { return s.root; },
            "L of L·Lᵀ, the correlation of the factors, by rows.")
        .def("losses", &losses, py::kw_only(), py::arg("seed"), py::arg("first_scenario"),
             py::arg("count"), py::arg("sampling") = py::none(), py::arg("threads") = 0,
             py::arg("instruction_set") = py::none(), py::arg("control") = py::none(),
             "The loss of each of consecutive scenarios in minor units: int64 as bytes. The same\n"
             "by any instruction set; None takes that of simulation_instruction_set.")
        .def("weights", &weights, py::kw_only(), py::arg("seed"), py::arg("first_scenario"),
             py::arg("count"), py::arg("sampling"), py::arg("threads") = 0,
             py::arg("control") = py::none(),
             "The weight of each of consecutive scenarios in 2^-24: uint32 as bytes.")
        .def("choose_importance", &choose_importance, py::kw_only(), py::arg("seed"),
             py::arg("level"), py::arg("threads") = 0, py::arg("control") = py::none(),
             "A shift under which losses at the level are frequent, from pilots of the book.")
        .def("scenario", &scenario, py::kw_only(), py::arg("seed"), py::arg("scenario"),
             py::arg("sampling") = py::none(),
             "One scenario: factor (Z), mixing_root (the root of W / ν), defaulted by obligor\n"
             "(uint8) and loss_minor by position (int64), both as bytes; with quarters also the\n"
             "quarter of default by obligor, from 0 (uint8), where it defaults.");
    module.def("loss_change", &loss_change, py::arg("before"), py::arg("after"), py::kw_only(),
               py::arg("seed"), py::arg("first_scenario"), py::arg("count"),
               py::arg("sampling") = py::none(), py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "What a change of obligors does to the loss of each of consecutive scenarios, in\n"
               "minor units (int64, as bytes): their losses after it less those before it, of one\n"
               "draw of the factors, which must be the same.");
    module.def("recovery_tables", &tables_of_recovery, py::arg("book"),
               "Who has claims on what: positions, pools and obligors.");
    module.def("credit_positions", &credit_positions, py::arg("book"),
               "What a simulation reads of a book, one row a position.");
    module.def(
        "simulation_instruction_set",
        [] { return std::string(instruction_set_name(fastest_default_kernel())); },
        "The instruction set that simulations use on this processor: avx512, avx2 or baseline.");
}

}  // namespace seawall::bindings
