#include "engines/debt/refinancing.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "engines/debt/level_payment.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(refinancing_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The terms of reference case refinance-gap.
constexpr RefinancingTerms reference_terms{.rate_pct = 8.25,
                                           .amortization_months = 360,
                                           .max_ltv = 0.65,
                                           .min_dscr = 1.25,
                                           .min_debt_yield = 0.1,
                                           .cap_rate = 0.09};

std::string place_of_refusal(const RefinancingTerms& terms) {
    try {
        check(terms);
    } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_input ? error.where() : "another code";
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_reference_loan_of_a_refinancing_gap_is_met) {
    // shared/reference/reference-credit.json, case refinance-gap (closed form).
    const double balloon = 20949302.363504418776;
    const auto capacity = refinancing_capacity(2.4e6, unknown, reference_terms);
    BOOST_CHECK_CLOSE(capacity.value, 26666666.666666666667, 1e-10);
    BOOST_CHECK_CLOSE(capacity.proceeds_ltv, 17333333.333333333333, 1e-10);
    BOOST_CHECK_CLOSE(capacity.proceeds_dscr, 21297366.226218484204, 1e-10);
    BOOST_CHECK_CLOSE(capacity.proceeds_debt_yield, 24000000.0, 1e-10);
    BOOST_CHECK_CLOSE(capacity.max_proceeds, 17333333.333333333333, 1e-10);
    BOOST_TEST((capacity.binding == RefinancingTest::ltv));
    BOOST_CHECK_CLOSE(refinancing_gap(balloon, 0.0, capacity), 3615969.0301710854425, 1e-10);
}

BOOST_AUTO_TEST_CASE(the_reference_balloon_loan_has_its_debt_constant) {
    // shared/reference/reference-credit.json, case balloon-cre (closed form).
    const double constant = debt_constant(6.05, 360);
    BOOST_CHECK_CLOSE(constant, 0.072332267339975560664, 1e-10);
    BOOST_CHECK_CLOSE(2.4e6 / (25e6 * constant), 1.3272084994761956828, 1e-10);
}

BOOST_AUTO_TEST_CASE(the_loan_of_the_dscr_test_has_that_dscr) {
    for (const std::int64_t months : {0, 1, 240, 360}) {
        const RefinancingTerms terms{
            .rate_pct = 7.0, .amortization_months = months, .min_dscr = 1.4};
        const double loan = refinancing_capacity(1e6, unknown, terms).max_proceeds;
        const double service =
            months == 0 ? loan * 0.07 : 12.0 * level_payment(loan, 0.07 / 12.0, months);
        BOOST_CHECK_CLOSE(1e6 / service, 1.4, 1e-10);
    }
}

BOOST_AUTO_TEST_CASE(a_test_on_an_unknown_figure_is_left_out) {
    RefinancingTerms terms = reference_terms;
    terms.cap_rate = unknown;
    const auto without_income = refinancing_capacity(unknown, 1e7, terms);
    BOOST_TEST((without_income.binding == RefinancingTest::ltv));
    BOOST_TEST(without_income.max_proceeds == 0.65 * 1e7);
    BOOST_TEST(std::isnan(without_income.proceeds_dscr));
    const auto without_value = refinancing_capacity(2.4e6, unknown, terms);
    BOOST_TEST((without_value.binding == RefinancingTest::dscr));
    BOOST_TEST(std::isnan(without_value.proceeds_ltv));
}

BOOST_AUTO_TEST_CASE(the_stated_value_counts_where_there_is_no_income_to_capitalise) {
    BOOST_TEST(refinancing_capacity(unknown, 5e6, reference_terms).value == 5e6);
    BOOST_TEST(refinancing_capacity(9e5, 5e6, reference_terms).value == 1e7);
}

BOOST_AUTO_TEST_CASE(without_a_test_all_is_refinanced) {
    const auto untested = refinancing_capacity(unknown, unknown, reference_terms);
    BOOST_TEST((untested.binding == RefinancingTest::none));
    BOOST_TEST(untested.max_proceeds == infinity);
    BOOST_TEST(refinancing_gap(1e6, 1e9, untested) == 0.0);
    BOOST_TEST((refinancing_capacity(1e6, 1e6, {}).binding == RefinancingTest::none));
}

