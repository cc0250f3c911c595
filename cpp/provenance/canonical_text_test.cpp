#include "provenance/canonical_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(canonical_text_test)

using seawall::append_json_string;

namespace {

std::string json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_rfc_8785_is_reproduced) {
    // Section 3.2.2: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/".
    BOOST_TEST(json("\u20ac$\x0f\nA'B\"\\\\\"/") == "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
}

BOOST_AUTO_TEST_CASE(control_characters_take_the_short_escape_or_lower_case_hex) {
    BOOST_TEST(json("\b\t\n\f\r") == R"("\b\t\n\f\r")");
    BOOST_TEST(json(std::string_view("\0\x01\x0b\x1f", 4)) == R"("\u0000\u0001\u000b\u001f")");
}

BOOST_AUTO_TEST_CASE(everything_else_stays_as_it_is) {
    const std::string_view text = "/<>&\x7f é \u2028 \U0001F30A \U0010FFFF \uD7FF \uE000";
    BOOST_TEST(json(text) == "\"" + std::string(text) + "\"");
}

BOOST_AUTO_TEST_CASE(a_byte_is_written_alike_wherever_it_stands_in_a_long_text) {
    for (int byte = 0; byte < 0x80; ++byte) {
        const std::string one(1, static_cast<char>(byte));
        const std::string alone = json(one);
        const std::string escaped = alone.substr(1, alone.size() - 2);
        for (std::size_t place = 0; place <= 16; ++place) {
            const std::string before(place, 'a');
            const std::string after(16 - place, '~');
            BOOST_TEST(json(before + one + after) == "\"" + before + escaped + after + "\"");
        }
    }
}

BOOST_AUTO_TEST_CASE(it_is_appended_to_what_is_there) {
    std::string out = "{";
    append_json_string(out, "");
    BOOST_TEST(out == "{\"\"");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf_8_are_refused_at_their_place_and_nothing_is_appended) {
    for (const std::string_view bad :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82",
          "\xe2\x82(", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf1\x80\x80",
          "\xf5\x80\x80\x80", "\xff"}) {
        for (const std::string_view before : {"", "eleven char", "\u20ac"}) {
            for (const std::string_view after : {"", "plain text follows"}) {
                const std::string place = "bytes[" + std::to_string(before.size()) + "]";
                std::string out = "kept";
                BOOST_CHECK_EXCEPTION(
                    append_json_string(out, std::string(before).append(bad).append(after)),
                    seawall::Error, [&](const seawall::Error& error) {
                        return error.code() == seawall::ErrorCode::invalid_input &&
                               error.where() == place;
                    });
                BOOST_TEST(out == "kept");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_character_that_goes_on_behind_the_end_is_refused) {
    const std::string_view euro = "\u20ac";
    BOOST_CHECK_THROW(json(euro.substr(0, 2)), seawall::Error);
    BOOST_CHECK_THROW(json(euro.substr(0, 1)), seawall::Error);
}

BOOST_AUTO_TEST_SUITE_END()
