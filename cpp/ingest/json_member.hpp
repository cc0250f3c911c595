#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace seawall::ingest {

/// Where something stands in a text: from `begin` up to `end`.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const Span&, const Span&) = default;
};

/// Where the value of a member of an object stands. None where the text is no object, by its
/// brackets, texts and commas, or has no member whose key is written so, or several: what stands
/// inside a value is not judged.
std::optional<Span> member_span(std::string_view object, std::string_view key);

}  // namespace seawall::ingest
