#include "ingest/cell.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(cell_test)

using namespace seawall::ingest;
using seawall::ColumnType;
using seawall::Truth;
using State = CellValue::State;

namespace {

FieldRules field_of(FieldKind kind) {
    FieldRules field;
    field.name = "field";
    field.kind = kind;
    return field;
}

FieldRules rate(bool is_fraction) {
    FieldRules field = field_of(FieldKind::rate);
    field.rate_is_fraction = is_fraction;
    return field;
}

FieldRules dates(const std::vector<std::string>& formats, int pivot = 69) {
    FieldRules field = field_of(FieldKind::date);
    for (const std::string& format : formats) {
        field.date_formats.push_back(*DateFormat::compile(format));
    }
    field.two_digit_year_pivot = pivot;
    return field;
}

FieldRules codes() {
    FieldRules field = field_of(FieldKind::code);
    field.codes = {{"P I F", "paid_in_full"}, {"open", "open"}};
    return field;
}

FieldRules yes_or_no() {
    FieldRules field = field_of(FieldKind::boolean);
    field.true_codes = {"Y", "1"};
    field.false_codes = {"N"};
    return field;
}

FieldRules marked(char decimal, char thousands) {
    FieldRules field = field_of(FieldKind::amount);
    field.decimal_mark = decimal;
    field.thousands_mark = thousands;
    return field;
}

CellValue read(std::string_view text, const FieldRules& field, CellForm form = CellForm::text) {
    CellValue value;
    read_cell({.text = text, .form = form}, field, value);
    return value;
}

/// The number of a cell; fails the test when there is none.
double number(std::string_view text, const FieldRules& field, CellForm form = CellForm::text) {
    const CellValue value = read(text, field, form);
    BOOST_TEST((value.state == State::present), text << ": " << value.reason);
    return value.number;
}

/// The rule that refuses a cell; "kept" or "absent" when none does.
std::string refusal(std::string_view text, const FieldRules& field,
                    CellForm form = CellForm::text) {
    const CellValue value = read(text, field, form);
    if (value.state == State::absent) return "absent";
    return value.state == State::present ? "kept" : std::string(rule_name(value.refusal));
}

std::vector<std::string> applied(const CellValue& value) {
    std::vector<std::string> names;
    for (std::size_t rule = 0; rule < rule_count; ++rule) {
        if (value.applied.contains(static_cast<Rule>(rule))) names.emplace_back(rule_names[rule]);
    }
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

// --- numbers

BOOST_AUTO_TEST_CASE(a_json_number_is_read_as_it_stands) {
    const FieldRules amount = field_of(FieldKind::amount);
    BOOST_TEST(number("1234.5", amount, CellForm::number) == 1234.5);
    BOOST_TEST(number("-1e3", amount, CellForm::number) == -1000.0);
    BOOST_TEST(applied(read("1234.5", amount, CellForm::number)).empty());
}

BOOST_AUTO_TEST_CASE(a_text_that_is_a_number_is_that_number) {
    const CellValue value = read("1234.5", field_of(FieldKind::amount));
    BOOST_TEST(value.number == 1234.5);
    BOOST_TEST(applied(value) == (Names{"text_number"}));
}

BOOST_AUTO_TEST_CASE(a_number_is_the_nearest_double) {
    const FieldRules field = field_of(FieldKind::number);
    BOOST_TEST(number("0.1", field) == 0.1);
    BOOST_TEST(number("9007199254740993", field) == 9007199254740992.0);
    BOOST_TEST(number("1.7976931348623157e308", field) == std::numeric_limits<double>::max());
}

BOOST_AUTO_TEST_CASE(outer_blanks_are_trimmed_and_told) {
    const CellValue value = read(" \t5\r\n", field_of(FieldKind::amount));
    BOOST_TEST(value.number == 5.0);
    BOOST_TEST(applied(value) == (Names{"trimmed", "text_number"}));
}

BOOST_AUTO_TEST_CASE(a_leading_plus_sign_is_read) {
    BOOST_TEST(number("+5.5", field_of(FieldKind::amount)) == 5.5);
}

BOOST_AUTO_TEST_CASE(two_signs_are_no_number) {
    for (const auto* text : {"+-5", "-+5", "--5", "++5", "+", "-"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::number)) == "not_a_number", text);
    }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_plain_decimal_number_is_refused) {
    for (const auto* text : {"12a", "a12", "1 2", "0x10", "1_000", "1,000", "EUR 5", "5 EUR", "1e",
                             ".", "1.2.3", "\xEF\xBC\x91"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::amount)) == "not_a_number", text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_refused) {
    for (const auto* text : {"NaN", "nan", "-nan", "+NAN", "inf", "-inf", "Infinity", "-INFINITY",
                             "1e999", "-1e999"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::amount)) == "not_finite", text);
    }
    BOOST_TEST(refusal("1e999", field_of(FieldKind::amount), CellForm::number) == "not_finite");
}

