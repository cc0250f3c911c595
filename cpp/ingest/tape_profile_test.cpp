#include "ingest/tape_profile.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(tape_profile_test)

using seawall::ColumnType;
using seawall::Error;
using seawall::ErrorCode;
using seawall::ingest::FieldRules;
using seawall::ingest::parse_profile;
using seawall::ingest::TapeProfile;

namespace {

const std::string id_field = R"({"name":"source_record_id","kind":"text","from":["id"]})";
const std::string currency_field = R"({"name":"currency","kind":"currency","default":"EUR"})";

/// A profile that is valid but for what is put into it.
std::string profile_with(const std::string& field, const std::string& rest = "") {
    return R"({"name":"p","source_system":"s","fields":[)" + id_field + "," + currency_field +
           (field.empty() ? "" : "," + field) + "]" + (rest.empty() ? "" : "," + rest) + "}";
}

std::string profile_with_list(const std::string& list) {
    return profile_with("", R"("lists":[)" + list + "]");
}

/// Where a profile is refused; "accepted" when it is not.
std::string refusal(const std::string& text) {
    try {
        parse_profile(text);
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::invalid_profile));
        BOOST_TEST(!std::string_view(error.what()).empty());
        return error.where();
    }
    return "accepted";
}

std::string field_refusal(const std::string& field) {
    return refusal(profile_with(field));
}

}  // namespace

// --- what is read

BOOST_AUTO_TEST_CASE(a_profile_that_gives_every_record_a_key_and_a_currency_is_accepted) {
    BOOST_TEST(refusal(profile_with("")) == "accepted");
}

BOOST_AUTO_TEST_CASE(the_source_system_of_the_profile_stands_in_for_a_missing_column) {
    const TapeProfile profile = parse_profile(profile_with(""));
    const FieldRules& field = profile.fields.at(profile.field_index("source_system"));
    BOOST_TEST(field.default_value.value() == "s");
    BOOST_TEST(field.required);
}

BOOST_AUTO_TEST_CASE(key_and_currency_are_always_required) {
    const TapeProfile profile = parse_profile(profile_with(""));
    for (const auto* name : {"source_system", "source_record_id", "currency"}) {
        BOOST_TEST(profile.fields.at(profile.field_index(name)).required);
    }
}

BOOST_AUTO_TEST_CASE(paths_are_canonical_segment_by_segment) {
    const TapeProfile profile = parse_profile(
        profile_with(R"-({"name":"x","kind":"text","from":["Financial Data.Total (EUR)"]})-"));
    BOOST_TEST(profile.fields.back().paths.at(0) == "financial_data.total_eur");
}

BOOST_AUTO_TEST_CASE(a_sentinel_of_a_number_is_read_as_the_field_reads_numbers) {
    const auto numbers = [](const std::string& more) {
        return parse_profile(profile_with(R"({"name":"x","from":["x"],)" + more + "}"))
            .fields.back()
            .sentinel_numbers;
    };
    using Numbers = std::vector<double>;
    BOOST_TEST(numbers(R"("kind":"amount","sentinels":["99999","n/a"])") == (Numbers{99999.0}));
    BOOST_TEST(numbers(R"("kind":"rate","unit":"fraction","sentinels":["9.99"])") ==
               (Numbers{999.0}));
    BOOST_TEST(numbers(R"("kind":"number","decimal_mark":",","sentinels":["9,99"])") ==
               (Numbers{9.99}));
    BOOST_TEST(numbers(R"("kind":"integer","sentinels":["98"])") == (Numbers{98.0}));
    BOOST_TEST(numbers(R"("kind":"text","sentinels":["98"])").empty());
}

BOOST_AUTO_TEST_CASE(the_paths_of_a_kind_are_canonical_too) {
    const TapeProfile profile =
        parse_profile(profile_with("", R"("only_with":["debtSec/maturityDt"])"));
    BOOST_TEST(profile.only_with.at(0) == "debtsec_maturitydt");
}

BOOST_AUTO_TEST_CASE(a_row_may_be_the_key_of_a_tape_without_one) {
    const TapeProfile profile = parse_profile(
        R"({"name":"p","source_system":"s","key":"row","fields":[)" + currency_field + "]}");
    const FieldRules& field = profile.fields.at(profile.field_index("source_record_id"));
    BOOST_TEST(field.is_source_row);
    BOOST_TEST((field.column_type() == ColumnType::text));
}

