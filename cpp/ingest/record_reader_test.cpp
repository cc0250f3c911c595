#include "ingest/record_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(record_reader_test)

using namespace seawall::ingest;

namespace {

/// Fields with aliases, a field that may be a number or an object, and a list with two paths.
const TapeProfile& profile() {
    static const TapeProfile parsed = parse_profile(R"({
        "name": "test", "source_system": "t", "wrapper": ["payload"],
        "fields": [
            {"name": "source_record_id", "kind": "text", "from": ["id"]},
            {"name": "currency", "kind": "currency", "default": "EUR"},
            {"name": "total", "kind": "amount", "from": ["debt.total", "debt.principal"]},
            {"name": "assets", "kind": "amount", "from": ["assets", "assets.value"]},
            {"name": "remark", "kind": "text", "from": ["debt.remark"]},
            {"name": "issuer", "kind": "text", "from": ["lei", "name", "desk"],
             "sentinels": ["N/A", "?"]},
            {"name": "income", "kind": "amount", "from": ["income", "salary"],
             "sentinels": ["99999"]}
        ],
        "lists": [{"name": "loans", "from": ["loans", "debt.loans"], "fields": [
            {"name": "principal", "kind": "amount", "from": ["principal", "amount"]},
            {"name": "rate", "kind": "rate", "unit": "percent", "from": ["rate"]}
        ]}]})");
    return parsed;
}

CapturedRecord capture(std::string_view bytes, RecordForm form = RecordForm::json_object) {
    RecordReader reader(profile(), form);
    CapturedRecord out;
    reader.read(bytes, out);
    return out;
}

/// The raw text of a field, "absent" when there is none.
std::string cell(const CapturedRecord& record, std::string_view name) {
    const RawCell raw = record.raw(record.cells[profile().field_index(name)]);
    return raw.form == CellForm::absent ? "absent" : std::string(raw.text);
}

std::string cell(std::string_view bytes, std::string_view name) {
    const CapturedRecord record = capture(bytes);
    BOOST_TEST(!record.record_problem.has_value());
    return cell(record, name);
}

using Texts = std::vector<std::string>;

/// The cells of an element, each with the number of its field.
Texts element_cells(const CapturedRecord& record, std::size_t element) {
    Texts cells;
    for (const CapturedElementCell& found : record.cells_of(record.elements[element])) {
        cells.push_back(std::to_string(found.field) + ": " +
                        std::string(record.raw(found.cell).text));
    }
    return cells;
}

/// Rule and place of what refuses the whole record; "none" when nothing does.
std::string problem(std::string_view bytes) {
    const CapturedRecord record = capture(bytes);
    if (!record.record_problem) return "none";
    return std::string(rule_name(record.record_problem->rule)) + " " + record.record_problem->field;
}

std::string reason(std::string_view bytes) {
    const CapturedRecord record = capture(bytes);
    return record.record_problem ? record.record_problem->reason : "none";
}

std::string nested(std::size_t depth) {
    return "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

}  // namespace

// --- aliases

BOOST_AUTO_TEST_CASE(the_first_alias_that_is_present_counts_whatever_the_order_of_the_keys) {
    BOOST_TEST(cell(R"({"debt":{"total":1,"principal":2}})", "total") == "1");
    BOOST_TEST(cell(R"({"debt":{"principal":2,"total":1}})", "total") == "1");
    BOOST_TEST(cell(R"({"debt":{"principal":2}})", "total") == "2");
}

BOOST_AUTO_TEST_CASE(an_explicit_zero_does_not_fall_through_to_the_next_alias) {
    BOOST_TEST(cell(R"({"debt":{"principal":7,"total":0}})", "total") == "0");
    BOOST_TEST(cell(R"({"debt":{"total":0.0,"principal":7}})", "total") == "0.0");
    BOOST_TEST(cell(R"({"debt":{"total":false,"principal":7}})", "total") == "false");
    BOOST_TEST(cell(R"({"debt":{"total":"x","principal":7}})", "total") == "x");
}

