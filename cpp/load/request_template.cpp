#include "load/request_template.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/require.hpp"

namespace seawall::load {
namespace {

std::vector<std::string> split_at_marks(std::string_view text) {
    std::vector<std::string> pieces;
    for (std::size_t mark = text.find(sequence_mark); mark != std::string_view::npos;
         mark = text.find(sequence_mark)) {
        pieces.emplace_back(text.substr(0, mark));
        text.remove_prefix(mark + sequence_mark.size());
    }
    pieces.emplace_back(text);
    return pieces;
}

std::size_t filled_size(const std::vector<std::string>& pieces, std::size_t digits) {
    std::size_t size = (pieces.size() - 1) * digits;
    for (const std::string& piece : pieces) size += piece.size();
    return size;
}

void append_filled(std::string& out, const std::vector<std::string>& pieces,
                   const std::string& number) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) out += number;
        out += pieces[i];
    }
}

/// A token of RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (const char c : text) {
        const bool is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_alphanumeric && marks.find(c) == std::string_view::npos) return false;
    }
    return !text.empty();
}

bool is_visible(std::string_view text, char lowest) {
    for (const char c : text) {
        if (c < lowest || c == '\x7f') return false;
    }
    return true;
}

/// Whether a field is the template's own to write.
bool is_written_here(const std::string& name) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower == "host" || lower == "content-length" || lower == "transfer-encoding";
}

}  // namespace

RequestTemplate::RequestTemplate(const RequestText& text, const std::string& where)
    : target_(split_at_marks(text.path)),
      body_(split_at_marks(text.body)),
      has_length_(!text.body.empty() || text.method == "POST" || text.method == "PUT" ||
                  text.method == "PATCH") {
    require(is_token(text.method), where + ".method", "must be a token");
    require(text.path.starts_with('/') && is_visible(text.path, '!'), where + ".path",
            "must begin with / and have neither blanks nor control characters");
    require(is_visible(text.host, '!'), where + ".host", "has a blank or a control character");
    fields_ = " HTTP/1.1\r\nHost: " + text.host + "\r\n";
    for (const auto& [name, value] : text.fields) {
        const std::string place = std::string(where).append(".headers.").append(name);
        require(is_token(name), place, "is no field name");
        require(!is_written_here(name), place, "is written by the client itself");
        require(is_visible(value, ' '), place, "has a control character");
        fields_.append(name).append(": ").append(value).append("\r\n");
    }
    target_.front().insert(0, text.method + " ");
    if (target_.size() == 1 && body_.size() == 1) {
        std::string scratch;
        fixed_ = std::string(bytes(0, scratch));
    }
}

std::string_view RequestTemplate::bytes(std::uint64_t sequence, std::string& scratch) const {
    if (!fixed_.empty()) return fixed_;
    const std::string number = std::to_string(sequence);
    scratch.clear();
    append_filled(scratch, target_, number);
    scratch += fields_;
    if (has_length_) {
        scratch.append("Content-Length: ")
            .append(std::to_string(filled_size(body_, number.size())))
            .append("\r\n");
    }
    scratch += "\r\n";
    append_filled(scratch, body_, number);
    return scratch;
}

}  // namespace seawall::load
