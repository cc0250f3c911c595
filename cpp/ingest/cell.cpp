#include "ingest/cell.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "ingest/currency_code.hpp"
#include "ingest/digit.hpp"
#include "ingest/number_text.hpp"

namespace seawall::ingest {
namespace {

void refuse(CellValue& out, Rule rule, std::string reason) {
    out.state = CellValue::State::refused;
    out.refusal = rule;
    out.reason = std::move(reason);
}

std::string quoted(std::string_view text) {
    return "\"" + cut(text) + "\"";
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
    const NumberText read = read_number_text(text, form, field, out.text);
    const auto& missing = field.sentinel_numbers;
    if (!read.refusal && std::find(missing.begin(), missing.end(), read.value) != missing.end()) {
        out.applied.add(Rule::sentinel_to_null);
        return;
    }
    out.applied.add(read.applied);
    if (read.refusal) {
        return refuse(out, *read.refusal, quoted(text) + " " + std::string(read.problem));
    }
    out.number = read.value;
    out.state = CellValue::State::present;
    check_range(read.value, text, field, out);
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
    if (matched->is_day_number()) {
        out.applied.add(Rule::day_number);
    } else if (!matched->is_iso()) {
        out.applied.add(Rule::date_format);
    }
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

bool is_sentinel(const RawCell& cell, const FieldRules& field) {
    const std::string_view text = cell.form == CellForm::text ? trim(cell.text) : cell.text;
    const auto& texts = field.sentinels;
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) return true;
    if (cell.form != CellForm::text && cell.form != CellForm::number) return false;
    const auto& numbers = field.sentinel_numbers;
    if (numbers.empty()) return false;
    std::string buffer;
    const NumberText read = read_number_text(text, cell.form, field, buffer);
    return !read.refusal && std::find(numbers.begin(), numbers.end(), read.value) != numbers.end();
}

void read_cell(const RawCell& cell, const FieldRules& field, CellValue& out) {
    out.state = CellValue::State::absent;
    out.applied = RuleSet{};
    if (cell.after_sentinel) out.applied.add(Rule::sentinel_to_null);
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
