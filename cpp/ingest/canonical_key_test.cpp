#include "ingest/canonical_key.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(canonical_key_test)

using seawall::ingest::canonicalise_key;

namespace {

std::string canonical(std::string_view key) {
    std::string out = "left over from the key before";
    canonicalise_key(key, out);
    return out;
}

bool changes(std::string_view key) {
    std::string out;
    return canonicalise_key(key, out);
}

}  // namespace

BOOST_AUTO_TEST_CASE(letters_become_lower_case) {
    BOOST_TEST(canonical("SourceSystem") == "sourcesystem");
}

BOOST_AUTO_TEST_CASE(a_run_of_other_characters_becomes_one_underscore) {
    BOOST_TEST(canonical("Source System") == "source_system");
    BOOST_TEST(canonical("source -- system") == "source_system");
    BOOST_TEST(canonical("source__system") == "source_system");
    BOOST_TEST(canonical("rate (%) p.a.") == "rate_p_a");
    BOOST_TEST(canonical("a\tb\nc") == "a_b_c");
}

BOOST_AUTO_TEST_CASE(outer_underscores_and_blanks_go) {
    BOOST_TEST(canonical("  id  ") == "id");
    BOOST_TEST(canonical("__id__") == "id");
    BOOST_TEST(canonical("(id)") == "id");
}

BOOST_AUTO_TEST_CASE(an_empty_result_is_one_underscore) {
    for (const auto* key : {"", " ", "___", "%%", "\xC3\xA9"}) BOOST_TEST(canonical(key) == "_");
}

BOOST_AUTO_TEST_CASE(letters_beyond_ascii_are_other_characters) {
    BOOST_TEST(canonical("Cr\xC3\xA9"
                         "dit") == "cr_dit");
}

BOOST_AUTO_TEST_CASE(digits_stay) {
    BOOST_TEST(canonical("Tranche 2B") == "tranche_2b");
}

BOOST_AUTO_TEST_CASE(a_canonical_key_is_left_as_it_is) {
    for (const auto* key : {"a", "a_b", "a1", "_", "total_outstanding"}) {
        BOOST_TEST(canonical(key) == key);
        BOOST_TEST(!changes(key));
    }
}

BOOST_AUTO_TEST_CASE(a_changed_key_is_told) {
    for (const auto* key : {"A", " a", "a b", "a_", "", "a__b"}) BOOST_TEST(changes(key));
}

BOOST_AUTO_TEST_CASE(twice_is_once) {
    for (const auto* key : {"A b", "__x", "\xFF", "a..b"}) {
        BOOST_TEST(canonical(canonical(key)) == canonical(key));
    }
}

BOOST_AUTO_TEST_SUITE_END()
