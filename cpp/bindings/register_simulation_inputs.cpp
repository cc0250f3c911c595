#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/named_arrays.hpp"
#include "engines/debt/minor_digits.hpp"
#include "engines/debt/simulation/decimal_amounts.hpp"
#include "engines/debt/simulation/obligor_columns.hpp"
#include "engines/debt/simulation/quarter_terms.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

py::bytes minor_shares_of(const Arrays& arrays, int digits, double factor) {
    NamedArrays named(arrays, "amounts");
    DecimalShares shares{
        .amount = named.take<double>("amount", 1), .digits = digits, .factor = factor};
    if (arrays.contains("percentage")) shares.percentage = named.take<double>("percentage", 1);
    std::vector<std::int64_t> found;
    {
        const py::gil_scoped_release release;
        found = minor_shares(shares);
    }
    return to_bytes(found);
}

py::bytes decimal_products_of(const Arrays& arrays) {
    NamedArrays named(arrays, "factors");
    const auto left = named.take<double>("left", 1);
    const auto right = named.take<double>("right", 1);
    std::vector<double> found;
    {
        const py::gil_scoped_release release;
        found = decimal_products(left, right);
    }
    return to_bytes(found);
}

py::bytes open_after_sale_of(const Arrays& arrays, double haircut_pct, double sale_cost_pct) {
    NamedArrays named(arrays, "sales");
    const SaleColumns columns{.exposure = named.take<double>("exposure", 1),
                              .collateral = named.take<double>("collateral", 1),
                              .recovery = named.take<double>("recovery", 1),
                              .haircut_pct = haircut_pct,
                              .sale_cost_pct = sale_cost_pct};
    std::vector<double> found;
    {
        const py::gil_scoped_release release;
        found = open_after_sale(columns);
    }
    return to_bytes(found);
}

py::bytes shifted_probabilities(const std::vector<double>& default_probability,
                                const std::vector<double>& shift) {
    return to_bytes(shifted_default_probabilities(default_probability, shift));
}

py::bytes quarterly_probabilities(const std::vector<double>& default_probability,
                                  std::size_t quarter_count) {
    return to_bytes(cumulative_default_probabilities(default_probability, quarter_count));
}

}  // namespace

void register_simulation_inputs(py::module_& module) {
    module.def("shifted_default_probabilities", &shifted_probabilities,
               py::arg("default_probability"), py::arg("shift"),
               "The normal distribution function of each probability's normal score plus a shift:\n"
               "float64 as bytes.");
    module.def("quarterly_default_probabilities", &quarterly_probabilities,
               py::arg("default_probability"), py::kw_only(), py::arg("quarter_count"),
               "Of default by the end of each quarter under a constant hazard: float64 of shape\n"
               "(obligors, quarters) as bytes.");
    module.def("quarterly_discount_factors", &quarterly_discount_factors, py::arg("rate"),
               py::kw_only(), py::arg("quarter_count"),
               "For the end of each quarter, of a yearly rate as a fraction.");
    module.def("minor_digits", &minor_digits, py::arg("currency"),
               "Decimal digits of a currency's minor unit by ISO 4217.");
    module.def(
        "minor_shares", &minor_shares_of, py::arg("amounts"), py::kw_only(), py::arg("digits"),
        py::arg("factor") = 1.0,
        "amount · percentage / 100 · 10^digits · factor, exact and rounded half to even\n"
        "once: int64 as bytes. Each float64 of amount and percentage (none: 100) stands for\n"
        "the shortest decimal that reads back as it; factor is its own exact value.");
    module.def("decimal_products", &decimal_products_of, py::arg("factors"),
               "The float64 nearest to the product of the decimals left and right, as bytes.");
    module.def(
        "open_after_sale", &open_after_sale_of, py::arg("sales"), py::kw_only(),
        py::arg("haircut_pct"), py::arg("sale_cost_pct"),
        "What is open of each exposure after collateral is sold and recovery came in, never\n"
        "below 0: the float64 nearest to the decimal, as bytes.");
}

}  // namespace seawall::bindings
