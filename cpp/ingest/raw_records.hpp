#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_reader.hpp"

namespace seawall::ingest {

/// The bytes of every record of a source, as they are hashed and stored.
struct RawRecords {
    RecordForm form = RecordForm::json_object;
    std::vector<std::string_view> bytes;
    std::vector<std::int64_t> source_rows;
    std::deque<std::string> owned;  ///< what `bytes` points into, where it is not the caller's

    std::size_t size() const { return bytes.size(); }
};

enum class JsonLayout { array, lines };

/// Views into JSON bytes that the caller keeps alive.
RawRecords raw_json_records(std::string_view source, JsonLayout layout);

/// Records begin .. end as one block to store: their count, the size of each (32-bit), the source
/// row of each (64-bit), all little-endian, then their bytes one after the other.
std::string encode_chunk(const RawRecords& raw, std::size_t begin, std::size_t end);

/// Appends the records of a block that the caller keeps alive.
/// Throws Error(source_unreadable) when it is not such a block.
void append_chunk(std::string_view block, RawRecords& raw);

}  // namespace seawall::ingest
