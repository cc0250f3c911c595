#include "ingest/json_split.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(json_split_test)

using namespace std::string_literals;
using seawall::Error;
using seawall::ErrorCode;
using seawall::ingest::JsonSplitter;
using seawall::ingest::max_records_together;
using seawall::ingest::NdjsonSplitter;
using seawall::ingest::RawRecords;

namespace {

using Texts = std::vector<std::string>;
using Rows = std::vector<std::int64_t>;

struct Split {
    Texts texts;
    Rows rows;

    void take(const RawRecords& found) {
        texts.insert(texts.end(), found.bytes.begin(), found.bytes.end());
        rows.insert(rows.end(), found.source_rows.begin(), found.source_rows.end());
    }
};

/// The records of a source that arrives so many bytes at a time.
template <typename Splitter>
Split split(std::string_view source, std::size_t piece_size) {
    Splitter splitter;
    Split result;
    const auto take = [&](const RawRecords& found) {
        BOOST_TEST(found.size() <= max_records_together);
        result.take(found);
    };
    for (std::size_t at = 0; at < source.size(); at += piece_size) {
        splitter.add(source.substr(at, piece_size), take);
    }
    splitter.finish(take);
    return result;
}

/// The same however the source is cut.
template <typename Splitter>
Split split(std::string_view source) {
    const Split whole = split<Splitter>(source, source.size() + 1);
    for (std::size_t piece_size = 1; piece_size <= std::min<std::size_t>(source.size(), 40);
         ++piece_size) {
        const Split parts = split<Splitter>(source, piece_size);
        BOOST_TEST(parts.texts == whole.texts);
        BOOST_TEST(parts.rows == whole.rows);
    }
    return whole;
}

Texts records(std::string_view source) {
    return split<JsonSplitter>(source).texts;
}
Texts lines(std::string_view source) {
    return split<NdjsonSplitter>(source).texts;
}

std::string refusal(std::string_view source, std::size_t piece_size) {
    try {
        split<JsonSplitter>(source, piece_size);
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::source_unreadable));
        return error.where() + " " + error.what();
    }
    return "accepted ";
}

/// Where the source is refused, "accepted" when it is not; the same however it is cut.
std::string refusal(std::string_view source) {
    const std::string whole = refusal(source, source.size() + 1);
    for (std::size_t piece_size = 1; piece_size <= source.size(); ++piece_size) {
        BOOST_TEST(refusal(source, piece_size) == whole);
    }
    return whole.substr(0, whole.find(' ', whole.starts_with("byte ") ? 5 : 0));
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_array_gives_its_elements_byte_for_byte) {
    BOOST_TEST(records("[{\"a\": 1} , {}\n,\t[2],3]") == (Texts{"{\"a\": 1}", "{}", "[2]", "3"}));
}

BOOST_AUTO_TEST_CASE(the_rows_of_an_array_count_from_one) {
    BOOST_TEST(split<JsonSplitter>("[{},{},{}]").rows == (Rows{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(an_empty_array_has_no_records) {
    BOOST_TEST(records("[]").empty());
    BOOST_TEST(records(" [ \n ] ").empty());
    BOOST_TEST(records("{\"records\":[]}").empty());
}

BOOST_AUTO_TEST_CASE(an_envelope_gives_the_array_under_records) {
    BOOST_TEST(records(R"({"records":[{"a":1},{}]})") == (Texts{R"({"a":1})", "{}"}));
}

BOOST_AUTO_TEST_CASE(what_stands_beside_the_records_of_an_envelope_is_passed_over) {
    const auto* source = R"( {"normalize": true, "meta": {"records": [9]}, "note": "]}",
                              "records" : [{}], "n": -1.5e3, "z": null} )";
    BOOST_TEST(records(source) == (Texts{"{}"}));
}

BOOST_AUTO_TEST_CASE(brackets_and_quotes_inside_strings_are_text) {
    const Texts expected{R"({"a":"}]{["})", R"({"b":"\"}"})", R"({"c":"\\"})", R"({"\"]":1})"};
    BOOST_TEST(records("[" + expected[0] + "," + expected[1] + "," + expected[2] + "," +
                       expected[3] + "]") == expected);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_an_element_may_hold_commas_and_brackets) {
    BOOST_TEST(records(R"(["a,b]", "\""])") == (Texts{R"("a,b]")", R"("\"")"}));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_skipped_and_slices_count_from_the_first_byte) {
    const std::string source = "\xEF\xBB\xBF[{\"a\":1}]";
    BOOST_TEST(records(source) == (Texts{"{\"a\":1}"}));
    const std::string envelope = "\xEF\xBB\xBF{\"records\":[{}]}";
    BOOST_TEST(records(envelope) == (Texts{"{}"}));
    const std::string ndjson = "\xEF\xBB\xBF{\"a\":1}\n{}";
    BOOST_TEST(lines(ndjson) == (Texts{"{\"a\":1}", "{}"}));
}

