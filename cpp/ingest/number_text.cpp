#include "ingest/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "ingest/digit.hpp"

namespace seawall::ingest {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

/// A number's text with a point and no thousands marks, or nothing when the marks are out of place.
std::optional<std::string_view> plain_number(std::string_view text, const FieldRules& field,
                                             std::string& buffer, RuleSet& applied) {
    const bool point = field.decimal_mark == '.';
    if (point && (!field.thousands_mark || text.find(*field.thousands_mark) == text.npos)) {
        return text;
    }
    const std::size_t mark = std::min(text.find(field.decimal_mark), text.size());
    const std::string_view whole = text.substr(0, mark);
    const std::size_t sign = !whole.empty() && (whole[0] == '-' || whole[0] == '+') ? 1 : 0;
    buffer.assign(whole.substr(0, sign));
    std::size_t group = 0;  // digits since the last mark; 0 before the first
    bool marked = false;
    for (const char c : whole.substr(sign)) {
        if (field.thousands_mark && c == *field.thousands_mark) {
            if (marked ? group != 3 : (group < 1 || group > 3)) return std::nullopt;
            marked = true;
            group = 0;
        } else if (is_digit(c)) {
            buffer.push_back(c);
            ++group;
        } else {
            return std::nullopt;
        }
    }
    if (marked && group != 3) return std::nullopt;
    if (marked) applied.add(Rule::thousands_mark);
    if (mark < text.size()) {
        const std::string_view fraction = text.substr(mark + 1);
        if (!std::all_of(fraction.begin(), fraction.end(), is_digit)) return std::nullopt;
        buffer.push_back('.');
        buffer.append(fraction);
        if (!point) applied.add(Rule::decimal_comma);
    }
    return buffer;
}

/// "nan", "inf" and "infinity" in any case and with any sign: from_chars reads them, a tape must
/// not.
bool names_no_finite_number(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    std::string folded;
    for (const char c : text.substr(0, 8)) {
        folded.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return folded.starts_with("nan") || folded.starts_with("inf");
}

/// Digits, or a point, after at most one sign; what from_chars wants does not begin with a plus.
std::optional<std::string_view> without_plus(std::string_view digits) {
    const bool plus = !digits.empty() && digits.front() == '+';
    if (plus) digits.remove_prefix(1);
    const std::size_t sign = !plus && !digits.empty() && digits.front() == '-' ? 1 : 0;
    if (digits.size() == sign) return std::nullopt;
    const char first = digits[sign];
    return is_digit(first) || first == '.' ? std::optional(digits) : std::nullopt;
}

/// The text of a hundred times the number, by its exponent: a product of doubles would round twice.
/// A text whose exponent is none, or beyond any double, stays as it is for from_chars to refuse.
std::string hundredfold(std::string_view digits) {
    constexpr int largest_exponent = 100'000;
    const std::size_t mark = std::min(digits.find_first_of("eE"), digits.size());
    int exponent = 0;
    if (mark < digits.size()) {
        std::string_view text = digits.substr(mark + 1);
        if (text.size() > 1 && text[0] == '+' && is_digit(text[1])) text.remove_prefix(1);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
        if (error != std::errc{} || end != text.data() + text.size() ||
            exponent > largest_exponent) {
            return std::string(digits);
        }
    }
    return std::string(digits.substr(0, mark)) + 'e' + std::to_string(exponent + 2);
}

NumberText refused(Rule rule, std::string_view problem) {
    return {.refusal = rule, .problem = problem, .value = 0.0, .applied = {}};
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

NumberText read_number_text(std::string_view text, CellForm form, const FieldRules& field,
                            std::string& buffer) {
    constexpr std::string_view no_number = "is not a number";
    NumberText result;
    std::string_view digits = text;
    const bool is_rate = field.kind == FieldKind::rate;
    if (form == CellForm::text) {
        result.applied.add(Rule::text_number);
        if (is_rate && !field.rate_is_fraction && digits.ends_with('%')) {
            digits = trim(digits.substr(0, digits.size() - 1));
            result.applied.add(Rule::percent_sign);
        }
        const auto plain = plain_number(digits, field, buffer, result.applied);
        if (!plain) return refused(Rule::not_a_number, no_number);
        digits = *plain;
    }
    if (names_no_finite_number(digits)) {
        return refused(Rule::not_finite, "is not a finite number");
    }
    const auto unsigned_digits = without_plus(digits);
    if (!unsigned_digits) return refused(Rule::not_a_number, no_number);
    digits = *unsigned_digits;
    if (is_rate && field.rate_is_fraction) {
        buffer = hundredfold(digits);
        digits = buffer;
        result.applied.add(Rule::fraction_to_percent);
    }
    const char* const first = digits.data();
    const char* const last = first + digits.size();
    const auto [end, error] = std::from_chars(first, last, result.value);
    if (error == std::errc::invalid_argument || end != last) {
        return refused(Rule::not_a_number, no_number);
    }
    if (error == std::errc::result_out_of_range || !std::isfinite(result.value)) {
        return refused(Rule::not_finite, "is beyond the range of a double");
    }
    return result;
}

}  // namespace seawall::ingest
