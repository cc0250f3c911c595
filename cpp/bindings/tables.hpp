#pragma once

#include <memory>

#include "table/column.hpp"

namespace seawall::bindings {

/// A table on its way between C++ and Python; both may hold it.
using TablePointer = std::shared_ptr<const Table>;

/// Python's side of a table: a type of its own, since pybind11 holds no pointers to const.
struct NativeTable {
    TablePointer table;
};

}  // namespace seawall::bindings
