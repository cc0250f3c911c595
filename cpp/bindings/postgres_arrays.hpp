#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <cstdint>
#include <vector>

#include "bindings/ledger_rows.hpp"

// Rows on their way into PostgreSQL, a whole column at once.
namespace seawall::bindings {

/// Columns of rows as one-dimensional arrays in PostgreSQL's binary format, of the element types
/// that it knows by these numbers. Cells of its texts are texts, which go as UTF-8; those of any
/// other type are its bytes. Throws TypeError where a cell is not, or a row has fewer, and
/// UnicodeEncodeError where a text is not Unicode.
pybind11::typing::List<pybind11::bytes> binary_columns(
    const pybind11::typing::List<LedgerRow>& rows, const std::vector<std::uint32_t>& types);

}  // namespace seawall::bindings
