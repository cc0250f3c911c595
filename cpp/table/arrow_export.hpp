#pragma once

#include <memory>

#include "table/arrow_abi.hpp"
#include "table/column.hpp"

namespace seawall {

/// Hands a table to any Arrow consumer as a stream of one batch, without a copy of numbers, dates
/// and text. Every exported column owns the table by itself: a consumer may keep one and release
/// the rest.
void export_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out);

}  // namespace seawall
