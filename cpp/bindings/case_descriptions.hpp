#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <vector>

#include "bindings/path_arguments.hpp"
#include "engines/debt/case_summary.hpp"
#include "engines/debt/case_wall.hpp"

// The sums of one case, by the names that they have in Python.
namespace seawall::bindings {

/// None where a figure is unknown or beyond all bounds.
pybind11::object finite_or_none(double value);

std::vector<Description> describe(
    const std::array<debt::CovenantSummary, debt::covenant_count>& summaries);
std::vector<Description> describe(const std::vector<debt::CaseWallQuarter>& quarters);
Description describe(const debt::RiskSummary& summary);
/// Amounts in the currency whose minor unit has so many digits.
Description describe(const debt::WaterfallSummary& summary, int minor_digits);

}  // namespace seawall::bindings
