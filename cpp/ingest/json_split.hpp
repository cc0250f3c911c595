#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/raw_records.hpp"

namespace seawall::ingest {

// Both give the records that are complete with each piece of their source, however it is cut. The
// views last until the next call, and are the same bytes whatever the pieces were.

/// One record a line; blank lines are skipped and still count.
class NdjsonSplitter {
  public:
    void add(std::string_view piece, RawRecords& records);
    /// The last line, when nothing ends it.
    void finish(RawRecords& records);

  private:
    void take_line(std::string_view line, RawRecords& records);

    std::string text_;  ///< what was read last, from the line that has no end yet
    std::size_t used_ = 0;
    std::int64_t line_ = 0;
};

/// The elements of an array, or of the array under the key "records" of an object. Looks at
/// brackets and strings only: what stands inside a record is judged when the record is read. Throws
/// Error(source_unreadable) with the place, such as "byte 512".
class JsonSplitter {
  public:
    void add(std::string_view piece, RawRecords& records);
    /// Throws when the source ends too early.
    void finish(RawRecords& records);

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

    void scan(RawRecords& records);
    bool step(RawRecords& records);
    void step_array(RawRecords& records);
    void step_object();
    bool skip_mark();
    void begin_value();
    bool end_value();
    bool end_brackets_or_text();
    bool end_scalar();
    void leave_array();
    void leave_object();
    char peek() const;
    void expect(char c);
    bool take(char c);
    [[noreturn]] void fail(const std::string& message) const;

    std::string text_;         ///< from the first byte that is still needed
    std::size_t at_ = 0;       ///< the next byte to look at; past the end after a last backslash
    std::size_t dropped_ = 0;  ///< bytes of the source before text_, without the byte order mark
    bool begun_ = false;       ///< whether it is known if there is a byte order mark
    bool whole_ = false;       ///< whether nothing follows text_
    Expected next_ = Expected::source;
    bool in_object_ = false;   ///< whether the array is a member of an object
    bool found_ = false;       ///< whether the key "records" was there
    bool of_records_ = false;  ///< whether the last key was "records"
    std::int64_t elements_ = 0;

    bool in_value_ = false;
    std::size_t value_begin_ = 0;
    std::size_t depth_ = 0;  ///< brackets that are open
    bool in_text_ = false;   ///< between quotes
};

}  // namespace seawall::ingest
