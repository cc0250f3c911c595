#include "ingest/json_member.hpp"

#include <algorithm>
#include <array>

namespace seawall::ingest {
namespace {

constexpr std::size_t none = std::string_view::npos;
constexpr std::string_view spaces = " \t\n\r";

/// Those after which a walk over brackets has something to do.
constexpr std::array<bool, 256> marks() {
    std::array<bool, 256> marked{};
    for (const char c : {'"', '{', '[', '}', ']'}) marked[static_cast<unsigned char>(c)] = true;
    return marked;
}

constexpr std::array<bool, 256> is_mark = marks();

std::size_t after_spaces(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(spaces, at), text.size());
}

bool has(std::string_view text, std::size_t at, char c) {
    return at < text.size() && text[at] == c;
}

/// Past the quote that ends the text which another begins here.
std::size_t after_text(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at < text.size() ? at + 1 : none;
}

std::size_t after_brackets(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (!is_mark[static_cast<unsigned char>(c)]) {
            ++at;
        } else if (c == '"') {
            at = after_text(text, at);
        } else {
            ++at;
            if (c == '{' || c == '[') {
                ++depth;
            } else if (--depth == 0) {
                return at;
            }
        }
    }
    return none;
}

std::size_t after_value(std::string_view text, std::size_t at) {
    if (has(text, at, '"')) return after_text(text, at);
    if (has(text, at, '{') || has(text, at, '[')) return after_brackets(text, at);
    const std::size_t end = text.find_first_of(",]} \t\n\r", at);
    return end == at ? none : end;
}

}  // namespace

std::optional<Span> member_span(std::string_view object, std::string_view key) {
    std::optional<Span> found;
    std::size_t at = after_spaces(object, 0);
    if (!has(object, at, '{')) return std::nullopt;
    do {
        const std::size_t key_begin = after_spaces(object, at + 1);
        if (!has(object, key_begin, '"')) return std::nullopt;
        const std::size_t key_end = after_text(object, key_begin);
        if (key_end == none) return std::nullopt;
        const std::size_t colon = after_spaces(object, key_end);
        if (!has(object, colon, ':')) return std::nullopt;
        const std::size_t begin = after_spaces(object, colon + 1);
        const std::size_t end = after_value(object, begin);
        if (end == none) return std::nullopt;
        if (object.substr(key_begin + 1, key_end - key_begin - 2) == key) {
            if (found) return std::nullopt;
            found = Span{.begin = begin, .end = end};
        }
        at = after_spaces(object, end);
    } while (has(object, at, ','));
    const bool is_whole = has(object, at, '}') && after_spaces(object, at + 1) == object.size();
    return is_whole ? found : std::nullopt;
}

}  // namespace seawall::ingest
