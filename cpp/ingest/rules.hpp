#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seawall::ingest {

/// Every rule of normalisation: it changes how a cell is read, refuses, or sets a record aside. The
/// order is stored (a rule is a bit of a record's `rules_applied`): append only.
enum class Rule : std::uint8_t {
    key_canonicalised,       ///< a key was trimmed, lower-cased or freed of punctuation
    trimmed,                 ///< outer white space was removed
    sentinel_to_null,        ///< a value that the profile knows to mean "missing"
    thousands_mark,          ///< thousands marks were removed
    decimal_comma,           ///< a decimal mark other than a point was read
    text_number,             ///< a text that is a number was read as that number
    fraction_to_percent,     ///< a rate given as a fraction was multiplied by 100, exactly
    percent_sign,            ///< a percent sign was removed
    date_format,             ///< a date in another format than YYYY-MM-DD was read
    two_digit_year,          ///< a two-digit year was completed by the profile's pivot
    code_mapped,             ///< a code was replaced by its canonical name
    case_folded,             ///< letters changed their case
    leading_zeros_restored,  ///< a code of fixed width got its leading zeros back
    boolean_code,            ///< a boolean was read from the profile's codes
    default_applied,         ///< an absent value was given by the profile
    replaced_by_list,        ///< a list of the record replaced the record's own figure
    not_a_number,
    not_finite,
    not_an_integer,
    out_of_range,
    date_unreadable,
    date_ambiguous,
    boolean_unreadable,
    code_unknown,
    currency_unknown,
    unexpected_structure,
    duplicate_field,
    duplicate_record,
    required_missing,
    record_unreadable,
    currency_differs,
    other_kind,  ///< the record is of a kind that the profile does not read: set aside
    day_number,  ///< a date given as a count of days was read
};

inline constexpr std::size_t rule_count = 33;

inline constexpr std::array<std::string_view, rule_count> rule_names{
    "key_canonicalised",
    "trimmed",
    "sentinel_to_null",
    "thousands_mark",
    "decimal_comma",
    "text_number",
    "fraction_to_percent",
    "percent_sign",
    "date_format",
    "two_digit_year",
    "code_mapped",
    "case_folded",
    "leading_zeros_restored",
    "boolean_code",
    "default_applied",
    "replaced_by_list",
    "not_a_number",
    "not_finite",
    "not_an_integer",
    "out_of_range",
    "date_unreadable",
    "date_ambiguous",
    "boolean_unreadable",
    "code_unknown",
    "currency_unknown",
    "unexpected_structure",
    "duplicate_field",
    "duplicate_record",
    "required_missing",
    "record_unreadable",
    "currency_differs",
    "other_kind",
    "day_number",
};

constexpr std::string_view rule_name(Rule rule) {
    return rule_names[static_cast<std::size_t>(rule)];
}

/// A set of rules: the ones that touched a cell or a record.
class RuleSet {
  public:
    void add(Rule rule) { bits_ |= bit(rule); }
    void add(RuleSet other) { bits_ |= other.bits_; }
    bool contains(Rule rule) const { return (bits_ & bit(rule)) != 0; }
    bool empty() const { return bits_ == 0; }
    std::uint64_t bits() const { return bits_; }

  private:
    static std::uint64_t bit(Rule rule) { return std::uint64_t{1} << static_cast<unsigned>(rule); }
    std::uint64_t bits_ = 0;
};

}  // namespace seawall::ingest
