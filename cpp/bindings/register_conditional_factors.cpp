#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <string>
#include <vector>

#include "bindings/default_simulation.hpp"
#include "bindings/module.hpp"
#include "engines/debt/simulation/conditional_factors.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

const ConditionalFactors& given_of(const DefaultSimulation& simulation) {
    if (simulation.given) return *simulation.given;
    throw Error(ErrorCode::invalid_input, "simulation", "is of factors given nothing");
}

py::typing::Dict<py::str, py::typing::List<py::float_>> law(const DefaultSimulation& simulation) {
    const ConditionalFactors& given = given_of(simulation);
    py::typing::Dict<py::str, py::typing::List<py::float_>> figures;
    figures["mean"] = py::cast(given.mean);
    figures["root"] = py::cast(given.root);
    return figures;
}

py::typing::Dict<py::str, py::bytes> obligors_given(const DefaultSimulation& simulation,
                                                    const Arrays& obligors) {
    const ConditionalFactors& given = given_of(simulation);
    NamedArrays named(obligors, "obligors");
    const auto probability = named.take<double>("default_probability", 1);
    const auto weight = named.take<double>("factor_weight", 2);
    ConditionalObligors found;
    {
        const py::gil_scoped_release release;
        found = conditional_obligors(probability, weight, simulation.model(), given);
    }
    py::typing::Dict<py::str, py::bytes> columns;
    columns["default_probability"] = to_bytes(found.default_probability);
    columns["loading"] = to_bytes(found.loading);
    return columns;
}

}  // namespace

void register_conditional_factors(py::module_& module) {
    module.def("conditional_factors", &law, py::arg("simulation"),
               "The law of the factors given the macroeconomic values: mean, and root with its\n"
               "product by its transpose their covariance, by rows.");
    module.def("conditional_obligors", &obligors_given, py::arg("simulation"), py::arg("obligors"),
               "Obligors (default_probability, factor_weight) given the macroeconomic values,\n"
               "under the Gaussian copula: expected default_probability, and loading on\n"
               "independent normals (float64 as bytes).");
}

}  // namespace seawall::bindings
