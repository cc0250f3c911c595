#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace seawall::ingest {

/// Consecutive records of a source, their bytes as they are hashed and stored. Views: the caller
/// keeps the bytes alive.
struct RawRecords {
    std::vector<std::string_view> bytes;
    std::vector<std::int64_t> source_rows;

    std::size_t size() const { return bytes.size(); }
    void push(std::string_view record, std::int64_t source_row) {
        bytes.push_back(record);
        source_rows.push_back(source_row);
    }
    void clear() {
        bytes.clear();
        source_rows.clear();
    }
};

/// Takes records whose views end with the call.
using TakeRecords = std::function<void(const RawRecords&)>;

/// Records begin .. end as one block to store: their count, the size of each (32-bit), the source
/// row of each (64-bit), all little-endian, then their bytes one after the other.
std::string encode_chunk(const RawRecords& raw, std::size_t begin, std::size_t end);

/// Appends the records of a block that the caller keeps alive.
/// Throws Error(source_unreadable) when it is not such a block.
void append_chunk(std::string_view block, RawRecords& raw);

}  // namespace seawall::ingest
