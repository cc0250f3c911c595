#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace seawall::ingest {

/// Where one record's bytes stand in their source.
struct RecordSlice {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::int64_t source_row = 0;  ///< 1-based: a line of NDJSON, an element of an array
};

/// The most records one source may hold.
inline constexpr std::size_t max_records = 100'000'000;

/// One record a line; blank lines are skipped.
std::vector<RecordSlice> split_ndjson(std::string_view bytes);

/// The elements of an array, or of the array under the key "records" of an object. Looks at
/// brackets and strings only: what stands inside a record is judged when the record is read. Throws
/// Error(source_unreadable) with the place, such as "byte 512".
std::vector<RecordSlice> split_json(std::string_view bytes);

}  // namespace seawall::ingest