BOOST_AUTO_TEST_CASE(null_and_blank_texts_fall_through_to_the_next_alias) {
    for (const auto* missing : {"null", "\"\"", "\" \\t\\n\""}) {
        const std::string bytes =
            R"({"debt":{"total":)" + std::string(missing) + R"(,"principal":7}})";
        BOOST_TEST(cell(bytes, "total") == "7");
    }
}

BOOST_AUTO_TEST_CASE(a_sentinel_falls_through_to_the_next_alias_whatever_the_order_of_the_keys) {
    BOOST_TEST(cell(R"({"lei":" N/A ","name":"x"})", "issuer") == "x");
    BOOST_TEST(cell(R"({"name":"x","lei":"N/A"})", "issuer") == "x");
    BOOST_TEST(cell(R"({"desk":"d","name":"?","lei":"N/A"})", "issuer") == "d");
    BOOST_TEST(cell(R"({"desk":"d","name":"x","lei":"N/A"})", "issuer") == "x");
    BOOST_TEST(cell(R"({"name":"?","lei":"l"})", "issuer") == "l");
    BOOST_TEST(cell(R"({"income":99999.0,"salary":5})", "income") == "5");
    BOOST_TEST(cell(R"({"salary":5,"income":"99999"})", "income") == "5");
}

BOOST_AUTO_TEST_CASE(sentinels_alone_leave_the_first_of_them) {
    BOOST_TEST(cell(R"({"name":"?","lei":"N/A"})", "issuer") == "N/A");
    BOOST_TEST(cell(R"({"lei":"N/A","name":"?"})", "issuer") == "N/A");
}

BOOST_AUTO_TEST_CASE(a_value_behind_a_sentinel_is_told_and_one_before_it_is_not) {
    const auto told = [](std::string_view bytes) {
        const CapturedRecord record = capture(bytes);
        return record.raw(record.cells[profile().field_index("issuer")]).after_sentinel;
    };
    BOOST_TEST(told(R"({"lei":"N/A","name":"x"})"));
    BOOST_TEST(told(R"({"desk":"d","name":"x","lei":"N/A"})"));
    BOOST_TEST(!told(R"({"lei":"l","name":"?"})"));
    BOOST_TEST(!told(R"({"desk":"d","name":"?","lei":"l"})"));
    BOOST_TEST(!told(R"({"lei":"N/A"})"));
}

BOOST_AUTO_TEST_CASE(a_field_may_be_a_number_or_stand_in_an_object) {
    BOOST_TEST(cell(R"({"assets":5})", "assets") == "5");
    BOOST_TEST(cell(R"({"assets":{"value":6}})", "assets") == "6");
    BOOST_TEST(cell(R"({"assets":{"other":6}})", "assets") == "absent");
}

BOOST_AUTO_TEST_CASE(a_list_where_a_number_or_an_object_is_asked_for_is_captured_as_one) {
    const CapturedRecord record = capture(R"({"assets":[1,2]})");
    BOOST_TEST((record.cells[profile().field_index("assets")].form == CellForm::structure));
}

BOOST_AUTO_TEST_CASE(a_number_keeps_its_digits) {
    for (const auto* digits : {"0.10", "-0", "1e999", "123456789012345678901234567890",
                               "1.00000000000000000000000000000000001", "-1E-3"}) {
        BOOST_TEST(cell(R"({"debt":{"total":)" + std::string(digits) + "}}", "total") == digits);
    }
}

BOOST_AUTO_TEST_CASE(escapes_of_a_text_are_resolved) {
    BOOST_TEST(cell(R"({"id":"a\"\\\/\u00e9\ud83d\ude00"})", "source_record_id") ==
               "a\"\\/\xC3\xA9\xF0\x9F\x98\x80");
}

