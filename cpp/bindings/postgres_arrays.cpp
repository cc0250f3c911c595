#include "bindings/postgres_arrays.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace seawall::bindings {

namespace py = pybind11;

namespace {

void append_number(std::string& to, std::uint32_t number) {
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8U;  // the highest byte first
        to += static_cast<char>((number >> shift) & 0xFFU);
    }
}

constexpr std::uint32_t text_type = 25;

std::string_view bytes_of(PyObject* cell, std::uint32_t type) {
    if (type != text_type) {
        if (PyBytes_Check(cell) == 0) throw py::type_error("a cell is not bytes");
        return {PyBytes_AS_STRING(cell), static_cast<std::size_t>(PyBytes_GET_SIZE(cell))};
    }
    if (PyUnicode_Check(cell) == 0) throw py::type_error("a cell is not text");
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(cell, &size);
    if (text == nullptr) throw py::error_already_set();
    return {text, static_cast<std::size_t>(size)};
}

/// As array_send() in src/backend/utils/adt/arrayfuncs.c of PostgreSQL writes it.
std::string binary_column(const py::typing::List<LedgerRow>& rows, std::size_t column,
                          std::uint32_t type) {
    std::string written;
    append_number(written, 1);  // dimensions
    append_number(written, 0);  // no cell is null
    append_number(written, type);
    append_number(written, static_cast<std::uint32_t>(rows.size()));
    append_number(written, 1);  // the first cell's place
    for (std::size_t index = 0; index < rows.size(); ++index) {
        PyObject* const row = PyList_GET_ITEM(rows.ptr(), static_cast<Py_ssize_t>(index));
        if (PyTuple_Check(row) == 0 || static_cast<std::size_t>(PyTuple_GET_SIZE(row)) <= column) {
            throw py::type_error("a row is no tuple of so many cells");
        }
        const std::string_view cell =
            bytes_of(PyTuple_GET_ITEM(row, static_cast<Py_ssize_t>(column)), type);
        if (cell.size() > std::numeric_limits<std::int32_t>::max()) {
            throw py::type_error("a cell is larger than PostgreSQL takes");
        }
        append_number(written, static_cast<std::uint32_t>(cell.size()));
        written += cell;
    }
    return written;
}

}  // namespace

py::typing::List<py::bytes> binary_columns(const py::typing::List<LedgerRow>& rows,
                                           const std::vector<std::uint32_t>& types) {
    py::typing::List<py::bytes> columns;
    for (std::size_t column = 0; column < types.size(); ++column) {
        columns.append(py::bytes(binary_column(rows, column, types[column])));
    }
    return columns;
}

}  // namespace seawall::bindings
