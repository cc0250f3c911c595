#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/calendar_date.hpp"
#include "table/column.hpp"

namespace seawall::ingest {

enum class FieldKind { text, amount, rate, number, integer, date, boolean, code, currency };

/// How one canonical field is read from a tape.
struct FieldRules {
    std::string name;
    FieldKind kind = FieldKind::text;
    std::vector<std::string> paths;  ///< canonical dotted keys; the first that is present counts
    bool required = false;           ///< an absent or refused cell refuses the record or element
    std::vector<std::string> sentinels;
    std::vector<double> sentinel_numbers;  ///< those of a number, in the field's canonical unit
    std::optional<std::string> default_value;
    std::optional<double> minimum;
    std::optional<double> maximum;
    bool minimum_exclusive = false;
    bool rate_is_fraction = false;
    char decimal_mark = '.';
    std::optional<char> thousands_mark;
    std::vector<DateFormat> date_formats;
    std::optional<int> two_digit_year_pivot;
    std::vector<std::string> true_codes;
    std::vector<std::string> false_codes;
    std::vector<std::pair<std::string, std::string>> codes;  ///< raw code → canonical name
    std::size_t width = 0;                                   ///< digits of a zero-padded code
    bool is_source_row = false;  ///< the record's row in its source: no cell is read

    ColumnType column_type() const;
};

/// A list inside a record, such as its instruments: one output table.
struct ListRules {
    std::string name;
    std::vector<std::string> paths;     ///< the first that is non-empty counts
    std::vector<std::string> replaces;  ///< record fields that a non-empty list makes absent
    std::vector<FieldRules> fields;
};

/// What a tape means, declared in data. Built by parse_profile only, so that it is always valid.
struct TapeProfile {
    std::string name;
    std::string source_system;           ///< used where the tape has no column for it
    std::vector<std::string> wrapper;    ///< keys whose object counts as the record itself
    std::vector<std::string> only_with;  ///< a record without any of these paths is of another kind
    std::vector<FieldRules> fields;      ///< includes source_system, source_record_id, currency
    std::vector<ListRules> lists;

    std::size_t field_index(std::string_view field_name) const;
};

/// Reads a profile from its canonical JSON. Throws Error(invalid_profile) with the place, such as
/// "fields.maturity_date.formats[1]".
TapeProfile parse_profile(std::string_view json);

}  // namespace seawall::ingest
