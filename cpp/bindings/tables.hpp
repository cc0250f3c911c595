#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "table/column.hpp"

namespace seawall::bindings {

/// A table on its way between C++ and Python; both may hold it.
using TablePointer = std::shared_ptr<const Table>;

pybind11::object to_python(TablePointer table);

/// Reads any object with __arrow_c_stream__; a table of our own is taken as it is.
TablePointer table_from(const pybind11::handle& object);

}  // namespace seawall::bindings
