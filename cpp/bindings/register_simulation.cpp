#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/debt_book.hpp"
#include "bindings/module.hpp"
#include "bindings/named_arrays.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/minor_digits.hpp"
#include "engines/debt/simulation/credit_positions.hpp"
#include "engines/debt/simulation/default_simulation.hpp"
#include "engines/debt/simulation/default_variants.hpp"
#include "engines/debt/simulation/paired_difference.hpp"
#include "engines/debt/simulation/tail_contributions.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Figures = py::typing::Dict<py::str, py::object>;

/// Obligors ready for the kernels, and the positions that their losses are made of.
struct PyDefaultSimulation {
    ObligorGroups groups;
    std::vector<double> root;                        ///< L, of shape (factor, factor)
    std::vector<std::uint32_t> obligor_of_position;  ///< (position_count,)
    std::vector<std::int64_t> position_loss_minor;   ///< (position_count,)
};

std::vector<std::uint32_t> rows_of(std::span<const std::int64_t> values, std::size_t limit,
                                   const char* place) {
    std::vector<std::uint32_t> rows;
    rows.reserve(values.size());
    for (const std::int64_t value : values) {
        if (value < 0 || static_cast<std::uint64_t>(value) >= limit) {
            throw Error(ErrorCode::invalid_input,
                        std::string(place) + "[" + std::to_string(rows.size()) + "]",
                        "must be from 0 to " + std::to_string(limit - 1));
        }
        rows.push_back(static_cast<std::uint32_t>(value));
    }
    return rows;
}

/// What each obligor loses: the sum of its positions. check(ObligorColumns) bounds their sum.
std::vector<std::int64_t> losses_of_obligors(const PyDefaultSimulation& simulation,
                                             std::size_t obligor_count) {
    std::vector<std::int64_t> losses(obligor_count);
    for (std::size_t i = 0; i < simulation.position_loss_minor.size(); ++i) {
        const std::int64_t loss = simulation.position_loss_minor[i];
        std::int64_t& sum = losses[simulation.obligor_of_position[i]];
        if (loss < 0 || __builtin_add_overflow(sum, loss, &sum)) {
            throw Error(ErrorCode::invalid_input, "positions.loss_minor[" + std::to_string(i) + "]",
                        loss < 0 ? "must be at least 0" : "adds up to more than 64 bits hold");
        }
    }
    return losses;
}

std::shared_ptr<PyDefaultSimulation> make_simulation(const Arrays& obligors,
                                                     const Arrays& positions, const Arrays& factors,
                                                     double degrees_of_freedom) {
    NamedArrays named_factors(factors, "factors");
    NamedArrays named_obligors(obligors, "obligors");
    NamedArrays named_positions(positions, "positions");
    const std::span<const double> correlation = named_factors.take<double>("correlation", 2);
    const FactorModel model{
        .factor_count = static_cast<std::size_t>(named_factors.shape()[0]),
        .correlation = correlation,
        .degrees_of_freedom = degrees_of_freedom,
    };
    const auto slot = named_obligors.take<std::int64_t>("slot", 1);
    const auto probability = named_obligors.take<double>("default_probability", 1);
    const auto weight = named_obligors.take<double>("factor_weight", 2);
    const auto obligor = named_positions.take<std::int64_t>("obligor", 1);
    const auto loss = named_positions.take<std::int64_t>("loss_minor", 1);
    if (loss.size() != obligor.size()) {
        throw Error(ErrorCode::invalid_input, "positions.loss_minor",
                    "must be as many as positions.obligor");
    }
    const py::gil_scoped_release release;
    auto made = std::make_shared<PyDefaultSimulation>();
    made->root = correlation_root(model);
    made->obligor_of_position = rows_of(obligor, slot.size(), "positions.obligor");
    made->position_loss_minor.assign(loss.begin(), loss.end());
    const std::vector<std::uint32_t> slots = rows_of(slot, std::size_t{1} << 32U, "obligors.slot");
    const std::vector<double> thresholds = default_thresholds(probability, model);
    const std::vector<std::int64_t> losses = losses_of_obligors(*made, slots.size());
    made->groups = group_obligors_by_slot({.slot = slots,
                                           .default_threshold = thresholds,
                                           .factor_weight = weight,
                                           .loss_minor = losses},
                                          model);
    return made;
}

/// The losses of scenarios as Python keeps them: a buffer of int64.
class LossBuffer {
  public:
    explicit LossBuffer(const py::buffer& losses) : info_(losses.request()) {
        if (info_.ndim != 1 || !info_.item_type_is_equivalent_to<std::int64_t>() ||
            (info_.size > 1 && info_.strides[0] != info_.itemsize)) {
            throw Error(ErrorCode::invalid_input, "losses",
                        "must be a contiguous array of 1 dimension of int64");
        }
    }
    std::span<const std::int64_t> values() const {
        return {static_cast<const std::int64_t*>(info_.ptr), static_cast<std::size_t>(info_.size)};
    }

  private:
    py::buffer_info info_;
};

