#include "ingest/cell.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "ingest/currency_code.hpp"

namespace seawall::ingest {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void refuse(CellValue& out, Rule rule, std::string reason) {
    out.state = CellValue::State::refused;
    out.refusal = rule;
    out.reason = std::move(reason);
}

std::string quoted(std::string_view text) {
    return "\"" + cut(text) + "\"";
}

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

/// No tape holds amounts beyond these, and between them products and ratios of amounts stay finite.
constexpr double largest_amount = 1e100;
constexpr double smallest_amount = 1e-100;

void check_range(double value, std::string_view raw, const FieldRules& field, CellValue& out) {
    const double size = std::abs(value);
    const bool is_amount = field.kind == FieldKind::amount || field.kind == FieldKind::rate;
    if (is_amount && (size > largest_amount || (size > 0.0 && size < smallest_amount))) {
        return refuse(out, Rule::out_of_range, quoted(raw) + " is beyond any amount");
    }
    const auto limit = [](double bound) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bound).ptr;
        return std::string(digits.data(), end);
    };
    if (field.minimum && field.minimum_exclusive && value <= *field.minimum) {
        refuse(out, Rule::out_of_range, quoted(raw) + " is not above " + limit(*field.minimum));
    } else if (field.minimum && value < *field.minimum) {
        refuse(out, Rule::out_of_range, quoted(raw) + " is below " + limit(*field.minimum));
    } else if (field.maximum && value > *field.maximum) {
        refuse(out, Rule::out_of_range, quoted(raw) + " is above " + limit(*field.maximum));
    }
}

void read_number(std::string_view text, CellForm form, const FieldRules& field, CellValue& out) {
    std::string_view digits = text;
    if (form == CellForm::text) {
        out.applied.add(Rule::text_number);
        if (field.kind == FieldKind::rate && !field.rate_is_fraction && digits.ends_with('%')) {
            digits = trim(digits.substr(0, digits.size() - 1));
            out.applied.add(Rule::percent_sign);
        }
        const auto plain = plain_number(digits, field, out.text, out.applied);
        if (!plain) return refuse(out, Rule::not_a_number, quoted(text) + " is not a number");
        digits = *plain;
    }
    if (names_no_finite_number(digits)) {
        return refuse(out, Rule::not_finite, quoted(text) + " is not a finite number");
    }
    const auto unsigned_digits = without_plus(digits);
    if (!unsigned_digits) {
        return refuse(out, Rule::not_a_number, quoted(text) + " is not a number");
    }
    const char* const first = unsigned_digits->data();
    const char* const last = first + unsigned_digits->size();
    double value = 0.0;
    const auto [end, error] = std::from_chars(first, last, value);
    if (error == std::errc::invalid_argument || end != last) {
        return refuse(out, Rule::not_a_number, quoted(text) + " is not a number");
    }
    if (field.kind == FieldKind::rate && field.rate_is_fraction) {
        value *= 100.0;
        out.applied.add(Rule::fraction_to_percent);
    }
    if (error == std::errc::result_out_of_range || !std::isfinite(value)) {
        return refuse(out, Rule::not_finite, quoted(text) + " is beyond the range of a double");
    }
    out.number = value;
    out.state = CellValue::State::present;
    check_range(value, text, field, out);
}

void read_integer(std::string_view text, CellForm form, const FieldRules& field, CellValue& out) {
    read_number(text, form, field, out);
    if (out.state != CellValue::State::present) return;
    constexpr double exact_limit = 9007199254740992.0;  // 2^53: above it a double skips integers
    if (std::floor(out.number) != out.number || std::abs(out.number) >= exact_limit) {
        return refuse(out, Rule::not_an_integer, quoted(text) + " is not a whole number");
    }
    out.integer = static_cast<std::int64_t>(out.number);
}

void read_date(std::string_view text, const FieldRules& field, CellValue& out) {
    const DateFormat* matched = nullptr;
    for (const DateFormat& format : field.date_formats) {
        const auto date = format.parse(text, field.two_digit_year_pivot.value_or(0));
        if (!date) continue;
        if (matched != nullptr && *date != out.date) {
            return refuse(out, Rule::date_ambiguous,
                          quoted(text) + " is another day under " + matched->text() +
                              " than under " + format.text());
        }
        if (matched == nullptr) {
            matched = &format;
            out.date = *date;
        }
    }
    if (matched == nullptr) {
        return refuse(out, Rule::date_unreadable,
                      quoted(text) + " fits no date format of the profile");
    }
    if (!matched->is_iso()) out.applied.add(Rule::date_format);
    if (matched->has_two_digit_year()) out.applied.add(Rule::two_digit_year);
    out.state = CellValue::State::present;
}

