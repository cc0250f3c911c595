#include "provenance/log_leaf.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "provenance/merkle.hpp"

BOOST_AUTO_TEST_SUITE(log_leaf_test)

namespace {

std::string netstring(std::string_view bytes) {
    std::string out;
    seawall::append_netstring(out, bytes);
    return out;
}

seawall::Digest leaf_of(std::string_view bytes) {
    return seawall::leaf_hash(std::as_bytes(std::span(bytes)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_netstring_is_its_length_a_colon_its_bytes_and_a_comma) {
    // The two examples of the definition, cr.yp.to/proto/netstrings.txt.
    BOOST_TEST(netstring("hello world!") == "12:hello world!,");
    BOOST_TEST(netstring("") == "0:,");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_stay_what_they_are) {
    const std::string_view bytes("\0,:\xff", 4);
    BOOST_TEST(netstring(bytes) == "4:" + std::string(bytes) + ",");
}

BOOST_AUTO_TEST_CASE(leaves_side_by_side_are_hashed_one_by_one) {
    const std::array<std::size_t, 3> ends{2, 2, 5};
    const auto hashes = seawall::leaf_hashes("abcde", ends);
    BOOST_TEST_REQUIRE(hashes.size() == 3U);
    BOOST_TEST((hashes[0] == leaf_of("ab")));
    BOOST_TEST((hashes[1] == leaf_of("")));
    BOOST_TEST((hashes[2] == leaf_of("cde")));
}

BOOST_AUTO_TEST_SUITE_END()