using Level = std::pair<std::int64_t, std::int64_t>;

ConfidenceLevel level_of(const Level& level) {
    return {.numerator = level.first, .denominator = level.second};
}

InstructionSet instruction_set_of(const std::optional<std::string>& name) {
    if (!name) return fastest_default_kernel();
    for (const auto set :
         {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (*name == instruction_set_name(set)) return set;
    }
    throw Error(ErrorCode::invalid_input, "instruction_set", "must be avx512, avx2 or baseline");
}

py::bytes losses(const PyDefaultSimulation& simulation, std::uint64_t seed,
                 std::uint64_t first_scenario, std::size_t count, std::size_t threads,
                 const std::optional<std::string>& instruction_set,
                 const OptionalControl& control) {
    const SimulationRange range{.seed = seed, .first_scenario = first_scenario, .count = count};
    const InstructionSet set = instruction_set_of(instruction_set);
    return to_bytes(run_long(control, [&](const RunControl& native) {
        return simulate_losses(simulation.groups, range, {.threads = threads, .control = native},
                               set);
    }));
}

/// Of position i what `of_obligor` holds for its obligor.
std::vector<std::uint32_t> by_position(const PyDefaultSimulation& simulation,
                                       const std::vector<std::uint32_t>& of_obligor) {
    std::vector<std::uint32_t> result;
    result.reserve(simulation.obligor_of_position.size());
    for (const std::uint32_t obligor : simulation.obligor_of_position) {
        result.push_back(of_obligor[obligor]);
    }
    return result;
}

py::typing::Dict<py::str, py::bytes> contributions(const PyDefaultSimulation& simulation,
                                                   const py::buffer& loss_minor, std::uint64_t seed,
                                                   std::uint64_t first_scenario, const Level& level,
                                                   std::size_t threads,
                                                   const OptionalControl& control) {
    const LossBuffer buffer(loss_minor);
    const std::span<const std::int64_t> values = buffer.values();
    struct Found {
        TailDefaults defaults;
        std::vector<double> minor;
        std::vector<std::int64_t> whole_minor;
    };
    const Found found = run_long(control, [&](const RunControl& native) {
        const TailRisk tail = tail_risk(values, level_of(level));
        const SimulationRange range{
            .seed = seed, .first_scenario = first_scenario, .count = values.size()};
        const TailDefaults of_obligors = replay_tail(simulation.groups, range, values, tail,
                                                     {.threads = threads, .control = native});
        TailDefaults defaults{.above_count = by_position(simulation, of_obligors.above_count),
                              .at_count = by_position(simulation, of_obligors.at_count)};
        const std::span<const std::int64_t> loss = simulation.position_loss_minor;
        std::vector<double> minor = contributions_minor(defaults, loss, tail);
        std::vector<std::int64_t> whole = whole_contributions_minor(defaults, loss, tail);
        return Found{std::move(defaults), std::move(minor), std::move(whole)};
    });
    py::typing::Dict<py::str, py::bytes> result;
    result["above_count"] = to_bytes(found.defaults.above_count);
    result["at_count"] = to_bytes(found.defaults.at_count);
    result["minor"] = to_bytes(found.minor);
    result["whole_minor"] = to_bytes(found.whole_minor);
    return result;
}

/// One scenario: its factors, and who defaults in it.
Figures scenario(const PyDefaultSimulation& simulation, std::uint64_t seed, std::uint64_t number) {
    const std::size_t count = simulation.groups.factor_count;
    std::vector<double> whitened(count);
    draw_factors(seed, number, whitened);
    std::vector<double> factor(count);  // Z = L·z
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t j = 0; j < count; ++j) {
            factor[k] += simulation.root[k * count + j] * whitened[j];
        }
    }
    std::vector<std::uint16_t> masks(simulation.groups.obligor_count);
    const std::vector<std::uint64_t> one{number};
    default_masks(simulation.groups, {.seed = seed, .scenario = one}, masks);
    const std::vector<std::uint8_t> defaulted(masks.begin(), masks.end());
    const Figures d;
    d["factor"] = py::cast(factor);
    d["mixing_root"] = simulation.groups.mixing.root(seed, number);
    d["defaulted"] = to_bytes(defaulted);
    return d;
}

py::object wide(WideInteger value) {
    const py::int_ high(static_cast<std::int64_t>(value >> 64U));
    const py::int_ low(static_cast<std::uint64_t>(value));
    return (high << py::int_(64)) + low;
}

Figures figures_of_tail(const py::buffer& losses, const Level& level) {
    const LossBuffer buffer(losses);
    const TailRisk tail = [&] {
        const py::gil_scoped_release release;
        return tail_risk(buffer.values(), level_of(level));
    }();
    const Figures d;
    d["var_minor"] = tail.var_minor;
    d["excess_minor"] = wide(tail.excess_minor);
    d["above_count"] = tail.above_count;
    d["at_count"] = tail.at_count;
    d["var_low_minor"] = tail.var_low_minor;
    d["var_high_minor"] =
        tail.var_high_is_open ? py::object(py::none()) : py::cast(tail.var_high_minor);
    d["es_minor"] = tail.es_minor;
    d["es_standard_error_minor"] = tail.es_standard_error_minor;
    d["is_thin"] = tail.is_thin();
    return d;
}