BOOST_AUTO_TEST_CASE(a_nan_with_a_payload_is_not_a_number_either) {
    for (const auto* text : {"nan(1)", "NaN(ind)", "-nan(snan)", "nan()"}) {
        const CellValue value = read(text, field_of(FieldKind::amount));
        BOOST_TEST((value.state == State::refused), text);
    }
}

BOOST_AUTO_TEST_CASE(a_fraction_whose_percentage_is_not_finite_is_refused) {
    BOOST_TEST(refusal("1e307", rate(true)) == "not_finite");
}

BOOST_AUTO_TEST_CASE(a_boolean_or_a_structure_is_never_a_number) {
    for (const FieldKind kind :
         {FieldKind::amount, FieldKind::rate, FieldKind::number, FieldKind::integer}) {
        BOOST_TEST(refusal("true", field_of(kind), CellForm::boolean) == "not_a_number");
        BOOST_TEST(refusal("true", field_of(kind)) == "not_a_number");
        BOOST_TEST(refusal("[…]", field_of(kind), CellForm::structure) == "unexpected_structure");
    }
}

// --- marks

BOOST_AUTO_TEST_CASE(thousands_marks_in_their_places_are_removed) {
    const FieldRules field = marked('.', ',');
    for (const auto* text : {"1,234,567.25", "1234567.25", "+1,234,567.25"}) {
        BOOST_TEST(number(text, field) == 1234567.25);
    }
    BOOST_TEST(number("-12,345", field) == -12345.0);
    BOOST_TEST(applied(read("1,234", field)) == (Names{"thousands_mark", "text_number"}));
    BOOST_TEST(applied(read("1234", field)) == (Names{"text_number"}));
}

BOOST_AUTO_TEST_CASE(a_thousands_mark_out_of_place_is_refused) {
    for (const auto* text : {"1,23", "12,34,567", "1,2345", ",123", "1,234,", "1,,234", "1,234.5,6",
                             "1234,567", "1,23a", "-,123"}) {
        BOOST_TEST(refusal(text, marked('.', ',')) == "not_a_number", text);
    }
}

BOOST_AUTO_TEST_CASE(a_decimal_comma_is_read_where_the_profile_says_so) {
    const FieldRules field = marked(',', '.');
    BOOST_TEST(number("1.234.567,25", field) == 1234567.25);
    BOOST_TEST(number("-0,5", field) == -0.5);
    BOOST_TEST(applied(read("1.234,5", field)) ==
               (Names{"thousands_mark", "decimal_comma", "text_number"}));
}

BOOST_AUTO_TEST_CASE(a_decimal_point_is_refused_where_the_profile_has_a_comma) {
    for (const auto* text : {"1.5", "1234.56", "1.2345", "1,5,5"}) {
        BOOST_TEST(refusal(text, marked(',', '.')) == "not_a_number", text);
    }
}

BOOST_AUTO_TEST_CASE(a_json_number_has_a_point_whatever_the_profile_says) {
    BOOST_TEST(number("1.5", marked(',', '.'), CellForm::number) == 1.5);
}

// --- rates

BOOST_AUTO_TEST_CASE(a_percentage_stays_a_percentage) {
    BOOST_TEST(number("5.25", rate(false)) == 5.25);
    BOOST_TEST(number("0.05", rate(false)) == 0.05);
}

BOOST_AUTO_TEST_CASE(a_fraction_becomes_a_percentage) {
    const CellValue value = read("0.0525", rate(true), CellForm::number);
    BOOST_TEST(value.number == 0.0525 * 100.0);
    BOOST_TEST(applied(value) == (Names{"fraction_to_percent"}));
}

