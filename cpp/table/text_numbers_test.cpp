#include "table/text_numbers.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(text_numbers_test)

using Numbers = std::vector<std::uint64_t>;
using Views = std::vector<std::string_view>;

std::vector<std::string> names(std::string_view prefix, std::size_t count) {
    std::vector<std::string> made;
    for (std::size_t number = 0; number < count; ++number) {
        made.push_back(std::string(prefix) + std::to_string(number));
    }
    return made;
}

BOOST_AUTO_TEST_CASE(many_texts_have_the_numbers_that_they_were_given) {
    const auto kept = names("kept_", 5'000);
    const auto others = names("other_", 5'000);
    const Views views(kept.begin(), kept.end());
    seawall::TextNumbers known;
    known.add(std::span(views).first(77), 1'000'000);
    known.add(std::span(views).subspan(77), 10);
    BOOST_TEST(known.size() == 5'000U);
    const Numbers found = known.numbers(views);
    for (std::size_t index = 0; index < found.size(); ++index) {
        BOOST_TEST_REQUIRE(found[index] == (index < 77 ? 1'000'000 + index : 10 + index - 77));
    }
    BOOST_TEST(known.numbers(Views(others.begin(), others.end())) == Numbers(5'000));
}

BOOST_AUTO_TEST_CASE(an_empty_one_knows_nothing) {
    const seawall::TextNumbers known;
    BOOST_TEST(known.numbers(Views{"a", ""}) == Numbers(2));
    BOOST_TEST(known.numbers({}).empty());
}

BOOST_AUTO_TEST_CASE(a_text_keeps_its_first_number) {
    seawall::TextNumbers known;
    known.add(Views{"a", "b", "a"}, 5);
    known.add(Views{"b"}, 9);
    BOOST_TEST(known.numbers(Views{"a", "b"}) == (Numbers{5, 6}));
    BOOST_TEST(known.size() == 2U);
}

BOOST_AUTO_TEST_CASE(texts_of_any_length_and_of_any_bytes_are_told_apart) {
    using namespace std::string_view_literals;
    const std::string large(100'000, 'x');
    const std::string larger = large + "y";
    const Views texts{""sv, "\0"sv, "\0\0"sv, "\xc3\xa9"sv, large, larger};
    seawall::TextNumbers known;
    known.add(texts, 1);
    BOOST_TEST(known.numbers(texts) == (Numbers{1, 2, 3, 4, 5, 6}));
}

BOOST_AUTO_TEST_CASE(what_others_know_is_added) {
    seawall::TextNumbers known;
    seawall::TextNumbers others;
    known.add(Views{"a", "b"}, 1);
    others.add(Views{"b", "c"}, 7);
    known.add(others);
    known.add(known);
    BOOST_TEST(known.numbers(Views{"a", "b", "c"}) == (Numbers{1, 2, 8}));
}

BOOST_AUTO_TEST_CASE(no_text_is_given_the_number_of_none) {
    seawall::TextNumbers known;
    BOOST_CHECK_THROW(known.add(Views{"a"}, 0), seawall::Error);
}

BOOST_AUTO_TEST_SUITE_END()
