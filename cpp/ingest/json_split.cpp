#include "ingest/json_split.hpp"

#include <array>
#include <string>

#include "table/error.hpp"

namespace seawall::ingest {
namespace {

enum class ByteClass : std::uint8_t { other, quote, open, close };

constexpr std::array<ByteClass, 256> classify() {
    std::array<ByteClass, 256> classes{};
    classes['"'] = ByteClass::quote;
    classes['{'] = ByteClass::open;
    classes['['] = ByteClass::open;
    classes['}'] = ByteClass::close;
    classes[']'] = ByteClass::close;
    return classes;
}

constexpr std::array<ByteClass, 256> byte_classes = classify();

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Walks over JSON by brackets and strings.
class Scanner {
  public:
    explicit Scanner(std::string_view bytes) : bytes_(bytes) {}

    std::size_t position() const { return at_; }
    bool at_end() const { return at_ == bytes_.size(); }
    char peek() const { return at_end() ? '\0' : bytes_[at_]; }

    void skip_space() {
        while (!at_end() && is_space(bytes_[at_])) ++at_;
    }

    void expect(char c) {
        if (peek() != c || at_end()) fail(std::string("expected '") + c + "'");
        ++at_;
    }

    bool take(char c) {
        if (at_end() || bytes_[at_] != c) return false;
        ++at_;
        return true;
    }

    /// The text between the quotes, escapes as written.
    std::string_view take_string() {
        expect('"');
        const std::size_t begin = at_;
        skip_string_rest();
        return bytes_.substr(begin, at_ - 1 - begin);
    }

    void skip_value() {
        if (peek() == '"') {
            take_string();
        } else if (peek() == '{' || peek() == '[') {
            skip_brackets();
        } else {
            const std::size_t begin = at_;
            while (!at_end() &&
                   std::string_view(",]} \t\r\n").find(bytes_[at_]) == std::string_view::npos) {
                ++at_;
            }
            if (at_ == begin) fail("expected a value");
        }
    }

    [[noreturn]] void fail(const std::string& message) const {
        const std::string what = at_end() ? "the source ends too early: " : "";
        throw Error(ErrorCode::source_unreadable, "byte " + std::to_string(at_), what + message);
    }

  private:
    void skip_string_rest() {
        while (true) {
            at_ = bytes_.find_first_of("\"\\", at_);
            if (at_ == std::string_view::npos) {
                at_ = bytes_.size();
                fail("a text is not closed");
            }
            if (bytes_[at_++] == '"') return;
            if (!at_end()) ++at_;
        }
    }

    void skip_brackets() {
        std::size_t depth = 0;
        const char* const data = bytes_.data();
        const std::size_t size = bytes_.size();
        std::size_t at = at_;
        while (at < size) {
            switch (byte_classes[static_cast<unsigned char>(data[at++])]) {
                case ByteClass::other:
                    break;
                case ByteClass::open:
                    ++depth;
                    break;
                case ByteClass::close:
                    if (--depth == 0) {
                        at_ = at;
                        return;
                    }
                    break;
                case ByteClass::quote:
                    while (at < size && data[at] != '"') at += data[at] == '\\' ? 2 : 1;
                    ++at;
                    break;
            }
        }
        at_ = size;
        fail("a bracket is not closed");
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

void append_slice(std::vector<RecordSlice>& slices, const RecordSlice& slice) {
    if (slices.size() == max_records) {
        throw Error(ErrorCode::limit_exceeded, "records", "100,000,000 records are the most");
    }
    slices.push_back(slice);
}

std::vector<RecordSlice> split_array(Scanner& scanner) {
    std::vector<RecordSlice> slices;
    scanner.expect('[');
    scanner.skip_space();
    if (scanner.take(']')) return slices;
    do {
        scanner.skip_space();
        const std::size_t begin = scanner.position();
        scanner.skip_value();
        append_slice(slices, {.begin = begin,
                              .size = scanner.position() - begin,
                              .source_row = static_cast<std::int64_t>(slices.size()) + 1});
        scanner.skip_space();
    } while (scanner.take(','));
    scanner.expect(']');
    return slices;
}

std::vector<RecordSlice> split_envelope(Scanner& scanner) {
    std::vector<RecordSlice> slices;
    bool found = false;
    scanner.expect('{');
    do {
        scanner.skip_space();
        if (!found && scanner.peek() == '}') break;
        const std::string_view key = scanner.take_string();
        scanner.skip_space();
        scanner.expect(':');
        scanner.skip_space();
        if (key == "records") {
            if (found) scanner.fail("the key \"records\" stands twice");
            if (scanner.peek() != '[') {
                throw Error(ErrorCode::source_unreadable, "records", "must be a list");
            }
            slices = split_array(scanner);
            found = true;
        } else {
            scanner.skip_value();
        }
        scanner.skip_space();
    } while (scanner.take(','));
    scanner.expect('}');
    if (!found) {
        throw Error(ErrorCode::source_unreadable, "records",
                    "a JSON source is a list of records, or an object with the key \"records\"");
    }
    return slices;
}

std::string_view without_byte_order_mark(std::string_view bytes) {
    return bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes;
}

}  // namespace

std::vector<RecordSlice> split_ndjson(std::string_view bytes) {
    std::vector<RecordSlice> slices;
    std::size_t at = bytes.size() - without_byte_order_mark(bytes).size();
    std::int64_t line = 0;
    while (at < bytes.size()) {
        std::size_t end = bytes.find('\n', at);
        if (end == std::string_view::npos) end = bytes.size();
        ++line;
        std::size_t first = at;
        std::size_t last = end;
        while (first < last && is_space(bytes[first])) ++first;
        while (last > first && is_space(bytes[last - 1])) --last;
        if (first < last) {
            append_slice(slices, {.begin = first, .size = last - first, .source_row = line});
        }
        at = end + 1;
    }
    return slices;
}

std::vector<RecordSlice> split_json(std::string_view bytes) {
    const std::string_view text = without_byte_order_mark(bytes);
    Scanner scanner(text);
    scanner.skip_space();
    auto slices = scanner.peek() == '{' ? split_envelope(scanner) : split_array(scanner);
    scanner.skip_space();
    if (!scanner.at_end()) scanner.fail("something follows the records");
    for (RecordSlice& slice : slices) slice.begin += bytes.size() - text.size();
    return slices;
}

}  // namespace seawall::ingest
