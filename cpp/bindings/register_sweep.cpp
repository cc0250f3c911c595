#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "engines/debt/sweep.hpp"
#include "engines/debt/sweep_variants.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

/// By the names of SweepColumns and SweepScenarios.
using Arrays = py::typing::Dict<py::str, py::buffer>;

/// Arrays by name, kept while the sweep reads them: their owner must not change them meanwhile.
class NamedArrays {
  public:
    NamedArrays(const Arrays& arrays, std::string place)
        : arrays_(arrays), place_(std::move(place)) {}

    /// A contiguous array of a number's type and a number of dimensions.
    template <typename Number>
    std::span<const Number> take(const char* name, std::size_t dimensions) {
        const std::string where = place_ + "." + name;
        if (!arrays_.contains(name)) {
            throw Error(ErrorCode::invalid_input, where, "is missing");
        }
        const auto array = py::cast<py::buffer>(arrays_[name]);
        kept_.push_back(array.request());
        const py::buffer_info& info = kept_.back();
        if (static_cast<std::size_t>(info.ndim) != dimensions ||
            !info.item_type_is_equivalent_to<Number>() || !is_contiguous(info)) {
            throw Error(ErrorCode::invalid_input, where,
                        "must be a contiguous array of " + std::to_string(dimensions) +
                            (dimensions == 1 ? " dimension of " : " dimensions of ") +
                            (std::is_integral_v<Number> ? "int64" : "float64"));
        }
        return {static_cast<const Number*>(info.ptr), static_cast<std::size_t>(info.size)};
    }

    DriverCube cube(const char* name, SweepScenarios& scenarios) {
        const std::span<const double> values = take<double>(name, 3);
        const std::vector<py::ssize_t>& shape = kept_.back().shape;
        const auto quarter_count = static_cast<std::size_t>(shape[1]);
        const auto scenario_count = static_cast<std::size_t>(shape[2]);
        if (kept_.size() == 1) {
            scenarios.quarter_count = quarter_count;
            scenarios.scenario_count = scenario_count;
        } else if (scenarios.quarter_count != quarter_count ||
                   scenarios.scenario_count != scenario_count) {
            throw Error(ErrorCode::invalid_input, place_ + "." + name,
                        "must have the quarters and scenarios of " + place_ + ".index");
        }
        return {.class_count = static_cast<std::size_t>(shape[0]), .values = values};
    }

  private:
    static bool is_contiguous(const py::buffer_info& info) {
        py::ssize_t stride = info.itemsize;
        for (py::ssize_t axis = info.ndim; axis-- > 0;) {
            const auto at = static_cast<std::size_t>(axis);
            if (info.shape[at] > 1 && info.strides[at] != stride) return info.size == 0;
            stride *= info.shape[at];
        }
        return true;
    }

    const Arrays& arrays_;
    std::string place_;
    std::vector<py::buffer_info> kept_;
};

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
    scenarios.index = drivers.cube("index", scenarios);
    scenarios.income = drivers.cube("income", scenarios);
    scenarios.collateral = drivers.cube("collateral", scenarios);
    scenarios.currency = drivers.cube("currency", scenarios);
    scenarios.minor_units_per_unit = minor_units_per_unit;
    return scenarios;
}

/// The int64 of a result, row-major, as bytes that numpy takes without a copy.
py::bytes to_bytes(const std::vector<std::int64_t>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int64_t)};
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
