#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/raw_records.hpp"

namespace seawall::ingest {

// Both hand out the records that end in each piece of their source, the same however it is cut.

/// The most records that are handed out together: as views, tiny ones weigh many times their bytes.
inline constexpr std::size_t max_records_together = std::size_t{1} << 16U;

/// The bytes of one text, of which earlier pieces may hold the beginning.
class CutText {
  public:
    bool empty() const { return begun_.empty(); }
    /// Keeps what the piece holds of a text that goes on in the next one.
    void keep(std::string_view beginning) { begun_.append(beginning); }
    /// The whole text, that ends with these bytes: a view of them, or of what was joined last.
    std::string_view end(std::string_view rest);

  private:
    std::string begun_;
    std::string whole_;
};

/// One record a line; blank lines are skipped and still count.
class NdjsonSplitter {
  public:
    void add(std::string_view piece, const TakeRecords& take);
    /// The last line, when nothing ends it.
    void finish(const TakeRecords& take);

  private:
    void take_line(std::string_view line);

    RawRecords lines_;  ///< to be handed out
    CutText cut_;
    std::int64_t line_ = 0;
};

/// The elements of an array, or of the array under the key "records" of an object. Looks at
/// brackets and strings only: what stands inside a record is judged when the record is read. Throws
/// Error(source_unreadable) with the place, such as "byte 512".
class JsonSplitter {
  public:
    void add(std::string_view piece, const TakeRecords& take);
    /// Throws when the source ends too early.
    void finish(const TakeRecords& take);

  private:
    /// What comes next.
    enum class Expected : std::uint8_t {
        source,
        first_element,
        element,
        after_element,
        key,
        colon,
        member,
        after_member,
        end,
    };
    enum class Value : std::uint8_t { none, scalar, text, brackets };

    void scan(const TakeRecords& take_records);
    bool step(RawRecords& records);
    void step_array();
    void step_object();
    bool skip_mark();
    void begin_value();
    bool end_value();
    bool end_brackets_or_text();
    bool end_scalar();
    void take_value(RawRecords& records);
    void leave_array();
    void leave_object();
    char peek() const;
    void expect(char c);
    bool take(char c);
    [[noreturn]] void fail(const std::string& message) const;

    std::string_view piece_;
    std::size_t at_ = 0;         ///< the next byte of the piece; past its end after a backslash
    std::size_t before_ = 0;     ///< bytes before the piece, without the byte order mark
    std::size_t mark_size_ = 0;  ///< how much of a byte order mark was seen
    bool begun_ = false;         ///< whether it is known if there is a byte order mark
    bool whole_ = false;         ///< whether nothing follows the piece
    Expected next_ = Expected::source;
    bool in_object_ = false;   ///< whether the array is a member of an object
    bool found_ = false;       ///< whether the key "records" was there
    bool of_records_ = false;  ///< whether the last key was "records"
    std::int64_t elements_ = 0;

    Value value_ = Value::none;    ///< what at_ stands in
    std::size_t value_begin_ = 0;  ///< in the piece; 0 when it began before
    std::size_t depth_ = 0;        ///< brackets that are open
    bool in_text_ = false;         ///< between quotes
    CutText cut_;
};

}  // namespace seawall::ingest
