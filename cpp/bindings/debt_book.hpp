#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "bindings/tables.hpp"
#include "engines/debt/book.hpp"
#include "numeric/kept_pages.hpp"

namespace seawall::bindings {

/// A decoded book that any number of runs may share.
struct DebtBook {
    TablePointer records;             ///< of the book: without those left out
    TablePointer instruments;         ///< of those records; null where the profile has none
    TablePointer principal_schedule;  ///< likewise
    debt::Book book;
    TablePointer unconverted;
    std::shared_ptr<KeptPages> pages = shared_kept_pages();  ///< of the runs over months
};

void register_debt_book(const pybind11::module_& module);

}  // namespace seawall::bindings
