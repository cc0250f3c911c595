#pragma once

#include <pybind11/pybind11.h>

// Each function adds one noun to the module; module.cpp is the list of them.
namespace seawall::bindings {

void register_errors(pybind11::module_& module);
void register_build(pybind11::module_& module);
void register_run_control(pybind11::module_& module);
void register_tables(pybind11::module_& module);
void register_provenance(pybind11::module_& module);
void register_text_numbers(pybind11::module_& module);
void register_ingest(pybind11::module_& module);
void register_xml(pybind11::module_& module);
void register_debt(pybind11::module_& module);
void register_paths(pybind11::module_& module);
void register_concentration(pybind11::module_& module);
void register_sweep(pybind11::module_& module);
void register_calendar(pybind11::module_& module);
void register_returns(pybind11::module_& module);
void register_analytic(pybind11::module_& module);
void register_credit_forms(pybind11::module_& module);
void register_simulation_inputs(pybind11::module_& module);
void register_simulation(pybind11::module_& module);
void register_tail(pybind11::module_& module);
void register_contributions(pybind11::module_& module);
void register_conditional_factors(pybind11::module_& module);
void register_reverse_stress(pybind11::module_& module);
void register_load(pybind11::module_& module);

}  // namespace seawall::bindings
