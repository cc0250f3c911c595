#include "bindings/module.hpp"

PYBIND11_MODULE(_core, module) {
    using namespace seawall::bindings;
    module.doc() = "seawall's native core. Import it through seawall.native only.";
    register_errors(module);
    register_build(module);
    register_run_control(module);
    register_tables(module);
    register_provenance(module);
    register_text_numbers(module);
    register_ingest(module);
    register_xml(module);
    register_debt(module);
    register_paths(module);
    register_concentration(module);
    register_sweep(module);
    register_calendar(module);
    register_returns(module);
    register_analytic(module);
    register_credit_forms(module);
    register_simulation_inputs(module);
    register_simulation(module);
    register_tail(module);
    register_contributions(module);
    register_conditional_factors(module);
    register_reverse_stress(module);
    register_load(module);
}
