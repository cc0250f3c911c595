#include "table/text_order.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(text_order_test)

using Places = std::vector<std::size_t>;

BOOST_AUTO_TEST_CASE(texts_are_ordered_by_their_bytes_and_a_shorter_one_comes_first) {
    using namespace std::string_view_literals;
    const std::vector<std::string_view> texts{"b"sv, "a\xc3\xa9"sv, "ab"sv, "a\0"sv, "a"sv, ""sv};
    BOOST_CHECK((seawall::text_order(texts) == Places{5, 4, 3, 2, 1, 0}));
}

BOOST_AUTO_TEST_CASE(what_begins_alike_is_told_apart_by_its_end) {
    const std::string start(16, 'x');
    const std::vector<std::string> texts{start + "b", start + "a", start, start + "ab"};
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    BOOST_CHECK((seawall::text_order(views) == Places{2, 1, 3, 0}));
}

BOOST_AUTO_TEST_CASE(equal_texts_stay_as_they_were) {
    const std::vector<std::string_view> texts{"b", "a", "b", "a", "b"};
    BOOST_CHECK((seawall::text_order(texts) == Places{1, 3, 0, 2, 4}));
}

BOOST_AUTO_TEST_CASE(no_text_has_no_order) {
    BOOST_CHECK(seawall::text_order({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
