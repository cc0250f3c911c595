#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/cell.hpp"
#include "ingest/rules.hpp"
#include "ingest/tape_profile.hpp"

namespace seawall::ingest {

/// A number in its field's canonical unit, or the rule that refuses its text.
struct NumberText {
    std::optional<Rule> refusal;  ///< not_a_number or not_finite
    std::string_view problem;     ///< such as "is not a number"; empty unless refused
    double value = 0.0;
    RuleSet applied;
};

/// Reads a number as the field writes it: its marks, its percent sign, its unit. The value is the
/// double nearest to what the text says; a rate given as a fraction is rounded once, as a
/// percentage.
NumberText read_number_text(std::string_view text, CellForm form, const FieldRules& field,
                            std::string& buffer);

/// Without outer white space.
std::string_view trim(std::string_view text);

}  // namespace seawall::ingest