BOOST_AUTO_TEST_CASE(each_kind_has_its_column_type) {
    const auto type = [](const std::string& kind, const std::string& more = "") {
        return parse_profile(
                   profile_with(R"({"name":"x","from":["x"],"kind":")" + kind + "\"" + more + "}"))
            .fields.back()
            .column_type();
    };
    BOOST_TEST((type("amount") == ColumnType::float64));
    BOOST_TEST((type("number") == ColumnType::float64));
    BOOST_TEST((type("rate", R"(,"unit":"percent")") == ColumnType::float64));
    BOOST_TEST((type("integer") == ColumnType::int64));
    BOOST_TEST((type("date", R"(,"formats":["%Y-%m-%d"])") == ColumnType::date32));
    BOOST_TEST((type("boolean") == ColumnType::boolean));
    BOOST_TEST((type("code", R"(,"codes":{"a":"b"})") == ColumnType::text));
    BOOST_TEST((type("text") == ColumnType::text));
    BOOST_TEST((type("currency") == ColumnType::text));
}

BOOST_AUTO_TEST_CASE(marks_of_the_profile_hold_for_a_field_without_its_own) {
    const TapeProfile profile = parse_profile(
        profile_with(R"({"name":"x","kind":"amount","from":["x"]},)"
                     R"({"name":"y","kind":"amount","from":["y"],"decimal_mark":"'"})",
                     R"("decimal_mark":",","thousands_mark":".")"));
    BOOST_TEST(profile.fields.at(profile.field_index("x")).decimal_mark == ',');
    BOOST_TEST(profile.fields.at(profile.field_index("x")).thousands_mark.value() == '.');
    BOOST_TEST(profile.fields.at(profile.field_index("y")).decimal_mark == '\'');
}

// --- what is refused, and where

BOOST_AUTO_TEST_CASE(a_profile_must_be_a_json_object) {
    for (const auto* text : {"", "{", "[]", "1"}) BOOST_TEST(refusal(text) == "");
}

BOOST_AUTO_TEST_CASE(a_profile_needs_a_name) {
    BOOST_TEST(refusal(R"({"fields":[]})") == "name");
    BOOST_TEST(refusal(R"({"name":"","fields":[]})") == "name");
    BOOST_TEST(refusal(R"({"name":1,"fields":[]})") == "name");
}

BOOST_AUTO_TEST_CASE(a_profile_needs_a_source_system_an_identifier_and_a_currency) {
    BOOST_TEST(refusal(R"({"name":"p","fields":[)" + id_field + "," + currency_field + "]}") ==
               "source_system");
    BOOST_TEST(refusal(R"({"name":"p","source_system":"s","fields":[)" + currency_field + "]}") ==
               "fields");
    BOOST_TEST(refusal(R"({"name":"p","source_system":"s","fields":[)" + id_field + "]}") ==
               "fields");
}

BOOST_AUTO_TEST_CASE(a_row_is_the_only_key_that_is_no_field) {
    BOOST_TEST(refusal(profile_with("", R"("key":"row")")) == "key");
    BOOST_TEST(refusal(profile_with("", R"("key":"hash")")) == "key");
}

BOOST_AUTO_TEST_CASE(the_fields_that_every_record_has_keep_their_kinds) {
    BOOST_TEST(refusal(R"({"name":"p","source_system":"s","fields":[)" + id_field +
                       R"(,{"name":"currency","kind":"text","from":["c"]}]})") ==
               "fields.currency");
    BOOST_TEST(refusal(R"({"name":"p","source_system":"s","fields":[)" + currency_field +
                       R"(,{"name":"source_record_id","kind":"integer","from":["c"]}]})") ==
               "fields.source_record_id");
}

BOOST_AUTO_TEST_CASE(a_field_needs_a_canonical_name) {
    BOOST_TEST(field_refusal(R"({"kind":"text","from":["x"]})") == "fields[2].name");
    for (const auto* name : {"X", "a b", "a__b", "_a", "a."}) {
        BOOST_TEST(field_refusal(R"({"kind":"text","from":["x"],"name":")" + std::string(name) +
                                 "\"}") == "fields[2].name");
    }
}

