#include "ingest/json_member.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(json_member_test)

using seawall::ingest::member_span;
using seawall::ingest::Span;

namespace {

/// The bytes of the member "records", or "none".
std::string records_of(std::string_view object) {
    const std::optional<Span> span = member_span(object, "records");
    if (!span) return "none";
    return std::string(object.substr(span->begin, span->end - span->begin));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_value_of_any_kind_is_found) {
    for (const std::string value :
         {"[]", "[1, [2], {\"a\": \"]\"}]", "{}", "\"a\\\"b\"", "12", "null"}) {
        BOOST_TEST(records_of("{\"records\":" + value + "}") == value);
        BOOST_TEST(records_of(" {\"a\": [\"}\"] , \"records\" : " + value + " , \"b\":1 }\n") ==
                   value);
    }
}

BOOST_AUTO_TEST_CASE(only_a_member_of_the_object_itself_is_found) {
    BOOST_TEST(records_of(R"({"a": {"records": [1]}})") == "none");
    BOOST_TEST(records_of(R"({"a": "\"records\": [1]", "b": "records"})") == "none");
    BOOST_TEST(records_of(R"([{"records": [1]}])") == "none");
    BOOST_TEST(records_of(R"({"Records": [1]})") == "none");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_twice_is_not_chosen) {
    BOOST_TEST(records_of(R"({"records": [1], "a": 2, "records": [3]})") == "none");
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_object_has_no_members) {
    const std::string whole = R"({"a": "b\\", "records": [{"c": "]"}], "d": {"e": 1}})";
    BOOST_TEST(records_of(whole) == R"([{"c": "]"}])");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST(records_of(std::string_view(whole).substr(0, size)) == "none");
    }
    BOOST_TEST(records_of(whole + "}") == "none");
    BOOST_TEST(records_of(whole + whole) == "none");
    for (const std::string_view broken :
         {"{}", "{,}", "{\"records\"}", "{\"records\":}", "{\"records\":,\"a\":1}",
          "{\"records\":[1] \"a\":1}", "{\"records\":[1],}", "{records:[1]}"}) {
        BOOST_TEST(records_of(broken) == "none");
    }
}

BOOST_AUTO_TEST_SUITE_END()
