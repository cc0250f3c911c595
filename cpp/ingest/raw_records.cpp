#include "ingest/raw_records.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "errors/error.hpp"

namespace seawall::ingest {
namespace {

static_assert(std::endian::native == std::endian::little, "stored blocks are little-endian");

template <typename Integer>
void append_integer(std::string& out, Integer value) {
    std::array<char, sizeof(Integer)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof(Integer));
    out.append(bytes.data(), bytes.size());
}

template <typename Integer>
Integer read_integer(std::string_view bytes, std::size_t at) {
    Integer value{};
    std::memcpy(&value, bytes.data() + at, sizeof(Integer));
    return value;
}

[[noreturn]] void refuse_block() {
    throw Error(ErrorCode::source_unreadable, "", "a stored block of records is damaged");
}

}  // namespace

std::string encode_chunk(const RawRecords& raw, std::size_t begin, std::size_t end) {
    std::string block;
    append_integer(block, static_cast<std::uint32_t>(end - begin));
    std::size_t total = 0;
    for (std::size_t i = begin; i < end; ++i) {
        if (raw.bytes[i].size() > std::numeric_limits<std::uint32_t>::max()) {
            throw Error(ErrorCode::limit_exceeded, "records[" + std::to_string(i) + "]",
                        "a record may have 4 GiB at most");
        }
        append_integer(block, static_cast<std::uint32_t>(raw.bytes[i].size()));
        total += raw.bytes[i].size();
    }
    for (std::size_t i = begin; i < end; ++i) append_integer(block, raw.source_rows[i]);
    block.reserve(block.size() + total);
    for (std::size_t i = begin; i < end; ++i) block.append(raw.bytes[i]);
    return block;
}

void append_chunk(std::string_view block, RawRecords& raw) {
    if (block.size() < sizeof(std::uint32_t)) refuse_block();
    const std::size_t count = read_integer<std::uint32_t>(block, 0);
    const std::size_t sizes = sizeof(std::uint32_t);
    const std::size_t rows = sizes + count * sizeof(std::uint32_t);
    std::size_t at = rows + count * sizeof(std::int64_t);
    if (at > block.size()) refuse_block();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size =
            read_integer<std::uint32_t>(block, sizes + i * sizeof(std::uint32_t));
        if (size > block.size() - at) refuse_block();
        raw.push(block.substr(at, size),
                 read_integer<std::int64_t>(block, rows + i * sizeof(std::int64_t)));
        at += size;
    }
    if (at != block.size()) refuse_block();
}

}  // namespace seawall::ingest
