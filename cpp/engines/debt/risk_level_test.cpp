#include "engines/debt/risk_level.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string_view>

BOOST_AUTO_TEST_SUITE(risk_level_test)

using namespace seawall::debt;

namespace {

/// Whether the figures give this reason and no other, and its level.
bool gives_only(const RiskFigures& figures, RiskReason reason, RiskLevel level) {
    const RiskRating rating = rate_risk(figures);
    return rating.reasons == static_cast<unsigned>(reason) && rating.level == level;
}

RiskLevel level(const RiskFigures& figures) {
    return rate_risk(figures).level;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_default_and_an_operating_shortfall_are_critical) {
    BOOST_TEST(gives_only({.defaults = true}, RiskReason::defaults, RiskLevel::critical));
    BOOST_TEST(gives_only({.has_operating_shortfall = true}, RiskReason::operating_shortfall,
                          RiskLevel::critical));
}

BOOST_AUTO_TEST_CASE(a_standing_breach_a_gap_a_dscr_below_1_and_a_short_runway_are_high) {
    const auto is_high = [](const RiskFigures& figures, RiskReason reason) {
        return gives_only(figures, reason, RiskLevel::high);
    };
    BOOST_TEST(is_high({.in_breach_at_end = true}, RiskReason::covenant_in_breach));
    BOOST_TEST(is_high({.has_uncured_breach = true}, RiskReason::covenant_not_cured_in_time));
    BOOST_TEST(is_high({.least_dscr = 0.99}, RiskReason::dscr_insufficient));
    BOOST_TEST(is_high({.refinancing_gap = 0.01}, RiskReason::refinancing_gap));
    BOOST_TEST(is_high({.runway_months = 5.0}, RiskReason::short_runway));
}

BOOST_AUTO_TEST_CASE(a_thin_cover_and_a_cured_breach_are_moderate) {
    const auto is_moderate = [](const RiskFigures& figures, RiskReason reason) {
        return gives_only(figures, reason, RiskLevel::moderate);
    };
    BOOST_TEST(is_moderate({.least_dscr = 1.0}, RiskReason::dscr_marginal));
    BOOST_TEST(is_moderate({.has_cured_breach = true}, RiskReason::covenant_cured));
    BOOST_TEST(is_moderate({.least_headroom = 0.09}, RiskReason::little_headroom));
    BOOST_TEST(is_moderate({.greatest_ltv = 0.81}, RiskReason::high_ltv));
}

BOOST_AUTO_TEST_CASE(a_figure_at_its_bound_gives_no_reason) {
    const RiskRating rating = rate_risk({.least_dscr = 1.25,
                                         .greatest_ltv = 0.80,
                                         .least_headroom = 0.10,
                                         .refinancing_gap = 0.0,
                                         .runway_months = 6.0});
    BOOST_TEST(rating.reasons == 0);
    BOOST_TEST((rating.level == RiskLevel::low));
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_not_rated) {
    BOOST_TEST((level({}) == RiskLevel::not_rated));
    BOOST_TEST((level({.least_dscr = 2.0}) == RiskLevel::low));
    BOOST_TEST((level({.greatest_ltv = 0.5}) == RiskLevel::low));
    BOOST_TEST((level({.least_headroom = 0.5}) == RiskLevel::low));
    BOOST_TEST((level({.refinancing_gap = 0.0}) == RiskLevel::low));
    BOOST_TEST((level({.runway_months = 24.0}) == RiskLevel::low));
}

BOOST_AUTO_TEST_CASE(every_reason_that_holds_is_listed_and_the_gravest_gives_the_level) {
    const RiskRating rating = rate_risk({.defaults = true, .least_dscr = 0.5, .greatest_ltv = 1.2});
    BOOST_TEST((rating.level == RiskLevel::critical));
    BOOST_TEST(rating.has(RiskReason::defaults));
    BOOST_TEST(rating.has(RiskReason::dscr_insufficient));
    BOOST_TEST(rating.has(RiskReason::high_ltv));
    BOOST_TEST(!rating.has(RiskReason::dscr_marginal));
}

BOOST_AUTO_TEST_CASE(each_reason_has_a_text_and_a_level_of_its_own) {
    std::set<std::string_view> texts;
    for (const RiskReason reason : all_risk_reasons) {
        texts.insert(reason_text(reason));
        BOOST_TEST((level_of(reason) >= RiskLevel::moderate));
    }
    BOOST_TEST(texts.size() == all_risk_reasons.size());
    BOOST_TEST(!texts.contains(""));
}

BOOST_AUTO_TEST_SUITE_END()
