#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/raw_records.hpp"
#include "table/arrow_import.hpp"

namespace seawall::ingest {

/// A row that has not as many cells as the header; its text as it stands in the file.
struct RaggedRow {
    std::int64_t row = 0;
    std::string text;
};

struct TableSource {
    std::string file_sha256;  ///< lower-case hexadecimal
    bool multiline = false;   ///< whether a cell may run over the end of its line
    std::vector<RaggedRow> ragged_rows;
};

/// The rows of a table of texts as records: canonical JSON (RFC 8785) of the raw cells with the
/// row's number and the file's SHA-256, so that a record says by itself which bytes it came from.
/// The header is row 1. Throws Error(source_unreadable) with the place: "header[5]" when two
/// columns have one name; "row 17" when a cell runs over the end of its line, since an open quote
/// swallows the rows behind it.
RawRecords raw_table_rows(const ArrowBatches& table, const TableSource& source);

}  // namespace seawall::ingest
