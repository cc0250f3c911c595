#include "ingest/json_split.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "errors/error.hpp"

namespace seawall::ingest {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

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

void hand_out(RawRecords& records, const TakeRecords& take) {
    if (records.size() > 0) take(records);
    records.clear();
}

}  // namespace

std::string_view CutText::end(std::string_view rest) {
    if (begun_.empty()) return rest;
    begun_.append(rest);
    whole_ = std::exchange(begun_, {});
    return whole_;
}

void NdjsonSplitter::add(std::string_view piece, const TakeRecords& take) {
    for (std::size_t end = 0; (end = piece.find('\n')) != std::string_view::npos;) {
        take_line(cut_.end(piece.substr(0, end)));
        piece.remove_prefix(end + 1);
        if (lines_.size() == max_records_together) hand_out(lines_, take);
    }
    hand_out(lines_, take);
    cut_.keep(piece);
}

void NdjsonSplitter::finish(const TakeRecords& take) {
    take_line(cut_.end(""));
    hand_out(lines_, take);
}

void NdjsonSplitter::take_line(std::string_view line) {
    if (++line_ == 1 && line.starts_with(byte_order_mark)) {
        line.remove_prefix(byte_order_mark.size());
    }
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    if (!line.empty()) lines_.push(line, line_);
}

void JsonSplitter::add(std::string_view piece, const TakeRecords& take) {
    piece_ = piece;
    scan(take);
    const bool passed_over = next_ == Expected::member && value_ != Value::scalar;
    if (value_ != Value::none && !passed_over) cut_.keep(piece_.substr(value_begin_));
    value_begin_ = 0;
    before_ += piece_.size();
    at_ -= std::min(at_, piece_.size());
}

void JsonSplitter::finish(const TakeRecords& take) {
    piece_ = {};
    whole_ = true;
    scan(take);
}

void JsonSplitter::scan(const TakeRecords& take_records) {
    begun_ = begun_ || skip_mark();
    if (!begun_) return;
    RawRecords records;
    while (step(records)) {
        if (records.size() == max_records_together) hand_out(records, take_records);
    }
    hand_out(records, take_records);
}

/// A byte order mark is not counted in places. False when more of the source has to come first.
bool JsonSplitter::skip_mark() {
    while (!piece_.empty() && mark_size_ < byte_order_mark.size() &&
           piece_.front() == byte_order_mark[mark_size_]) {
        piece_.remove_prefix(1);
        ++mark_size_;
    }
    if (mark_size_ == byte_order_mark.size()) return true;
    if (piece_.empty() && !whole_) return false;
    if (mark_size_ > 0) {  // it only began like one
        throw Error(ErrorCode::source_unreadable, "byte 0", "expected '['");
    }
    return true;
}

/// One token, or the rest of a value; false when more of the source has to come first.
bool JsonSplitter::step(RawRecords& records) {
    if (value_ != Value::none) {
        if (!end_value()) return false;
        take_value(records);
        return true;
    }
    while (at_ < piece_.size() && is_space(piece_[at_])) ++at_;
    if (at_ == piece_.size() && (!whole_ || next_ == Expected::end)) return false;
    switch (next_) {
        case Expected::source:
            in_object_ = take('{');
            if (!in_object_) expect('[');
            next_ = in_object_ ? Expected::key : Expected::first_element;
            return true;
        case Expected::first_element:
        case Expected::element:
        case Expected::after_element:
            step_array();
            return true;
        case Expected::key:
        case Expected::colon:
        case Expected::member:
        case Expected::after_member:
            step_object();
            return true;
        case Expected::end:
            fail("something follows the records");
    }
    return false;
}

void JsonSplitter::step_array() {
    if (next_ == Expected::after_element) {
        if (take(',')) {
            next_ = Expected::element;
        } else {
            expect(']');
            leave_array();
        }
    } else if (next_ == Expected::first_element && take(']')) {
        leave_array();
    } else {
        begin_value();
    }
}