BOOST_AUTO_TEST_CASE(an_income_below_0_carries_no_debt) {
    RefinancingTerms terms = reference_terms;
    terms.cap_rate = unknown;
    const auto capacity = refinancing_capacity(-1.0, 1e7, terms);
    BOOST_TEST(capacity.max_proceeds == 0.0);
    BOOST_TEST((capacity.binding == RefinancingTest::dscr));
    BOOST_TEST(refinancing_gap(70.0, 0.0, capacity) == 70.0);
}

BOOST_AUTO_TEST_CASE(debt_without_service_has_no_dscr_to_test) {
    const RefinancingTerms terms{.rate_pct = 0.0, .amortization_months = 0, .min_dscr = 1.25};
    BOOST_TEST((refinancing_capacity(1e6, unknown, terms).binding == RefinancingTest::none));
}

BOOST_AUTO_TEST_CASE(debt_ahead_takes_its_part_of_the_proceeds_first) {
    const RefinancingTerms terms{.max_ltv = 0.5};
    const auto capacity = refinancing_capacity(unknown, 200.0, terms);
    BOOST_TEST(refinancing_gap(90.0, 0.0, capacity) == 0.0);
    BOOST_TEST(refinancing_gap(90.0, 40.0, capacity) == 30.0);
    BOOST_TEST(refinancing_gap(90.0, 150.0, capacity) == 90.0);
}

BOOST_AUTO_TEST_CASE(a_stricter_test_never_lends_more) {
    const double base = refinancing_capacity(2.4e6, unknown, reference_terms).max_proceeds;
    const auto proceeds = [](double RefinancingTerms::* field, double factor) {
        RefinancingTerms terms = reference_terms;
        terms.*field *= factor;
        return refinancing_capacity(2.4e6, unknown, terms).max_proceeds;
    };
    for (const double factor : {1.01, 2.0, 5.0}) {
        BOOST_TEST(proceeds(&RefinancingTerms::rate_pct, factor) <= base);
        BOOST_TEST(proceeds(&RefinancingTerms::min_dscr, factor) <= base);
        BOOST_TEST(proceeds(&RefinancingTerms::min_debt_yield, factor) <= base);
        BOOST_TEST(proceeds(&RefinancingTerms::cap_rate, factor) <= base);
        BOOST_TEST(proceeds(&RefinancingTerms::max_ltv, 1.0 / factor) <= base);
    }
}

BOOST_AUTO_TEST_CASE(of_equal_tests_the_first_binds) {
    const RefinancingTerms terms{.max_ltv = 0.5, .min_debt_yield = 0.1};
    const auto capacity = refinancing_capacity(10.0, 200.0, terms);
    BOOST_TEST(capacity.proceeds_ltv == capacity.proceeds_debt_yield);
    BOOST_TEST((capacity.binding == RefinancingTest::ltv));
}

BOOST_AUTO_TEST_CASE(impossible_terms_are_refused_at_their_field) {
    BOOST_TEST(place_of_refusal(reference_terms) == "none");
    BOOST_TEST(place_of_refusal({}) == "none");
    BOOST_TEST(place_of_refusal({.rate_pct = -0.1}) == "rate_pct");
    BOOST_TEST(place_of_refusal({.rate_pct = infinity}) == "rate_pct");
    BOOST_TEST(place_of_refusal({.amortization_months = -1}) == "amortization_months");
    BOOST_TEST(place_of_refusal({.max_ltv = 0.0}) == "max_ltv");
    BOOST_TEST(place_of_refusal({.min_dscr = -1.0}) == "min_dscr");
    BOOST_TEST(place_of_refusal({.min_debt_yield = infinity}) == "min_debt_yield");
    BOOST_TEST(place_of_refusal({.cap_rate = 0.0}) == "cap_rate");
}

BOOST_AUTO_TEST_SUITE_END()
