#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/rules.hpp"
#include "ingest/tape_profile.hpp"
#include "table/column.hpp"

namespace seawall::ingest {

/// What a tape holds in a cell, before any rule.
enum class CellForm : std::uint8_t { absent, text, number, boolean, structure };

struct RawCell {
    std::string_view text;  ///< a number as it is written; "true" or "false"; "{…}" or "[…]"
    CellForm form = CellForm::absent;
    bool after_sentinel = false;  ///< an earlier path of the field holds one of its sentinels
};

/// A cell after its rules: absent, a value, or a refusal with its reason.
struct CellValue {
    enum class State : std::uint8_t { absent, present, refused };

    State state = State::absent;
    RuleSet applied;
    Rule refusal = Rule::not_a_number;  ///< only when refused
    std::string reason;                 ///< only when refused
    double number = 0.0;                ///< amount, rate, number
    std::int64_t integer = 0;
    Date date;
    Truth truth = Truth::no;
    std::string text;  ///< text, code, currency
};

/// What a reject shows of a text: its first bytes, cut between characters.
inline constexpr std::size_t max_shown_bytes = 256;
std::string cut(std::string_view text);

/// Whether the cell holds one of the field's values that mean "missing".
bool is_sentinel(const RawCell& cell, const FieldRules& field);

/// Reads one cell by its field's rules into `out`, whose buffers are reused from call to call.
/// Nothing is guessed: what the profile does not name is refused.
void read_cell(const RawCell& cell, const FieldRules& field, CellValue& out);

/// The value as a person reads it, in the field's canonical unit; "" unless present.
std::string display(const CellValue& value, const FieldRules& field);

}  // namespace seawall::ingest
