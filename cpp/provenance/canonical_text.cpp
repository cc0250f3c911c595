#include "provenance/canonical_text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "errors/error.hpp"

namespace seawall {
namespace {

/// Which first bytes RFC 3629, section 4, allows, how many bytes follow, and the range of the first
/// of these; the others are 0x80..0xBF.
struct Sequence {
    std::size_t following;
    unsigned char low;
    unsigned char high;
};

constexpr Sequence sequence_after(unsigned char first) {
    if (first >= 0xC2 && first <= 0xDF) return {1, 0x80, 0xBF};
    if (first == 0xE0) return {2, 0xA0, 0xBF};
    if (first == 0xED) return {2, 0x80, 0x9F};
    if (first >= 0xE1 && first <= 0xEF) return {2, 0x80, 0xBF};
    if (first == 0xF0) return {3, 0x90, 0xBF};
    if (first >= 0xF1 && first <= 0xF3) return {3, 0x80, 0xBF};
    if (first == 0xF4) return {3, 0x80, 0x8F};
    return {0, 0, 0};
}

/// The bytes of the valid character that begins the text; 0 if none does.
std::size_t character_length(std::string_view text) {
    const auto byte_at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte_at(0) < 0x80) return 1;
    const Sequence sequence = sequence_after(byte_at(0));
    if (sequence.following == 0 || text.size() <= sequence.following) return 0;
    if (byte_at(1) < sequence.low || byte_at(1) > sequence.high) return 0;
    for (std::size_t i = 2; i <= sequence.following; ++i) {
        if ((byte_at(i) & 0xC0U) != 0x80U) return 0;
    }
    return sequence.following + 1;
}

constexpr std::uint64_t in_each_byte = 0x0101010101010101U;
constexpr std::uint64_t highest_bits = in_each_byte * 0x80U;

/// Eight bytes of the text; none of them ASCII where fewer are left.
std::uint64_t eight_at(std::string_view text, std::size_t position) {
    std::uint64_t eight = ~std::uint64_t{0};
    if (text.size() - position >= sizeof(eight)) {
        std::memcpy(&eight, text.data() + position, sizeof(eight));
    }
    return eight;
}

void check_utf8(std::string_view text) {
    std::size_t position = 0;
    while (position < text.size()) {
        const bool all_ascii = (eight_at(text, position) & highest_bits) == 0;
        const std::size_t length =
            all_ascii ? sizeof(std::uint64_t) : character_length(text.substr(position));
        if (length == 0) {
            throw Error(ErrorCode::invalid_input, "bytes[" + std::to_string(position) + "]",
                        "the text is not UTF-8");
        }
        position += length;
    }
}

constexpr bool is_verbatim(unsigned char byte) {
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/// Whether eight bytes are all ASCII and verbatim. A subtraction sets the highest bit of the lowest
/// byte that is below the subtrahend; what it borrows reaches only bytes above that one.
constexpr bool are_verbatim(std::uint64_t eight) {
    const std::uint64_t control = eight - in_each_byte * 0x20U;
    const std::uint64_t quote = (eight ^ (in_each_byte * '"')) - in_each_byte;
    const std::uint64_t backslash = (eight ^ (in_each_byte * '\\')) - in_each_byte;
    return ((eight | control | quote | backslash) & highest_bits) == 0;
}

void append_escaped(std::string& out, unsigned char byte) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (byte) {
        case '\b':
            out += "\\b";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\r':
            out += "\\r";
            return;
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        default:
            break;
    }
    out += "\\u00";
    out += hex[byte >> 4U];
    out += hex[byte & 0x0FU];
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
    check_utf8(utf8);
    out += '"';
    std::size_t run = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        while (are_verbatim(eight_at(utf8, i))) i += sizeof(std::uint64_t);
        if (i == utf8.size()) break;
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (is_verbatim(byte)) continue;
        out.append(utf8, run, i - run);
        append_escaped(out, byte);
        run = i + 1;
    }
    out.append(utf8, run);
    out += '"';
}

}  // namespace seawall