void read_boolean(std::string_view text, CellForm form, const FieldRules& field, CellValue& out) {
    const auto among = [&](const std::vector<std::string>& codes) {
        return std::find(codes.begin(), codes.end(), text) != codes.end();
    };
    const bool yes = form == CellForm::boolean ? text == "true" : among(field.true_codes);
    const bool no = form == CellForm::boolean ? text == "false" : among(field.false_codes);
    if (!yes && !no) {
        return refuse(out, Rule::boolean_unreadable,
                      quoted(text) + " is none of the profile's codes for yes and no");
    }
    if (form != CellForm::boolean) out.applied.add(Rule::boolean_code);
    out.truth = yes ? Truth::yes : Truth::no;
    out.state = CellValue::State::present;
}

void read_text(std::string_view text, const FieldRules& field, CellValue& out) {
    out.text.assign(text);
    if (text.size() < field.width && std::all_of(text.begin(), text.end(), is_digit)) {
        out.text.insert(0, field.width - text.size(), '0');
        out.applied.add(Rule::leading_zeros_restored);
    }
    out.state = CellValue::State::present;
}

void read_code(std::string_view text, const FieldRules& field, CellValue& out) {
    const auto known = std::find_if(field.codes.begin(), field.codes.end(),
                                    [&](const auto& code) { return code.first == text; });
    if (known == field.codes.end()) {
        return refuse(out, Rule::code_unknown, quoted(text) + " is no code of the profile");
    }
    if (known->second != known->first) out.applied.add(Rule::code_mapped);
    out.text = known->second;
    out.state = CellValue::State::present;
}

void read_currency(std::string_view text, CellValue& out) {
    out.text.assign(text);
    for (char& c : out.text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (!is_currency_code(out.text)) {
        return refuse(out, Rule::currency_unknown, quoted(text) + " is no ISO 4217 currency code");
    }
    if (out.text != text) out.applied.add(Rule::case_folded);
    out.state = CellValue::State::present;
}

/// What each kind calls a value of a form that it cannot be.
Rule wrong_form(FieldKind kind, CellForm form) {
    if (form == CellForm::structure) return Rule::unexpected_structure;
    switch (kind) {
        case FieldKind::text:
            return Rule::unexpected_structure;
        case FieldKind::date:
            return Rule::date_unreadable;
        case FieldKind::currency:
            return Rule::currency_unknown;
        case FieldKind::code:
            return Rule::code_unknown;
        default:
            return Rule::not_a_number;
    }
}

bool accepts(FieldKind kind, CellForm form) {
    switch (form) {
        case CellForm::text:
            return true;
        case CellForm::number:
            return kind != FieldKind::currency;
        case CellForm::boolean:
            return kind == FieldKind::boolean;
        default:
            return false;
    }
}

}  // namespace

std::string cut(std::string_view text) {
    if (text.size() <= max_shown_bytes) return std::string(text);
    std::size_t end = max_shown_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "…";
}

void read_cell(const RawCell& cell, const FieldRules& field, CellValue& out) {
    out.state = CellValue::State::absent;
    out.applied = RuleSet{};
    std::string_view text = cell.text;
    CellForm form = cell.form;
    if (form == CellForm::text) {
        text = trim(text);
        if (text.size() != cell.text.size()) out.applied.add(Rule::trimmed);
        if (text.empty()) form = CellForm::absent;
    }
    const auto& sentinels = field.sentinels;
    if (form != CellForm::absent &&
        std::find(sentinels.begin(), sentinels.end(), text) != sentinels.end()) {
        out.applied.add(Rule::sentinel_to_null);
        return;
    }
    if (form == CellForm::absent) {
        if (!field.default_value) return;
        text = *field.default_value;
        form = CellForm::text;
        out.applied.add(Rule::default_applied);
    }
    if (!accepts(field.kind, form)) {
        return refuse(out, wrong_form(field.kind, form),
                      std::string(text) + " is not what the field holds");
    }
    switch (field.kind) {
        case FieldKind::amount:
        case FieldKind::rate:
        case FieldKind::number:
            return read_number(text, form, field, out);
        case FieldKind::integer:
            return read_integer(text, form, field, out);
        case FieldKind::date:
            return read_date(text, field, out);
        case FieldKind::boolean:
            return read_boolean(text, form, field, out);
        case FieldKind::text:
            return read_text(text, field, out);
        case FieldKind::code:
            return read_code(text, field, out);
        case FieldKind::currency:
            return read_currency(text, out);
    }
}

std::string display(const CellValue& value, const FieldRules& field) {
    if (value.state != CellValue::State::present) return {};
    switch (field.column_type()) {
        case ColumnType::float64: {
            std::array<char, 400> digits{};  // the longest double has 309 digits before the point
            const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                           value.number, std::chars_format::fixed)
                                 .ptr;
            return {digits.data(), end};
        }
        case ColumnType::int64:
            return std::to_string(value.integer);
        case ColumnType::date32:
            return iso_date(value.date);
        case ColumnType::boolean:
            return value.truth == Truth::yes ? "true" : "false";
        case ColumnType::text:
            return value.text;
    }
    return {};
}

}  // namespace seawall::ingest
