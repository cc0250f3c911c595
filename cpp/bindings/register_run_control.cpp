#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "bindings/module.hpp"
#include "bindings/run_control.hpp"

namespace seawall::bindings {

void register_run_control(pybind11::module_& module) {  // NOLINT(misc-const-correctness)
    namespace py = pybind11;
    py::class_<PyRunControl, std::shared_ptr<PyRunControl>>(
        module, "RunControl", "Follows and ends long work; safe to cancel from any thread.")
        .def(py::init<std::optional<std::function<void(std::uint64_t)>>>(),
             py::arg("on_progress") = py::none())
        .def("cancel", &PyRunControl::cancel, "Ask the work to stop; it raises Cancelled.")
        .def("advance", &PyRunControl::advance, py::arg("units"),
             "Count units that were done elsewhere, and report.")
        .def_property_readonly("cancelled", &PyRunControl::is_cancelled)
        .def_property_readonly("completed_units", &PyRunControl::completed_units,
                               "How many units of work are done.");
}

}  // namespace seawall::bindings
