#pragma once

#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engines/debt/amendment.hpp"
#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_case.hpp"
#include "engines/debt/recovery.hpp"

// What Python says of a run with a horizon, as the engine takes it.
namespace seawall::bindings {

using Description = pybind11::typing::Dict<pybind11::str, pybind11::object>;

/// case_id; drivers of shape (months, segments, 7); change of the rate of new debt, (months,);
/// factor of cash; days of collection; days of payment.
using CaseArgument = std::tuple<std::string, pybind11::array_t<double, pybind11::array::c_style>,
                                std::vector<double>, double, int, int>;
/// Position (row of the book); months of extension; changes of rate and spread in percentage
/// points; fraction that becomes equity; new limits by covenant.
using AmendmentArgument =
    std::tuple<std::size_t, std::int32_t, double, double, double, std::map<std::string, double>>;

// All throw Error(invalid_input) with the place of what has no meaning.

debt::PathSettings path_settings(const Description& settings);
debt::RecoverySettings recovery_settings(const Description& settings);
std::vector<debt::PathCase> path_cases(const std::vector<CaseArgument>& arguments);
std::vector<debt::Amendment> amendments_of(const std::vector<AmendmentArgument>& arguments);

}  // namespace seawall::bindings
