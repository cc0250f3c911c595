#include "bindings/ledger_rows.hpp"

#include <structmember.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "bindings/texts.hpp"
#include "errors/error.hpp"
#include "table/text_order.hpp"

namespace seawall::bindings {

namespace py = pybind11;

namespace {

using Texts = py::typing::List<py::str>;
using Names = py::typing::Tuple<py::str, py::ellipsis>;

constexpr std::size_t most_cell_bytes = 16 * line_bytes;  // of a long cell

}  // namespace

Objects in_order_of(const Objects& rows, const Texts& texts) {
    if (rows.size() != texts.size()) {
        throw Error(ErrorCode::invalid_input, "texts", "must be as many as the rows");
    }
    // The interpreter stays locked: the lists must stay as they are.
    const std::vector<std::size_t> order = text_order(views_of(texts));
    py::list ordered(order.size());
    for (std::size_t index = 0; index < order.size(); ++index) {
        PyObject* const row = PyList_GET_ITEM(rows.ptr(), static_cast<Py_ssize_t>(order[index]));
        PyList_SET_ITEM(ordered.ptr(), static_cast<Py_ssize_t>(index), Py_NewRef(row));
    }
    return py::reinterpret_steal<Objects>(ordered.release());
}

namespace {

/// Where objects of a type keep those fields that are slots.
std::vector<Py_ssize_t> slots_of(PyTypeObject* type, const Names& fields) {
    std::vector<Py_ssize_t> offsets;
    for (const py::handle field : fields) {
        const py::object found = py::getattr(reinterpret_cast<PyObject*>(type), field, py::none());
        if (Py_TYPE(found.ptr()) != &PyMemberDescr_Type) continue;
        const PyMemberDef* const member =
            reinterpret_cast<PyMemberDescrObject*>(found.ptr())->d_member;
        if (member->type == T_OBJECT_EX) offsets.push_back(member->offset);
    }
    return offsets;
}

void fetch_cells(const PyObject* row, const std::vector<Py_ssize_t>& slots) {
    for (const Py_ssize_t slot : slots) {
        const void* cell = nullptr;
        std::memcpy(static_cast<void*>(&cell), reinterpret_cast<const char*>(row) + slot,
                    sizeof(cell));
        fetch(cell, start_bytes);
    }
}

/// The fields of one row after the first cell.
LedgerRow cells_of(py::handle first, py::handle row, const Names& fields) {
    py::tuple cells(fields.size() + 1);
    PyTuple_SET_ITEM(cells.ptr(), 0, Py_NewRef(first.ptr()));
    for (std::size_t field = 0; field < fields.size(); ++field) {
        PyObject* const cell = PyObject_GetAttr(
            row.ptr(), PyTuple_GET_ITEM(fields.ptr(), static_cast<Py_ssize_t>(field)));
        if (cell == nullptr) throw py::error_already_set();
        if (PyBytes_CheckExact(cell) != 0) {
            const auto bytes = static_cast<std::size_t>(PyBytes_GET_SIZE(cell));
            fetch(PyBytes_AS_STRING(cell), std::min(bytes, most_cell_bytes));
        }
        PyTuple_SET_ITEM(cells.ptr(), static_cast<Py_ssize_t>(field + 1), cell);
    }
    return py::reinterpret_steal<LedgerRow>(cells.release());
}

}  // namespace

py::typing::List<LedgerRow> cells_of_rows(const py::object& first, const Objects& rows,
                                          const Names& fields) {
    py::list made(rows.size());
    const auto row_at = [&](std::size_t index) {
        return PyList_GET_ITEM(rows.ptr(), static_cast<Py_ssize_t>(index));
    };
    // A few rows are not worth asking where their cells lie.
    PyTypeObject* const type = rows.size() > fetched_ahead ? Py_TYPE(row_at(0)) : nullptr;
    const std::vector<Py_ssize_t> slots =
        type == nullptr ? std::vector<Py_ssize_t>{} : slots_of(type, fields);
    for (std::size_t index = 0; index < rows.size(); ++index) {
        if (index + 2 * fetched_ahead < rows.size()) {
            fetch(row_at(index + 2 * fetched_ahead), start_bytes);
        }
        if (index + fetched_ahead < rows.size()) {
            const PyObject* const ahead = row_at(index + fetched_ahead);
            if (Py_TYPE(ahead) == type) fetch_cells(ahead, slots);
        }
        PyList_SET_ITEM(made.ptr(), static_cast<Py_ssize_t>(index),
                        cells_of(first, row_at(index), fields).release().ptr());
    }
    return py::reinterpret_steal<py::typing::List<LedgerRow>>(made.release());
}

LedgerRow joined_cells(const py::typing::List<LedgerRow>& rows,
                       const py::typing::List<py::int_>& numbers) {
    const bool is_numbered = !numbers.empty();
    if (is_numbered && numbers.size() != rows.size()) {
        throw Error(ErrorCode::invalid_input, "numbers", "must be as many as the rows");
    }
    const Py_ssize_t row_count = PyList_GET_SIZE(rows.ptr());
    Py_ssize_t count = PyList_GET_SIZE(numbers.ptr());
    for (Py_ssize_t row = 0; row < row_count; ++row) {
        PyObject* const cells = PyList_GET_ITEM(rows.ptr(), row);
        if (PyTuple_Check(cells) == 0) throw py::type_error("a row is no tuple");
        count += PyTuple_GET_SIZE(cells);
    }
    py::tuple joined(count);
    Py_ssize_t at = 0;
    for (Py_ssize_t row = 0; row < row_count; ++row) {
        PyObject* const cells = PyList_GET_ITEM(rows.ptr(), row);
        for (Py_ssize_t cell = 0; cell < PyTuple_GET_SIZE(cells); ++cell) {
            PyTuple_SET_ITEM(joined.ptr(), at++, Py_NewRef(PyTuple_GET_ITEM(cells, cell)));
        }
        if (!is_numbered) continue;
        PyTuple_SET_ITEM(joined.ptr(), at++, Py_NewRef(PyList_GET_ITEM(numbers.ptr(), row)));
    }
    return py::reinterpret_steal<LedgerRow>(joined.release());
}

}  // namespace seawall::bindings