BOOST_AUTO_TEST_CASE(a_fraction_is_rounded_once_to_its_percentage) {
    // A product by 100.0 of the nearest double is another number: 0.07 * 100.0
    // is 7.000000000000001.
    BOOST_TEST(0.07 * 100.0 != 7.0);
    for (const auto& [text, percentage] :
         std::vector<std::pair<std::string, double>>{{"0.07", 7.0},
                                                     {"0.0671500", 6.715},
                                                     {"0.0438", 4.38},
                                                     {"0.57", 57.0},
                                                     {"1.1", 110.0},
                                                     {"7e-2", 7.0},
                                                     {"7E-02", 7.0},
                                                     {"0.007e+1", 7.0},
                                                     {"7.", 700.0},
                                                     {".07", 7.0},
                                                     {"0", 0.0}}) {
        BOOST_TEST(number(text, rate(true)) == percentage, text);
        BOOST_TEST(number(text, rate(true), CellForm::number) == percentage, text);
    }
}

BOOST_AUTO_TEST_CASE(a_fraction_with_a_broken_exponent_is_no_number) {
    for (const auto* text :
         {"1e", "1e+", "1e+-5", "1e-+5", "1e5e", "1ee5", "1e5.0", "1x", "0x10"}) {
        BOOST_TEST(refusal(text, rate(true)) == "not_a_number", text);
    }
    for (const auto* text : {"1e307", "1e99999", "1e999999999999999999999"}) {
        BOOST_TEST(refusal(text, rate(true)) == "not_finite", text);
    }
}

BOOST_AUTO_TEST_CASE(a_percent_sign_is_read_in_a_percentage_only) {
    const CellValue value = read("5.25 %", rate(false));
    BOOST_TEST(value.number == 5.25);
    BOOST_TEST(applied(value) == (Names{"text_number", "percent_sign"}));
    BOOST_TEST(refusal("5.25%", rate(true)) == "not_a_number");
    BOOST_TEST(refusal("5.25%", field_of(FieldKind::amount)) == "not_a_number");
    BOOST_TEST(refusal("%", rate(false)) == "not_a_number");
}

BOOST_AUTO_TEST_CASE(bounds_are_those_of_the_percentage) {
    FieldRules field = rate(true);
    field.maximum = 100.0;
    BOOST_TEST(refusal("1", field) == "kept");
    BOOST_TEST(refusal("1.01", field) == "out_of_range");
}

// --- bounds

BOOST_AUTO_TEST_CASE(a_value_beyond_its_bounds_is_refused) {
    FieldRules field = field_of(FieldKind::amount);
    field.minimum = 0.0;
    field.maximum = 10.0;
    BOOST_TEST(refusal("-0.01", field) == "out_of_range");
    BOOST_TEST(refusal("0", field) == "kept");
    BOOST_TEST(refusal("10", field) == "kept");
    BOOST_TEST(refusal("10.01", field) == "out_of_range");
}

BOOST_AUTO_TEST_CASE(no_amount_is_so_large_or_small_that_a_ratio_would_not_be_finite) {
    for (const auto* text : {"1e101", "-1e101", "1e-101", "5e-324"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::amount)) == "out_of_range", text);
        BOOST_TEST(refusal(text, field_of(FieldKind::number)) == "kept", text);
    }
    BOOST_TEST(refusal("0", field_of(FieldKind::amount)) == "kept");
}

BOOST_AUTO_TEST_CASE(an_exclusive_minimum_refuses_the_bound_itself) {
    FieldRules field = field_of(FieldKind::amount);
    field.minimum = 0.0;
    field.minimum_exclusive = true;
    BOOST_TEST(refusal("0", field) == "out_of_range");
    BOOST_TEST(refusal("-0", field) == "out_of_range");
    BOOST_TEST(refusal("1e-99", field) == "kept");
}

BOOST_AUTO_TEST_CASE(a_refusal_says_the_value_and_the_bound) {
    FieldRules field = field_of(FieldKind::amount);
    field.minimum = 0.5;
    BOOST_TEST(read("-1", field).reason == "\"-1\" is below 0.5");
}

// --- integers

BOOST_AUTO_TEST_CASE(a_whole_number_is_an_integer) {
    const FieldRules field = field_of(FieldKind::integer);
    BOOST_TEST(read("-42", field).integer == -42);
    BOOST_TEST(read("1e3", field).integer == 1000);
    BOOST_TEST(read("7.0", field, CellForm::number).integer == 7);
    BOOST_TEST(read("9007199254740991", field).integer == 9007199254740991);
}