BOOST_AUTO_TEST_CASE(long_texts_are_whole) {
    const std::string text(300'000, 'x');
    BOOST_TEST(cell("{\"id\":\"\\n" + text + "\\n" + text + "\"}", "source_record_id") ==
               "\n" + text + "\n" + text);
}

// --- keys

BOOST_AUTO_TEST_CASE(keys_are_canonicalised_at_any_depth) {
    const CapturedRecord record = capture(R"({" ID ":"1","Debt":{"To-tal":1,"PRINCIPAL":2}})");
    BOOST_TEST(cell(record, "source_record_id") == "1");
    BOOST_TEST(cell(record, "total") == "2");
    BOOST_TEST(record.applied.contains(Rule::key_canonicalised));
}

BOOST_AUTO_TEST_CASE(canonical_keys_are_not_told_as_changed) {
    BOOST_TEST(!capture(R"({"id":"1"})").applied.contains(Rule::key_canonicalised));
}

BOOST_AUTO_TEST_CASE(a_key_with_escapes_is_the_key_it_spells) {
    BOOST_TEST(cell(R"({"\u0069d":"1"})", "source_record_id") == "1");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_refuses_the_record) {
    BOOST_TEST(problem(R"({"id":1,"id":1})") == "duplicate_field id");
    BOOST_TEST(problem(R"({"debt":{"total":1,"total":2}})") == "duplicate_field debt.total");
    BOOST_TEST(problem(R"({"debt":{},"debt":{}})") == "duplicate_field debt");
}

BOOST_AUTO_TEST_CASE(keys_that_become_one_are_a_duplicate) {
    BOOST_TEST(problem(R"({"A b":1,"a_b":2})") == "duplicate_field a_b");
    BOOST_TEST(problem(R"({"a b":1,"A__B ":2})") == "duplicate_field a_b");
    BOOST_TEST(problem(R"({"%":1,"":2})") == "duplicate_field _");
    BOOST_TEST(problem(R"({"\u0061":1,"a":2})") == "duplicate_field a");
}

BOOST_AUTO_TEST_CASE(duplicates_are_found_where_the_profile_does_not_look) {
    BOOST_TEST(problem(R"({"x":{"y":[{"z":1},{"z":1,"Z":2}]}})") != "none");
    BOOST_TEST(problem(R"({"x":[[{"a":1,"a":1}]]})") != "none");
    BOOST_TEST(problem(R"({"loans":[{"principal":1,"Principal":2}]})") ==
               "duplicate_field loans.principal");
}

BOOST_AUTO_TEST_CASE(the_same_key_in_two_objects_is_no_duplicate) {
    BOOST_TEST(problem(R"({"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"x":1})") == "none");
}

BOOST_AUTO_TEST_CASE(a_record_after_a_refused_one_is_read_afresh) {
    RecordReader reader(profile(), RecordForm::json_object);
    CapturedRecord out;
    reader.read(R"({"id":1,"id":1,"debt":{"total":1}})", out);
    reader.read(R"({"id":"2"})", out);
    BOOST_TEST(!out.record_problem.has_value());
    BOOST_TEST(cell(out, "source_record_id") == "2");
    BOOST_TEST(cell(out, "total") == "absent");
    reader.read("{\"id\":\"half", out);
    reader.read(R"({"id":"3"})", out);
    BOOST_TEST(cell(out, "source_record_id") == "3");
}

// --- wrapper

BOOST_AUTO_TEST_CASE(what_stands_in_a_wrapper_stands_in_the_record) {
    const CapturedRecord record =
        capture(R"({"id":"1","payload":{"debt":{"total":5},"loans":[{"principal":1}]}})");
    BOOST_TEST(cell(record, "source_record_id") == "1");
    BOOST_TEST(cell(record, "total") == "5");
    BOOST_TEST(record.elements.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_field_inside_a_wrapper_and_beside_it_is_a_duplicate) {
    BOOST_TEST(problem(R"({"id":"1","payload":{"id":"1"}})") == "duplicate_field payload.id");
    BOOST_TEST(problem(R"({"payload":{"debt":{"total":1}},"debt":{"total":1}})") ==
               "duplicate_field debt.total");
}

BOOST_AUTO_TEST_CASE(a_list_inside_a_wrapper_and_beside_it_is_a_duplicate) {
    BOOST_TEST(problem(R"({"payload":{"loans":[{"principal":1}]},"loans":[{"principal":1}]})") ==
               "duplicate_field loans");
}

// --- lists

BOOST_AUTO_TEST_CASE(elements_keep_the_path_at_which_they_stand) {
    const CapturedRecord record =
        capture(R"({"debt":{"loans":[{"principal":2},{"amount":3}]},"loans":[{"rate":4}]})");
    BOOST_REQUIRE(record.elements.size() == 3U);
    BOOST_TEST(record.elements[0].priority == 1U);
    BOOST_TEST(record.elements[1].priority == 1U);
    BOOST_TEST(record.elements[2].priority == 0U);
    BOOST_TEST(element_cells(record, 0) == (Texts{"0: 2"}));
    BOOST_TEST(element_cells(record, 1) == (Texts{"0: 3"}));
    BOOST_TEST(element_cells(record, 2) == (Texts{"1: 4"}));
}

BOOST_AUTO_TEST_CASE(the_fields_found_are_those_of_the_record_and_not_of_its_elements) {
    RecordReader reader(profile(), RecordForm::json_object);
    CapturedRecord record;
    const auto found = [&](std::string_view bytes) {
        reader.read(bytes, record);
        std::vector<std::string> names;
        record.found.each([&](std::size_t i) { names.push_back(profile().fields[i].name); });
        return names;
    };
    using Names = std::vector<std::string>;
    BOOST_TEST(found(R"({"salary":1,"id":"a","name":null,"debt":{"total":" ","remark":"x"}})") ==
               (Names{"source_record_id", "remark", "income"}));
    BOOST_TEST(found(R"({"loans":[{"principal":1,"rate":2}]})") == Names{});
    BOOST_TEST((record.cells[profile().field_index("income")].form == CellForm::absent));
}

BOOST_AUTO_TEST_CASE(elements_that_are_no_objects_are_marked) {
    const CapturedRecord record = capture(R"({"loans":[1,"x",null,true,[{"principal":1}],{}]})");
    BOOST_REQUIRE(record.elements.size() == 6U);
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(!record.elements[i].is_object);
    BOOST_TEST(record.elements[5].is_object);
}

BOOST_AUTO_TEST_CASE(an_element_inside_an_element_is_not_read_as_a_cell) {
    const CapturedRecord record =
        capture(R"({"loans":[{"x":{"principal":9},"y":[{"principal":8}],"rate":1}]})");
    BOOST_REQUIRE(record.elements.size() == 1U);
    BOOST_TEST(element_cells(record, 0) == (Texts{"1: 1"}));
}

BOOST_AUTO_TEST_CASE(an_element_holds_the_cells_it_has_and_no_others) {
    const CapturedRecord record = capture(R"({"loans":[{},{"amount":3,"principal":2},{},1]})");
    BOOST_REQUIRE(record.elements.size() == 4U);
    BOOST_TEST(record.element_cells.size() == 1U);
    BOOST_TEST(element_cells(record, 1) == (Texts{"0: 2"}));
    for (const std::size_t empty : {0U, 2U, 3U}) BOOST_TEST(element_cells(record, empty).empty());
}

BOOST_AUTO_TEST_CASE(what_should_be_a_list_and_is_not_is_told) {
    for (const auto* value : {"{\"principal\":1}", "5", "\"x\"", "true"}) {
        const CapturedRecord record = capture("{\"loans\":" + std::string(value) + "}");
        BOOST_REQUIRE(record.cell_problems.size() == 1U);
        BOOST_TEST(record.cell_problems[0].field == "loans");
        BOOST_TEST(record.elements.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_list_that_is_null_blank_or_empty_is_absent) {
    for (const auto* value : {"null", "\"\"", "[]"}) {
        const CapturedRecord record = capture("{\"loans\":" + std::string(value) + "}");
        BOOST_TEST(record.cell_problems.empty());
        BOOST_TEST(record.elements.empty());
    }
}

BOOST_AUTO_TEST_CASE(of_very_many_keys_that_the_profile_does_not_name_the_first_are_remembered) {
    std::string elements;
    std::set<std::string> expected;
    for (int i = 9'999; i >= 1'000; --i) {
        elements += (elements.empty() ? "{\"" : ",{\"") + std::to_string(i) + "\":1}";
        if (i < 1'100) expected.insert("loans." + std::to_string(i));
    }
    BOOST_TEST((capture("{\"loans\":[" + elements + "]}").unread == expected));
}

// --- what is no record

BOOST_AUTO_TEST_CASE(a_record_must_be_an_object) {
    for (const auto* bytes : {"1", "\"x\"", "null", "true", "[]", "[{}]"}) {
        BOOST_TEST(problem(bytes) == "record_unreadable ", bytes);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_json_are_refused_with_their_place) {
    for (const auto* bytes :
         {"", "{", "{\"a\":}", "{'a':1}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":+1}",
          "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{]", "// note\n{}", "{\"a\":.5}", "{a:1}"}) {
        BOOST_TEST(problem(bytes) == "record_unreadable ", bytes);
    }
    BOOST_TEST(reason(R"({"a":1,})").starts_with("not JSON at byte 7: "));
}

BOOST_AUTO_TEST_CASE(data_after_the_record_is_refused) {
    for (const auto* bytes : {"{}{}", "{} x", "{},"}) {
        BOOST_TEST(problem(bytes) == "record_unreadable ", bytes);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_are_refused) {
    for (const auto* bytes :
         {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
        BOOST_TEST(problem("{\"a\":\"" + std::string(bytes) + "\"}") == "record_unreadable ");
        BOOST_TEST(problem("{\"" + std::string(bytes) + "\":1}") == "record_unreadable ");
    }
    BOOST_TEST(problem("{\"a\":\"\xE2\x82\xAC\"}") == "none");
}

BOOST_AUTO_TEST_CASE(a_lone_surrogate_is_refused) {
    BOOST_TEST(problem(R"({"id":"\ud800"})") == "record_unreadable ");
    BOOST_TEST(problem(R"({"id":"\udc00x"})") == "record_unreadable ");
}

BOOST_AUTO_TEST_CASE(sixty_four_containers_inside_each_other_are_the_most) {
    BOOST_TEST(problem(nested(63)) == "none");
    BOOST_TEST(problem(nested(64)) == "record_unreadable ");
    BOOST_TEST(problem(nested(100'000)) == "record_unreadable ");
}

BOOST_AUTO_TEST_CASE(four_thousand_and_ninety_six_keys_are_the_most) {
    const auto keys = [](int count) {
        std::string bytes = "{\"k0\":0";
        for (int i = 1; i < count; ++i) bytes += ",\"k" + std::to_string(i) + "\":0";
        return bytes + "}";
    };
    BOOST_TEST(problem(keys(4096)) == "none");
    BOOST_TEST(problem(keys(4097)) == "record_unreadable ");
}

BOOST_AUTO_TEST_CASE(a_quarter_of_a_million_elements_are_the_most_of_a_record) {
    const auto elements = [](std::size_t count) {
        std::string bytes = R"({"id":"1","loans":[0)";
        for (std::size_t i = 1; i < count; ++i) bytes += ",0";
        return bytes + "]}";
    };
    BOOST_TEST(problem(elements(250'000)) == "none");
    BOOST_TEST(problem(elements(250'001)) == "record_unreadable ");
}

// --- rows of a table

BOOST_AUTO_TEST_CASE(a_table_row_is_read_from_its_cells) {
    const CapturedRecord record = capture(
        R"({"cells":{"ID":"7","assets":""},"file_sha256":"00","row":2})", RecordForm::table_row);
    BOOST_TEST(!record.record_problem.has_value());
    BOOST_TEST(cell(record, "source_record_id") == "7");
    BOOST_TEST(cell(record, "assets") == "absent");
}

BOOST_AUTO_TEST_CASE(a_row_that_has_not_as_many_cells_as_the_header_is_refused) {
    const CapturedRecord record =
        capture(R"({"file_sha256":"00","row":2,"text":"a,b"})", RecordForm::table_row);
    BOOST_REQUIRE(record.record_problem.has_value());
    BOOST_TEST((record.record_problem->rule == Rule::record_unreadable));
}

BOOST_AUTO_TEST_SUITE_END()