Figures figures_of_moments(const py::buffer& losses) {
    const LossBuffer buffer(losses);
    const LossMoments moments = [&] {
        const py::gil_scoped_release release;
        return loss_moments(buffer.values());
    }();
    const Figures d;
    d["expected_minor"] = moments.expected_minor;
    d["standard_deviation_minor"] = moments.standard_deviation_minor;
    d["standard_error_minor"] = moments.standard_error_minor;
    return d;
}

Figures figures_of_difference(const py::buffer& before, const py::buffer& after,
                              const Level& level) {
    const LossBuffer old(before), changed(after);
    const PairedDifference found = [&] {
        const py::gil_scoped_release release;
        return paired_difference(old.values(), tail_risk(old.values(), level_of(level)),
                                 changed.values(), tail_risk(changed.values(), level_of(level)));
    }();
    const Figures d;
    d["expected_minor"] = found.expected_minor;
    d["expected_standard_error_minor"] = found.expected_standard_error_minor;
    d["es_minor"] = found.es_minor;
    d["es_standard_error_minor"] = found.es_standard_error_minor;
    return d;
}

NativeTable credit_positions(const DebtBook& book) {
    const py::gil_scoped_release release;
    const BookTables tables{.records = book.records.get(), .instruments = book.instruments.get()};
    return NativeTable{std::make_shared<const Table>(credit_position_table(tables, book.book))};
}

void register_simulation_class(const py::module_& module) {
    using Holder = std::shared_ptr<PyDefaultSimulation>;
    py::class_<PyDefaultSimulation, Holder>(
        module, "DefaultSimulation",
        "Obligors whose defaults and losses can be simulated, scenario by scenario.\n\n"
        "obligors: slot (int64), default_probability and factor_weight (float64, of shape\n"
        "(obligors, factors)). positions: obligor (its row) and loss_minor at default (int64).\n"
        "factors: correlation (float64, square). Infinite degrees of freedom: Gaussian copula.")
        .def(py::init(&make_simulation), py::arg("obligors"), py::arg("positions"),
             py::arg("factors"), py::kw_only(), py::arg("degrees_of_freedom"))
        .def_property_readonly("obligor_count",
                               [](const PyDefaultSimulation& s) { return s.groups.obligor_count; })
        .def_property_readonly(
            "correlation_root", [](const PyDefaultSimulation& s) { return s.root; },
            "L of L·Lᵀ, the correlation of the factors, by rows.")
        .def("losses", &losses, py::kw_only(), py::arg("seed"), py::arg("first_scenario"),
             py::arg("count"), py::arg("threads") = 0, py::arg("instruction_set") = py::none(),
             py::arg("control") = py::none(),
             "The loss of each of consecutive scenarios in minor units: int64 as bytes. The same\n"
             "by any instruction set; None takes that of simulation_instruction_set.")
        .def("contributions", &contributions, py::arg("losses"), py::kw_only(), py::arg("seed"),
             py::arg("first_scenario"), py::arg("level"), py::arg("threads") = 0,
             py::arg("control") = py::none(),
             "What each position adds to expected shortfall at a level (numerator, denominator):\n"
             "minor (float64) and whole_minor (int64, of which the sum is the figure's), with the\n"
             "defaults above and at value at risk (uint32); as bytes.")
        .def("scenario", &scenario, py::kw_only(), py::arg("seed"), py::arg("scenario"),
             "One scenario: factor (Z), mixing_root (the root of W / ν) and defaulted by obligor\n"
             "(uint8 as bytes).");
}

}  // namespace

void register_simulation(py::module_& module) {
    register_simulation_class(module);
    module.def("minor_digits", &minor_digits, py::arg("currency"),
               "Decimal digits of a currency's minor unit by ISO 4217.");
    module.def("credit_positions", &credit_positions, py::arg("book"),
               "What a simulation reads of a book, one row a position.");
    module.def(
        "tail_figures", &figures_of_tail, py::arg("losses"), py::kw_only(), py::arg("level"),
        "Value at risk and expected shortfall of losses in minor units (int64), with their\n"
        "errors; level is (numerator, denominator). var_high_minor is None where beyond the\n"
        "largest loss.");
    module.def("loss_moments", &figures_of_moments, py::arg("losses"),
               "Mean, standard deviation and the mean's standard error of losses (int64).");
    module.def("paired_difference", &figures_of_difference, py::arg("before"), py::arg("after"),
               py::kw_only(), py::arg("level"),
               "What a change does to expected loss and expected shortfall, with paired errors.");
    module.def(
        "simulation_instruction_set",
        [] { return std::string(instruction_set_name(fastest_default_kernel())); },
        "The instruction set that simulations use on this processor: avx512, avx2 or baseline.");
}

}  // namespace seawall::bindings