BOOST_AUTO_TEST_CASE(a_number_with_a_fraction_or_beyond_exactness_is_no_integer) {
    for (const auto* text : {"1.5", "-0.1", "9007199254740992", "9007199254740993", "1e300"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::integer)) == "not_an_integer", text);
    }
}

// --- missing values

BOOST_AUTO_TEST_CASE(a_blank_text_is_absent) {
    for (const auto* text : {"", " ", "\t\r\n"}) {
        BOOST_TEST(refusal(text, field_of(FieldKind::amount)) == "absent");
    }
    BOOST_TEST(refusal("", field_of(FieldKind::amount), CellForm::absent) == "absent");
}

BOOST_AUTO_TEST_CASE(a_sentinel_is_absent_in_any_form) {
    FieldRules field = field_of(FieldKind::amount);
    field.sentinels = {"9999", "n/a", "true"};
    BOOST_TEST(refusal(" n/a ", field) == "absent");
    BOOST_TEST(refusal("9999", field) == "absent");
    BOOST_TEST(refusal("9999", field, CellForm::number) == "absent");
    BOOST_TEST(refusal("true", field, CellForm::boolean) == "absent");
    BOOST_TEST(applied(read("9999", field)) == (Names{"sentinel_to_null"}));
    BOOST_TEST(refusal("9998", field) == "kept");
    BOOST_TEST(refusal("N/A", field) == "not_a_number");
}

BOOST_AUTO_TEST_CASE(a_sentinel_that_is_a_number_is_found_by_its_value) {
    FieldRules field = field_of(FieldKind::amount);
    field.sentinel_numbers = {9.99, 99999.0};
    for (const auto* text : {"9.99", "9.990", "99999", "99999.0", "+99999", "9.9999e4"}) {
        const CellValue value = read(text, field);
        BOOST_TEST((value.state == State::absent), text);
        BOOST_TEST(applied(value) == (Names{"sentinel_to_null"}), text);
        if (*text != '+') BOOST_TEST(refusal(text, field, CellForm::number) == "absent");
    }
    BOOST_TEST(refusal("9.991", field) == "kept");
}

BOOST_AUTO_TEST_CASE(a_value_behind_a_sentinel_tells_the_sentinel) {
    CellValue value;
    read_cell({.text = "5", .form = CellForm::number, .after_sentinel = true},
              field_of(FieldKind::amount), value);
    BOOST_TEST(value.number == 5.0);
    BOOST_TEST(applied(value) == (Names{"sentinel_to_null"}));
}

BOOST_AUTO_TEST_CASE(a_sentinel_number_may_lie_beyond_the_bounds) {
    FieldRules field = field_of(FieldKind::integer);
    field.sentinel_numbers = {98.0};
    field.maximum = 10.0;
    BOOST_TEST(refusal("98.0", field) == "absent");
    BOOST_TEST(refusal("97", field) == "out_of_range");
}

BOOST_AUTO_TEST_CASE(a_sentinel_of_a_text_is_found_by_its_letters) {
    FieldRules field = field_of(FieldKind::text);
    field.sentinels = {"0"};
    BOOST_TEST(refusal("0", field) == "absent");
    BOOST_TEST(refusal("00", field) == "kept");
}

BOOST_AUTO_TEST_CASE(an_absent_cell_gets_the_profile_s_default) {
    FieldRules field = field_of(FieldKind::currency);
    field.default_value = "USD";
    const CellValue value = read("", field, CellForm::absent);
    BOOST_TEST(value.text == "USD");
    BOOST_TEST(applied(value) == (Names{"default_applied"}));
    BOOST_TEST(read("EUR", field).text == "EUR");
}

// --- booleans

BOOST_AUTO_TEST_CASE(a_boolean_is_read_from_json_or_from_the_profile_s_codes) {
    BOOST_TEST((read("true", yes_or_no(), CellForm::boolean).truth == Truth::yes));
    BOOST_TEST((read("false", yes_or_no(), CellForm::boolean).truth == Truth::no));
    BOOST_TEST((read("Y", yes_or_no()).truth == Truth::yes));
    BOOST_TEST((read("1", yes_or_no(), CellForm::number).truth == Truth::yes));
    BOOST_TEST((read("N", yes_or_no()).truth == Truth::no));
    BOOST_TEST(applied(read("N", yes_or_no())) == (Names{"boolean_code"}));
}

