#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/named_arrays.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/sweep.hpp"
#include "engines/debt/sweep_variants.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

DriverCube cube(NamedArrays& arrays, const char* name, SweepScenarios& scenarios) {
    const std::span<const double> values = arrays.take<double>(name, 3);
    const std::vector<py::ssize_t>& shape = arrays.shape();
    const auto quarter_count = static_cast<std::size_t>(shape[1]);
    const auto scenario_count = static_cast<std::size_t>(shape[2]);
    if (arrays.taken_count() == 1) {
        scenarios.quarter_count = quarter_count;
        scenarios.scenario_count = scenario_count;
    } else if (scenarios.quarter_count != quarter_count ||
               scenarios.scenario_count != scenario_count) {
        throw Error(ErrorCode::invalid_input, arrays.place() + "." + name,
                    "must have the quarters and scenarios of " + arrays.place() + ".index");
    }
    return {.class_count = static_cast<std::size_t>(shape[0]), .values = values};
}

SweepColumns columns_of(NamedArrays& loans) {
    return {.balance = loans.take<double>("balance", 1),
            .scheduled_principal = loans.take<double>("scheduled_principal", 1),
            .spread = loans.take<double>("spread", 1),
            .income = loans.take<double>("income", 1),
            .collateral_value = loans.take<double>("collateral_value", 1),
            .haircut = loans.take<double>("haircut", 1),
            .sale_cost = loans.take<double>("sale_cost", 1),
            .prior_claims = loans.take<double>("prior_claims", 1),
            .unsecured_recovery = loans.take<double>("unsecured_recovery", 1),
            .dscr_limit = loans.take<double>("dscr_limit", 1),
            .ltv_limit = loans.take<double>("ltv_limit", 1),
            .index_class = loans.take<std::int64_t>("index_class", 1),
            .income_class = loans.take<std::int64_t>("income_class", 1),
            .collateral_class = loans.take<std::int64_t>("collateral_class", 1),
            .currency_class = loans.take<std::int64_t>("currency_class", 1)};
}

SweepScenarios scenarios_of(NamedArrays& drivers, std::int64_t minor_units_per_unit) {
    SweepScenarios scenarios;
    scenarios.index = cube(drivers, "index", scenarios);
    scenarios.income = cube(drivers, "income", scenarios);
    scenarios.collateral = cube(drivers, "collateral", scenarios);
    scenarios.currency = cube(drivers, "currency", scenarios);
    scenarios.minor_units_per_unit = minor_units_per_unit;
    return scenarios;
}

py::typing::Dict<py::str, py::bytes> run_sweep(const Arrays& loans, const Arrays& scenarios,
                                               std::int64_t minor_units_per_unit,
                                               std::size_t threads,
                                               const OptionalControl& control) {
    NamedArrays named_loans(loans, "loans");
    NamedArrays named_scenarios(scenarios, "scenarios");
    const SweepScenarios drivers = scenarios_of(named_scenarios, minor_units_per_unit);
    const SweepColumns columns = columns_of(named_loans);
    const SweepResult found = run_long(control, [&](const RunControl& native) {
        return sweep(columns, drivers, {.threads = threads, .control = native});
    });
    py::typing::Dict<py::str, py::bytes> result;
    result["loss_minor"] = to_bytes(found.loss_minor);
    result["breach_count"] = to_bytes(found.breach_count);
    result["default_count"] = to_bytes(found.default_count);
    return result;
}

}  // namespace

void register_sweep(py::module_& module) {
    module.attr("NO_LTV_LIMIT") = no_ltv_limit;
    module.def(
        "sweep", &run_sweep, py::arg("loans"), py::arg("scenarios"), py::kw_only(),
        py::arg("minor_units_per_unit"), py::arg("threads") = 0, py::arg("control") = py::none(),
        "Screens instruments (columns by name) under scenarios (cubes by name, of shape (classes,\n"
        "quarters, scenarios)); contiguous float64, classes int64, not to be changed meanwhile.\n"
        "Returns int64 of shape (quarters, scenarios) as bytes: loss_minor, breach_count and\n"
        "default_count.");
    module.def(
        "sweep_instruction_set",
        [] { return std::string(instruction_set_name(fastest_instruction_set())); },
        "The instruction set that sweep uses on this processor: avx512, avx2 or baseline.");
}

}  // namespace seawall::bindings
