#include "provenance/log_leaf.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "provenance/merkle.hpp"

namespace seawall {

void append_netstring(std::string& out, std::string_view bytes) {
    std::array<char, std::numeric_limits<std::size_t>::digits10 + 1> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size()).ptr;
    out.append(digits.data(), end);
    out += ':';
    out += bytes;
    out += ',';
}

std::vector<Digest> leaf_hashes(std::string_view leaves, std::span<const std::size_t> ends) {
    std::vector<Digest> hashes;
    hashes.reserve(ends.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        hashes.push_back(leaf_hash(std::as_bytes(std::span(leaves.substr(begin, end - begin)))));
        begin = end;
    }
    return hashes;
}

}  // namespace seawall