BOOST_AUTO_TEST_CASE(a_code_that_the_profile_does_not_know_is_no_boolean) {
    for (const auto* text : {"T", "y", "0", "true", "yes", "`"}) {
        BOOST_TEST(refusal(text, yes_or_no()) == "boolean_unreadable", text);
    }
}

// --- codes, texts and currencies

BOOST_AUTO_TEST_CASE(a_code_becomes_its_canonical_name) {
    BOOST_TEST(read("P I F", codes()).text == "paid_in_full");
    BOOST_TEST(applied(read("P I F", codes())) == (Names{"code_mapped"}));
    BOOST_TEST(applied(read("open", codes())).empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_code_is_refused) {
    for (const auto* text : {"PIF", "p i f", "paid_in_full"}) {
        BOOST_TEST(refusal(text, codes()) == "code_unknown", text);
    }
    BOOST_TEST(refusal("true", codes(), CellForm::boolean) == "code_unknown");
}

BOOST_AUTO_TEST_CASE(a_code_of_fixed_width_gets_its_leading_zeros_back) {
    FieldRules field = field_of(FieldKind::text);
    field.width = 5;
    BOOST_TEST(read("2134", field).text == "02134");
    BOOST_TEST(read("7", field, CellForm::number).text == "00007");
    BOOST_TEST(applied(read("2134", field)) == (Names{"leading_zeros_restored"}));
    BOOST_TEST(read("47711", field).text == "47711");
    BOOST_TEST(read("213456", field).text == "213456");
    BOOST_TEST(read("21A4", field).text == "21A4");
    BOOST_TEST(applied(read("21A4", field)).empty());
}

BOOST_AUTO_TEST_CASE(a_text_may_be_a_number_and_nothing_else) {
    const FieldRules field = field_of(FieldKind::text);
    BOOST_TEST(read("0042", field, CellForm::number).text == "0042");
    BOOST_TEST(refusal("true", field, CellForm::boolean) == "unexpected_structure");
    BOOST_TEST(refusal("{…}", field, CellForm::structure) == "unexpected_structure");
}

BOOST_AUTO_TEST_CASE(a_currency_is_an_iso_code_in_any_case) {
    const FieldRules field = field_of(FieldKind::currency);
    BOOST_TEST(read("usd", field).text == "USD");
    BOOST_TEST(applied(read("usd", field)) == (Names{"case_folded"}));
    BOOST_TEST(applied(read("USD", field)).empty());
    for (const auto* code : {"AED", "EUR", "JPY", "DEM", "ZWG"}) {
        BOOST_TEST(read(code, field).text == code);
    }
}

BOOST_AUTO_TEST_CASE(every_currency_of_the_ecb_s_table_and_of_the_euro_s_members_is_one) {
    for (const auto* code :
         {"USD", "JPY", "BGN", "CYP", "CZK", "DKK", "EEK", "GBP", "HUF", "LTL", "LVL",
          "MTL", "PLN", "ROL", "RON", "SEK", "SIT", "SKK", "CHF", "ISK", "NOK", "HRK",
          "RUB", "TRL", "TRY", "AUD", "BRL", "CAD", "CNY", "HKD", "IDR", "ILS", "INR",
          "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR", "ATS", "BEF", "DEM",
          "ESP", "FIM", "FRF", "GRD", "IEP", "ITL", "LUF", "NLG", "PTE"}) {
        BOOST_TEST(refusal(code, field_of(FieldKind::currency)) == "kept", code);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_iso_code_is_no_currency) {
    const FieldRules field = field_of(FieldKind::currency);
    for (const auto* text : {"US", "USDX", "ABC", "$", "U D", "AAA", "ZZZ"}) {
        BOOST_TEST(refusal(text, field) == "currency_unknown", text);
    }
    BOOST_TEST(refusal("978", field, CellForm::number) == "currency_unknown");
}

// --- dates

BOOST_AUTO_TEST_CASE(a_date_is_read_by_the_first_format_that_fits) {
    const FieldRules field = dates({"%d-%b-%y", "%m/%d/%Y"});
    BOOST_TEST(iso_date(read("24-Jun-91", field).date) == "1991-06-24");
    BOOST_TEST(iso_date(read("2/28/1997", field).date) == "1997-02-28");
    BOOST_TEST(applied(read("24-Jun-91", field)) == (Names{"date_format", "two_digit_year"}));
    BOOST_TEST(applied(read("2/28/1997", field)) == (Names{"date_format"}));
}

BOOST_AUTO_TEST_CASE(an_iso_date_needs_no_rule) {
    BOOST_TEST(applied(read("1997-02-28", dates({"%Y-%m-%d"}))).empty());
}

BOOST_AUTO_TEST_CASE(a_sas_day_number_is_told_as_such) {
    const FieldRules field = dates({"sas_days", "%Y%m%d"});
    const CellValue value = read("15074", field);
    BOOST_TEST(display(value, field) == "2001-04-09");
    BOOST_TEST(applied(value) == (Names{"day_number"}));
    BOOST_TEST(display(read("15074", field, CellForm::number), field) == "2001-04-09");
    BOOST_TEST(applied(read("20010409", field)) == (Names{"date_format"}));
}

BOOST_AUTO_TEST_CASE(an_american_date_with_hyphens_is_read_by_its_format) {
    const FieldRules field = dates({"%m-%d-%Y"});
    BOOST_TEST(display(read("11-06-2035", field), field) == "2035-11-06");
    BOOST_TEST(refusal("13-06-2035", field) == "date_unreadable");
}

BOOST_AUTO_TEST_CASE(a_date_that_means_missing_is_absent) {
    FieldRules field = dates({"%m/%d/%Y"});
    field.sentinels = {"12/31/9999"};
    BOOST_TEST(refusal("12/31/9999", field) == "absent");
    BOOST_TEST(refusal("12/30/9999", field) == "kept");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_two_days_under_two_formats_is_refused) {
    const FieldRules field = dates({"%d/%m/%Y", "%m/%d/%Y"});
    BOOST_TEST(refusal("03/04/2020", field) == "date_ambiguous");
    BOOST_TEST(iso_date(read("13/04/2020", field).date) == "2020-04-13");
    BOOST_TEST(iso_date(read("04/13/2020", field).date) == "2020-04-13");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_one_day_under_two_formats_is_that_day) {
    BOOST_TEST(iso_date(read("04/04/2020", dates({"%d/%m/%Y", "%m/%d/%Y"})).date) == "2020-04-04");
}

BOOST_AUTO_TEST_CASE(a_text_that_fits_no_format_is_refused) {
    for (const auto* text : {"2020-02-30", "31.12.2020", "15074", "soon"}) {
        BOOST_TEST(refusal(text, dates({"%Y-%m-%d"})) == "date_unreadable", text);
    }
    BOOST_TEST(refusal("true", dates({"%Y-%m-%d"}), CellForm::boolean) == "date_unreadable");
}

// --- showing and reuse

BOOST_AUTO_TEST_CASE(a_value_is_shown_in_its_canonical_unit) {
    const auto shown = [](std::string_view text, const FieldRules& field) {
        return display(read(text, field), field);
    };
    BOOST_TEST(shown("0.25", rate(true)) == "25");
    BOOST_TEST(shown("1e21", field_of(FieldKind::amount)) == "1000000000000000000000");
    BOOST_TEST(shown("12", field_of(FieldKind::integer)) == "12");
    BOOST_TEST(shown("2/28/1997", dates({"%m/%d/%Y"})) == "1997-02-28");
    BOOST_TEST(shown("N", yes_or_no()) == "false");
    BOOST_TEST(shown("P I F", codes()) == "paid_in_full");
    BOOST_TEST(shown("x", field_of(FieldKind::amount)).empty());
    BOOST_TEST(shown("1.7976931348623157e308", field_of(FieldKind::number)).size() == 309U);
}

BOOST_AUTO_TEST_CASE(a_value_keeps_nothing_of_the_cell_before) {
    CellValue value;
    read_cell({.text = " 5 %", .form = CellForm::text}, rate(false), value);
    read_cell({.text = "", .form = CellForm::absent}, rate(false), value);
    BOOST_TEST((value.state == State::absent));
    BOOST_TEST(value.applied.empty());
}

BOOST_AUTO_TEST_SUITE_END()
