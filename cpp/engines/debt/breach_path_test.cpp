#include "engines/debt/breach_path.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <random>
#include <string_view>

BOOST_AUTO_TEST_SUITE(breach_path_test)

using namespace seawall::debt;

namespace {

/// A path as text: "." complies, "x" is in breach, " " is not tested.
TestedPath path_of(std::string_view text) {
    TestedPath path;
    for (std::size_t m = 0; m < text.size(); ++m) {
        const std::uint64_t bit = std::uint64_t{1} << m;
        if (text[m] != ' ') path.tested |= bit;
        if (text[m] == 'x') path.breached |= bit;
    }
    return path;
}

BreachFindings findings(std::string_view text, std::int32_t cure_months) {
    return breach_findings(path_of(text), cure_months);
}

/// Step by step, without bits.
BreachFindings walked(const TestedPath& path, int cure_months) {
    BreachFindings result;
    int begun = 0;
    bool all_in_time = true;
    for (int step = 1; step <= 64; ++step) {
        const auto place = static_cast<unsigned>(step - 1);
        if ((path.tested >> place) % 2 == 0) continue;
        if ((path.breached >> place) % 2 == 1) {
            if (result.first_breach_step == 0) result.first_breach_step = step;
            if (begun == 0) begun = step;
            ++result.breach_steps;
        } else if (begun != 0) {
            all_in_time = all_in_time && step - begun <= cure_months;
            begun = 0;
        }
    }
    result.in_breach_at_end = begun != 0;
    result.cured = result.first_breach_step != 0 && begun == 0 && all_in_time;
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_breach_counts_steps_from_1) {
    BOOST_TEST(findings("x..", 3).first_breach_step == 1);
    BOOST_TEST(findings("..x.x", 3).first_breach_step == 3);
    BOOST_TEST(findings("...", 3).first_breach_step == 0);
    BOOST_TEST(findings("..x.x", 3).breach_steps == 2);
}

BOOST_AUTO_TEST_CASE(a_breach_is_cured_that_ends_in_time) {
    BOOST_TEST(findings(".xx..", 2).cured);
    BOOST_TEST(!findings(".xx..", 1).cured);
    BOOST_TEST(!findings("....", 2).cured);
}

BOOST_AUTO_TEST_CASE(one_late_cure_is_none) {
    BOOST_TEST(findings(".x..xx.", 2).cured);
    BOOST_TEST(!findings(".x..xxx.", 2).cured);
    BOOST_TEST(!findings("xxx..x.", 2).cured);
}

BOOST_AUTO_TEST_CASE(a_breach_at_the_end_is_not_cured) {
    BOOST_TEST(findings("...x", 12).in_breach_at_end);
    BOOST_TEST(!findings("...x", 12).cured);
    BOOST_TEST(!findings("..x.", 12).in_breach_at_end);
}

BOOST_AUTO_TEST_CASE(steps_without_a_test_neither_end_a_breach_nor_shorten_it) {
    BOOST_TEST(findings(".x   ", 12).in_breach_at_end);
    BOOST_TEST(findings(".x .", 2).cured);
    BOOST_TEST(!findings(".x .", 1).cured);
    BOOST_TEST(findings("    ", 1).breach_steps == 0);
}

BOOST_AUTO_TEST_CASE(the_bits_say_what_a_walk_over_the_steps_says) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 20'000; ++round) {
        const std::uint64_t tested = round % 3 == 0 ? ~std::uint64_t{0} : random() | random();
        const TestedPath path{.tested = tested, .breached = tested & random() & random()};
        const auto cure_months = static_cast<std::int32_t>(random() % 6);
        const BreachFindings bits = breach_findings(path, cure_months);
        const BreachFindings steps = walked(path, cure_months);
        BOOST_REQUIRE(bits.first_breach_step == steps.first_breach_step);
        BOOST_REQUIRE(bits.breach_steps == steps.breach_steps);
        BOOST_REQUIRE(bits.in_breach_at_end == steps.in_breach_at_end);
        BOOST_REQUIRE(bits.cured == steps.cured);
    }
}

BOOST_AUTO_TEST_SUITE_END()
