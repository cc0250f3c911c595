#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ingest/raw_records.hpp"
#include "table/arrow_import.hpp"

namespace seawall::ingest {

/// A row that has not as many cells as the header; its text as it stands in the file.
struct RaggedRow {
    std::int64_t row = 0;
    std::string text;
};

/// A run of rows of a file, every cell as text; an absent cell is one that the row does not have.
struct TableRows {
    const ArrowBatches& columns;
    std::int64_t first_row = 1;  ///< number of the first row in the file
    /// Rows of the same run that do not stand in `columns` but are counted, by rising number.
    std::vector<RaggedRow> ragged;
};

struct TableSource {
    std::string file_sha256;     ///< lower-case hexadecimal
    bool multiline = false;      ///< whether a cell may run over the end of its line
    bool unique_columns = true;  ///< whether two columns of one canonical name are refused
};

/// Gives rows as records, some megabytes at a time: canonical JSON (RFC 8785) of the raw cells with
/// the row's number and the file's SHA-256, so that a record says by itself which bytes it came
/// from.
class RowEncoder {
  public:
    RowEncoder(TableSource source, TakeRecords take);

    /// Throws Error(source_unreadable) with the place: "header[5]" when two columns have one name;
    /// "row 17" when a cell runs over the end of its line, since an open quote swallows the rows
    /// behind it.
    void add(const TableRows& rows);
    /// Hands out what was gathered since.
    void finish();

  private:
    struct HeaderColumn {
        std::size_t index = 0;
        std::string key;  ///< the JSON key with its colon
    };

    static std::vector<HeaderColumn> header_columns(const ArrowBatches& table);
    void encode(const std::vector<HeaderColumn>& header, const std::vector<ArrowText>& columns,
                std::size_t index, std::int64_t number);
    void encode(const RaggedRow& row);
    void end_row(std::int64_t number);

    TableSource source_;
    TakeRecords take_;
    std::string suffix_;  ///< of every record, up to the row's number
    std::string text_;
    std::vector<std::size_t> ends_;  ///< of the records in text_
    std::vector<std::int64_t> numbers_;
};

}  // namespace seawall::ingest