BOOST_AUTO_TEST_CASE(a_field_is_declared_once) {
    BOOST_TEST(field_refusal(R"({"name":"currency","kind":"currency","from":["x"]})") ==
               "fields[2].name");
}

BOOST_AUTO_TEST_CASE(a_field_does_not_take_the_name_of_a_column_that_every_table_has) {
    for (const auto* name : {"record", "source_row", "rules_applied"}) {
        BOOST_TEST(field_refusal(R"({"kind":"text","from":["x"],"name":")" + std::string(name) +
                                 "\"}") == "fields[2].name",
                   name);
    }
}

BOOST_AUTO_TEST_CASE(a_field_has_a_known_kind) {
    BOOST_TEST(field_refusal(R"({"name":"x","from":["x"]})") == "fields[2].kind");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"money","from":["x"]})") == "fields[2].kind");
}

BOOST_AUTO_TEST_CASE(a_field_comes_from_a_column_or_has_a_default) {
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"text"})") == "fields[2].from");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"text","from":"x"})") == "fields[2].from");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"text","from":[1]})") == "fields[2].from");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"text","default":"x"})") == "accepted");
}

BOOST_AUTO_TEST_CASE(a_rate_says_its_unit_and_nothing_else_does) {
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"rate","from":["x"]})") == "fields[2].unit");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"rate","from":["x"],"unit":"bp"})") ==
               "fields[2].unit");
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"amount","from":["x"],"unit":"percent"})") ==
               "fields[2].unit");
}

BOOST_AUTO_TEST_CASE(a_mark_is_one_character_that_no_number_has) {
    for (const auto* mark : {"", "..", "0", "+", "-"}) {
        BOOST_TEST(field_refusal(R"({"name":"x","kind":"amount","from":["x"],"decimal_mark":")" +
                                 std::string(mark) + "\"}") == "fields[2].decimal_mark");
    }
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"amount","from":["x"],"thousands_mark":"9"})") ==
               "fields[2].thousands_mark");
}

BOOST_AUTO_TEST_CASE(the_two_marks_differ) {
    BOOST_TEST(field_refusal(R"({"name":"x","kind":"amount","from":["x"],"thousands_mark":"."})") ==
               "fields[2].thousands_mark");
}

BOOST_AUTO_TEST_CASE(a_date_needs_formats_that_name_a_day) {
    const std::string date = R"({"name":"x","kind":"date","from":["x"])";
    BOOST_TEST(field_refusal(date + "}") == "fields[2].formats");
    BOOST_TEST(field_refusal(date + R"(,"formats":["%Y-%m-%d","%Y-%m"]})") ==
               "fields[2].formats[1]");
    BOOST_TEST(field_refusal(date + R"(,"formats":["%H"]})") == "fields[2].formats[0]");
}

BOOST_AUTO_TEST_CASE(a_two_digit_year_needs_a_pivot) {
    const std::string date = R"({"name":"x","kind":"date","from":["x"],"formats":["%d-%b-%y"])";
    BOOST_TEST(field_refusal(date + "}") == "fields[2].formats[0]");
    BOOST_TEST(field_refusal(date + R"(,"two_digit_year_pivot":69})") == "accepted");
    for (const auto* pivot : {"-1", "101", "\"69\""}) {
        BOOST_TEST(field_refusal(date + R"(,"two_digit_year_pivot":)" + pivot + "}") ==
                   "fields[2].two_digit_year_pivot");
    }
}

BOOST_AUTO_TEST_CASE(a_code_needs_a_table_of_texts) {
    const std::string code = R"({"name":"x","kind":"code","from":["x"])";
    for (const auto* codes : {"", R"(,"codes":{})", R"(,"codes":[])", R"(,"codes":{"a":1})"}) {
        BOOST_TEST(field_refusal(code + codes + "}") == "fields[2].codes");
    }
}

