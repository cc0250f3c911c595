#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

// Rows on their way into the ledger: many, and spread over the memory.
namespace seawall::bindings {

using Objects = pybind11::typing::List<pybind11::object>;
using LedgerRow = pybind11::typing::Tuple<pybind11::object, pybind11::ellipsis>;

/// Rows in the order of their texts, by code points; of equal ones as they were. Throws
/// Error(invalid_input) unless there is a Unicode text for each row.
Objects in_order_of(const Objects& rows, const pybind11::typing::List<pybind11::str>& texts);

/// Of each row a tuple: the first cell, then those of its fields.
pybind11::typing::List<LedgerRow> cells_of_rows(
    const pybind11::object& first, const Objects& rows,
    const pybind11::typing::Tuple<pybind11::str, pybind11::ellipsis>& fields);

/// The cells of all rows one after the other, each row's last one followed by its number where
/// there are numbers. Throws TypeError unless every row is a tuple, Error(invalid_input) unless
/// there is no number or one for each row.
LedgerRow joined_cells(const pybind11::typing::List<LedgerRow>& rows,
                       const pybind11::typing::List<pybind11::int_>& numbers);

}  // namespace seawall::bindings