void JsonSplitter::leave_array() {
    next_ = in_object_ ? Expected::after_member : Expected::end;
}

void JsonSplitter::step_object() {
    switch (next_) {
        case Expected::key:
            if (!found_ && take('}')) return leave_object();
            if (peek() != '"') expect('"');
            return begin_value();
        case Expected::colon:
            expect(':');
            next_ = Expected::member;
            return;
        case Expected::after_member:
            if (!take(',')) {
                expect('}');
                return leave_object();
            }
            next_ = Expected::key;
            return;
        default:
            if (!of_records_) return begin_value();
            if (found_) fail("the key \"records\" stands twice");
            if (!take('[')) throw Error(ErrorCode::source_unreadable, "records", "must be a list");
            found_ = true;
            next_ = Expected::first_element;
    }
}

void JsonSplitter::leave_object() {
    if (!found_) {
        throw Error(ErrorCode::source_unreadable, "records",
                    "a JSON source is a list of records, or an object with the key \"records\"");
    }
    next_ = Expected::end;
}

void JsonSplitter::begin_value() {
    const char first = peek();
    value_ = first == '"'                   ? Value::text
             : first == '{' || first == '[' ? Value::brackets
                                            : Value::scalar;
    value_begin_ = at_;
    depth_ = 0;
    in_text_ = false;
}

/// Walks on to the end of the value; false when it is not there yet.
bool JsonSplitter::end_value() {
    return value_ == Value::scalar ? end_scalar() : end_brackets_or_text();
}

void JsonSplitter::take_value(RawRecords& records) {
    const std::string_view value = cut_.end(piece_.substr(value_begin_, at_ - value_begin_));
    value_ = Value::none;
    if (next_ == Expected::key) {
        of_records_ = value == "\"records\"";
        next_ = Expected::colon;
    } else if (next_ == Expected::member) {
        next_ = Expected::after_member;
    } else {
        records.push(value, ++elements_);
        next_ = Expected::after_element;
    }
}

bool JsonSplitter::end_brackets_or_text() {
    const char* const data = piece_.data();
    const std::size_t size = piece_.size();
    std::size_t at = at_;
    std::size_t depth = depth_;
    bool in_text = in_text_;
    bool ended = false;
    while (at < size && !ended) {
        if (in_text) {
            while (at < size && data[at] != '"') at += data[at] == '\\' ? 2 : 1;
            if (at >= size) break;
            ++at;
            in_text = false;
            ended = depth == 0;
            continue;
        }
        switch (byte_classes[static_cast<unsigned char>(data[at++])]) {
            case ByteClass::other:
                break;
            case ByteClass::open:
                ++depth;
                break;
            case ByteClass::close:
                ended = --depth == 0;
                break;
            case ByteClass::quote:
                in_text = true;
                break;
        }
    }
    at_ = at;
    depth_ = depth;
    in_text_ = in_text;
    if (ended || !whole_) return ended;
    at_ = size;
    fail(value_ == Value::text ? "a text is not closed" : "a bracket is not closed");
}

bool JsonSplitter::end_scalar() {
    at_ = std::min(piece_.find_first_of(",]} \t\r\n", at_), piece_.size());
    if (at_ == piece_.size() && !whole_) return false;
    if (at_ == value_begin_ && cut_.empty()) fail("expected a value");
    return true;
}

char JsonSplitter::peek() const {
    return at_ < piece_.size() ? piece_[at_] : '\0';
}

void JsonSplitter::expect(char c) {
    if (!take(c)) fail(std::string("expected '") + c + "'");
}

bool JsonSplitter::take(char c) {
    if (at_ >= piece_.size() || piece_[at_] != c) return false;
    ++at_;
    return true;
}

void JsonSplitter::fail(const std::string& message) const {
    const std::string what = at_ >= piece_.size() ? "the source ends too early: " : "";
    throw Error(ErrorCode::source_unreadable, "byte " + std::to_string(before_ + at_),
                what + message);
}

}  // namespace seawall::ingest