BOOST_AUTO_TEST_CASE(flags_and_bounds_have_their_types) {
    const std::string field = R"({"name":"x","kind":"amount","from":["x"],)";
    BOOST_TEST(field_refusal(field + R"("required":"yes"})") == "fields[2].required");
    BOOST_TEST(field_refusal(field + R"("minimum":"0"})") == "fields[2].minimum");
    BOOST_TEST(field_refusal(field + R"("minimum_exclusive":1})") == "fields[2].minimum_exclusive");
}

BOOST_AUTO_TEST_CASE(bounds_that_exclude_every_value_contradict_themselves) {
    BOOST_TEST(
        field_refusal(R"({"name":"x","kind":"amount","from":["x"],"minimum":2,"maximum":1})") ==
        "fields[2].maximum");
}

BOOST_AUTO_TEST_CASE(a_width_is_a_small_count) {
    for (const auto* width : {"-1", "1e9"}) {
        BOOST_TEST(field_refusal(R"({"name":"x","kind":"text","from":["x"],"width":)" +
                                 std::string(width) + "}") == "fields[2].width",
                   width);
    }
}

BOOST_AUTO_TEST_CASE(five_hundred_and_twelve_fields_are_the_most) {
    const auto with_fields = [](int count) {
        std::string fields;
        for (int i = 2; i < count; ++i) {
            fields += (i > 2 ? "," : "") + std::string(R"({"name":"f)") + std::to_string(i) +
                      R"(","kind":"text","from":["x"]})";
        }
        return profile_with(fields);
    };
    BOOST_TEST(refusal(with_fields(512)) == "accepted");
    BOOST_TEST(refusal(with_fields(513)) == "fields");
}

// --- lists

BOOST_AUTO_TEST_CASE(a_list_needs_a_name_a_key_and_fields) {
    const std::string fields = R"("fields":[{"name":"x","kind":"text","from":["x"]}])";
    BOOST_TEST(refusal(profile_with_list(R"({"from":["l"],)" + fields + "}")) == "lists[0].name");
    BOOST_TEST(refusal(profile_with_list(R"({"name":"l",)" + fields + "}")) == "lists[0].from");
    BOOST_TEST(refusal(profile_with_list(R"({"name":"l","from":["l"]})")) == "lists[0].fields");
    BOOST_TEST(refusal(profile_with_list(R"({"name":"l","from":["l"],)" + fields + "}")) ==
               "accepted");
}

BOOST_AUTO_TEST_CASE(a_list_replaces_known_fields_only) {
    BOOST_TEST(
        refusal(profile_with_list(R"({"name":"l","from":["l"],"replaces":["total"],)"
                                  R"("fields":[{"name":"x","kind":"text","from":["x"]}]})")) ==
        "lists[0].replaces");
}

BOOST_AUTO_TEST_CASE(a_field_of_a_list_is_refused_with_its_place) {
    BOOST_TEST(refusal(profile_with_list(
                   R"({"name":"l","from":["l"],"fields":[{"name":"x","kind":"rate"}]})")) ==
               "lists[0].fields[0].from");
}

BOOST_AUTO_TEST_CASE(two_lists_have_two_names) {
    const std::string list =
        R"({"name":"l","from":["l"],"fields":[{"name":"x","kind":"text","from":["x"]}]})";
    const std::string same =
        R"({"name":"l","from":["m"],"fields":[{"name":"x","kind":"text","from":["x"]}]})";
    BOOST_TEST(refusal(profile_with_list(list + "," + same)) == "lists[1].name");
}

BOOST_AUTO_TEST_CASE(a_list_does_not_take_the_name_of_another_table) {
    for (const auto* name : {"records", "rejects"}) {
        BOOST_TEST(
            refusal(profile_with_list(
                R"({"from":["l"],"fields":[{"name":"x","kind":"text","from":["x"]}],"name":")" +
                std::string(name) + "\"}")) == "lists[0].name",
            name);
    }
}

BOOST_AUTO_TEST_CASE(two_lists_do_not_come_from_one_key) {
    const std::string list =
        R"({"name":"l","from":["l"],"fields":[{"name":"x","kind":"text","from":["x"]}]})";
    const std::string same =
        R"({"name":"m","from":["L "],"fields":[{"name":"x","kind":"text","from":["x"]}]})";
    BOOST_TEST(refusal(profile_with_list(list + "," + same)) == "lists[1].from");
}

BOOST_AUTO_TEST_SUITE_END()
