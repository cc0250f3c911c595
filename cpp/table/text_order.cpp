#include "table/text_order.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace seawall {

namespace {

// So many bytes decide nearly all comparisons, and lie beside each other while texts do not.
constexpr std::size_t start_bytes = 16;
constexpr std::size_t word_bytes = sizeof(std::uint64_t);

struct Start {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::size_t place = 0;
};

/// Bytes as a number of the same order; those that a text has not are zero.
std::uint64_t word(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < word_bytes; ++index) {
        const std::uint64_t byte =
            index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
        value = (value << 8U) | byte;
    }
    return value;
}

}  // namespace

std::vector<std::size_t> text_order(std::span<const std::string_view> texts) {
    std::vector<Start> starts;
    starts.reserve(texts.size());
    for (std::size_t place = 0; place < texts.size(); ++place) {
        const std::string_view start = texts[place].substr(0, start_bytes);
        starts.push_back({.first = word(start),
                          .second = word(start.substr(std::min(start.size(), word_bytes))),
                          .place = place});
    }
    std::ranges::sort(starts, [&](const Start& left, const Start& right) {
        if (left.first != right.first) return left.first < right.first;
        if (left.second != right.second) return left.second < right.second;
        return std::tie(texts[left.place], left.place) < std::tie(texts[right.place], right.place);
    });
    std::vector<std::size_t> order;
    order.reserve(starts.size());
    for (const Start& start : starts) order.push_back(start.place);
    return order;
}

}  // namespace seawall
