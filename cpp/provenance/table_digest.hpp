#pragma once

#include <span>

#include "provenance/sha256.hpp"
#include "table/column.hpp"

namespace seawall {

/// SHA-256 over what tables hold, whatever file format carries them: per table its counts of
/// columns and rows; per column its name, type, presence bytes and values. Counts are 64-bit, all
/// little-endian.
Digest table_digest(std::span<const Table* const> tables);

}  // namespace seawall
