#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/rules.hpp"
#include "table/column.hpp"

namespace seawall::ingest {

/// What a reject is about. A record that is set aside is of another kind and no refusal.
enum class RefusedPart : std::uint8_t { cell, element, record, set_aside };

inline constexpr std::array<std::string_view, 4> refused_part_names{"cell", "element", "record",
                                                                    "set_aside"};

/// One refused cell, list element or record, or a record that is set aside.
struct Reject {
    std::int64_t record = 0;  ///< 0-based number of the record in its source
    std::int64_t source_row = 0;
    RefusedPart part = RefusedPart::cell;
    Rule rule = Rule::record_unreadable;
    std::string field;  ///< such as "instruments[3].principal"
    std::string value;  ///< as read, shortened by `cut`
    std::string reason;
};

/// A reject as it is met; its texts are copied.
struct Refusal {
    std::int64_t record = 0;
    std::int64_t source_row = 0;
    RefusedPart part = RefusedPart::cell;
    Rule rule = Rule::record_unreadable;
    std::string_view list;     ///< of which an element is meant; empty: none
    std::int64_t element = 0;  ///< its number in the list
    std::string_view field;
    std::string_view value;
    std::string_view reason;
};

/// The name of an element's field, or of the element itself: "instruments[3].principal".
std::string element_field(std::string_view list, std::int64_t element, std::string_view field);

/// Rejects in their order. Each weighs tens of bytes, since a few bytes sent can be refused:
/// texts that many have stand there once, and a name is put together when it is asked for.
class Rejects {
  public:
    std::size_t size() const { return rows_.size(); }
    Reject operator[](std::size_t index) const;
    RefusedPart part(std::size_t index) const { return rows_[index].part; }
    Rule rule(std::size_t index) const { return rows_[index].rule; }

    /// Throws Error(limit_exceeded) when the texts would pass 2^32 - 1 bytes.
    void push(const Refusal& refusal);
    void append(Rejects&& next);
    /// Those of one record stay in their order.
    void sort_by_record();

    /// The first so many as columns: record, source_row, refused, field, value, rule, reason.
    Table table(std::size_t count, bool with_set_aside = true) const;

  private:
    using TextPlace = std::uint32_t;  ///< where in texts_ a text stands behind its size

    struct Row {
        std::int64_t source_row = 0;
        std::uint32_t record = 0;
        std::uint32_t element = 0;
        TextPlace list = 0;
        TextPlace field = 0;
        TextPlace value = 0;
        TextPlace reason = 0;
        RefusedPart part = RefusedPart::cell;
        Rule rule = Rule::record_unreadable;
    };

    std::string_view text(TextPlace place) const;
    TextPlace keep(std::string_view text);
    std::string field_name(const Row& row) const;
    void check_text_size(std::size_t added) const;

    static constexpr std::size_t size_bytes = sizeof(std::uint32_t);

    std::vector<Row> rows_;
    std::string texts_ = std::string(size_bytes, '\0');  ///< the first one is empty
    std::array<TextPlace, 64> recent_{};                 ///< texts that may come again, by hash
};

}  // namespace seawall::ingest
