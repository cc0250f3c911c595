#include "provenance/identifier.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(identifier_test)

using seawall::Error;
using seawall::ErrorCode;
using seawall::identifier;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_CASE(the_identifier_on_the_page_of_stored_bytes_is_reproduced) {
    const std::array parts{"tenant-a"sv, "\x00\xff"sv, "\u00e9"sv};
    BOOST_TEST(identifier("run", parts) == "run_qj0t965eyw7x2d8q5b9dmd6arf");
}

BOOST_AUTO_TEST_CASE(the_lengths_of_the_parts_count) {
    BOOST_TEST(identifier("ev", std::array{"ab"sv, "c"sv}) !=
               identifier("ev", std::array{"a"sv, "bc"sv}));
}

BOOST_AUTO_TEST_CASE(the_prefix_is_hashed_too) {
    const std::array parts{"same"sv};
    BOOST_TEST(identifier("a", parts).substr(1) != identifier("b", parts).substr(1));
}

BOOST_AUTO_TEST_CASE(a_prefix_is_a_name_in_lower_case) {
    for (const std::string_view prefix : {""sv, "Run"sv, "1run"sv, "_run"sv, "r-un"sv, "run "sv,
                                          "a23456789012345678901234567890123"sv}) {
        BOOST_CHECK_EXCEPTION(identifier(prefix, {}), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input && error.where() == "prefix";
        });
    }
    BOOST_TEST(identifier("a2345678901234567890123456789_12", {}).size() == 32 + 1 + 26);
}

BOOST_AUTO_TEST_SUITE_END()