BOOST_AUTO_TEST_CASE(ten_thousand_nested_brackets_are_one_element) {
    const std::string deep(10'000, '[');
    const std::string closed(10'000, ']');
    BOOST_TEST(records("[" + deep + closed + "]").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_truncated_source_is_refused_at_its_end) {
    const std::string whole = R"({"x":[1],"records":[{"a":"b\"c"},{"d":[1,2]}]})";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(refusal(whole.substr(0, size)) != "accepted");
    }
    BOOST_TEST(refusal(whole) == "accepted");
    BOOST_TEST(refusal("[{\"a\":1}") == "byte 8");
    BOOST_TEST(refusal("[{\"a\":\"") == "byte 7");
    BOOST_TEST(refusal("") == "byte 0");
}

BOOST_AUTO_TEST_CASE(what_follows_the_records_is_refused_at_its_place) {
    BOOST_TEST(refusal("[{}] x") == "byte 5");
    BOOST_TEST(refusal("[{}][{}]") == "byte 4");
    BOOST_TEST(refusal("{\"records\":[]}}") == "byte 14");
}

BOOST_AUTO_TEST_CASE(elements_need_commas_between_them_and_none_after) {
    BOOST_TEST(refusal("[{} {}]") == "byte 4");
    BOOST_TEST(refusal("[{},]") == "byte 4");
    BOOST_TEST(refusal("[,{}]") == "byte 1");
}

BOOST_AUTO_TEST_CASE(a_source_that_is_neither_list_nor_object_is_refused) {
    for (const auto* source : {"1", "\"[]\"", "null", "true", "}"}) {
        BOOST_TEST(refusal(source) == "byte 0");
    }
}

BOOST_AUTO_TEST_CASE(an_envelope_without_a_list_of_records_is_refused_by_name) {
    for (const auto* source : {"{}", R"({"a":1})", R"({"records":{}})", R"({"records":null})",
                               R"({"a":{"records":[]}})"}) {
        BOOST_TEST(refusal(source) == "records");
    }
}

BOOST_AUTO_TEST_CASE(two_lists_of_records_are_refused) {
    BOOST_TEST(refusal(R"({"records":[{}],"records":[{}]})") != "accepted");
}

BOOST_AUTO_TEST_CASE(only_the_first_byte_order_mark_is_skipped) {
    BOOST_TEST(refusal("\xEF\xBB\xBF\xEF\xBB\xBF[]") == "byte 0");
    BOOST_TEST(refusal("\xEF\xBB[]") == "byte 0");
    BOOST_TEST(refusal(" \xEF\xBB\xBF[]") == "byte 1");
}

BOOST_AUTO_TEST_CASE(places_are_counted_from_the_source_s_first_byte_after_its_mark) {
    const std::string many(5'000, ' ');
    BOOST_TEST(refusal("\xEF\xBB\xBF[{}" + many + "x") == "byte 5003");
}

BOOST_AUTO_TEST_CASE(one_record_stands_on_each_line) {
    BOOST_TEST(lines("{\"a\":1}\n{\"b\":2}\n") == (Texts{"{\"a\":1}", "{\"b\":2}"}));
    BOOST_TEST(lines("{}\n{}") == (Texts{"{}", "{}"}));
}

BOOST_AUTO_TEST_CASE(blank_lines_are_skipped_and_still_count) {
    const std::string source = "\n{}\n \t \r\n{}\n\n\n{}\n\n";
    BOOST_TEST(lines(source) == (Texts{"{}", "{}", "{}"}));
    BOOST_TEST(split<NdjsonSplitter>(source).rows == (Rows{2, 4, 7}));
}

BOOST_AUTO_TEST_CASE(blanks_around_a_line_are_not_the_record) {
    BOOST_TEST(lines("  {\"a\": 1}\t\r\n") == (Texts{"{\"a\": 1}"}));
}

BOOST_AUTO_TEST_CASE(no_lines_are_no_records) {
    BOOST_TEST(lines("").empty());
    BOOST_TEST(lines("\n\r\n  \n").empty());
    BOOST_TEST(lines("\xEF\xBB\xBF").empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_line_is_a_record_that_its_reader_will_refuse) {
    BOOST_TEST(lines("{}\n{\"a\":\n{}\n") == (Texts{"{}", "{\"a\":", "{}"}));
}

BOOST_AUTO_TEST_CASE(very_many_records_of_one_piece_are_handed_out_in_parts) {
    const std::size_t count = 2 * max_records_together + 5;
    std::string lines;
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
        lines += "1\n";
        list += i == 0 ? "[1" : ",1";
    }
    Rows rows(count);
    std::iota(rows.begin(), rows.end(), 1);
    for (const Split& found : {split<JsonSplitter>(list + "]", list.size() + 1),
                               split<NdjsonSplitter>(lines, lines.size())}) {
        BOOST_TEST((found.texts == Texts(count, "1")));
        BOOST_TEST((found.rows == rows));
    }
}

BOOST_AUTO_TEST_SUITE_END()
