#include "provenance/identifier.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "errors/error.hpp"
#include "provenance/sha256.hpp"

namespace seawall {
namespace {

constexpr std::string_view tag = "seawall.identifier/1";
constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t digit_count = 26;
constexpr std::size_t longest_prefix = 32;

bool is_prefix(std::string_view text) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && text.size() <= longest_prefix && is_letter(text[0]) &&
           std::ranges::all_of(
               text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// Lengths keep ("ab", "c") and ("a", "bc") apart.
void update_framed(Sha256& hash, std::string_view part) {
    std::array<std::byte, 8> length;
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<std::byte>((std::uint64_t{part.size()} >> (56 - 8 * i)) & 0xFFU);
    }
    hash.update(length);
    hash.update(std::as_bytes(std::span(part)));
}

}  // namespace

std::string identifier(std::string_view prefix, std::span<const std::string_view> parts) {
    if (!is_prefix(prefix)) {
        throw Error(ErrorCode::invalid_input, "prefix",
                    "'" + std::string(prefix) + "' is not a name in lower case");
    }
    Sha256 hash;
    update_framed(hash, tag);
    update_framed(hash, prefix);
    for (const std::string_view part : parts) update_framed(hash, part);
    const Digest digest = hash.finish();
    std::string result(prefix);
    result += '_';
    for (std::size_t bit = 0; bit < 5 * digit_count; bit += 5) {
        const std::size_t byte = bit / 8;
        const unsigned two_bytes = unsigned{digest[byte]} << 8U | digest[byte + 1];
        result += digits[(two_bytes >> (11 - bit % 8)) & 0x1FU];
    }
    return result;
}

}  // namespace seawall
