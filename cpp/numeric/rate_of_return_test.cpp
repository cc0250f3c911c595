#include "numeric/rate_of_return.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "numeric/bracketed_root.hpp"

BOOST_AUTO_TEST_SUITE(rate_of_return_test)

using namespace seawall;
using Amounts = std::vector<double>;

namespace {

void require_close(double found, double expected) {
    BOOST_CHECK_SMALL(found - expected, 1e-12 * std::max(1.0, std::abs(expected)));
}

/// The amounts whose value is 0 at the rates: the coefficients of Π (1 + rate_i − (1 + rate)).
Amounts flows_with_roots(std::span<const double> rates) {
    Amounts flows{-1.0};
    for (const double rate : rates) {
        Amounts next(flows.size() + 1);
        for (std::size_t i = 0; i < flows.size(); ++i) {
            next[i] += flows[i];
            next[i + 1] -= flows[i] * (1.0 + rate);
        }
        flows = next;
    }
    return flows;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_rate_of_one_period_is_the_gain) {
    require_close(internal_rate_of_return(Amounts{-100.0, 107.0}).rate, 0.07);
    require_close(internal_rate_of_return(Amounts{-100.0, 40.0}).rate, -0.6);
    BOOST_TEST(internal_rate_of_return(Amounts{-100.0, 100.0}).rate == 0.0);
}

BOOST_AUTO_TEST_CASE(a_loan_bought_at_par_returns_its_coupon) {
    Amounts flows(361, 6.5);
    flows.front() = -1000.0;
    flows.back() += 1000.0;
    require_close(internal_rate_of_return(flows).rate, 0.0065);
}

BOOST_AUTO_TEST_CASE(a_borrower_pays_the_rate_that_the_lender_earns) {
    const Amounts lender{-1000.0, 300.0, 0.0, 500.0, 450.0};
    Amounts borrower = lender;
    for (double& amount : borrower) amount = -amount;
    BOOST_TEST(internal_rate_of_return(lender).rate == internal_rate_of_return(borrower).rate);
}

BOOST_AUTO_TEST_CASE(the_value_is_0_at_the_rate_of_return) {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> amount(0.0, 100.0);
    std::uniform_real_distribution<double> gap(0.0, 1.5);
    for (int trial = 0; trial < 300; ++trial) {
        Amounts years{0.0};
        Amounts amounts{-300.0};
        for (int i = 0; i < 12; ++i) {
            years.push_back(years.back() + gap(random));
            amounts.push_back(amount(random));
        }
        const DatedFlows flows{.years = years, .amounts = amounts};
        const RateOfReturn found = internal_rate_of_return(flows);
        BOOST_REQUIRE((found.status == RateStatus::found));
        BOOST_CHECK_SMALL(net_present_value(found.rate, flows), 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(of_several_rates_the_least_that_is_not_negative_is_returned) {
    require_close(internal_rate_of_return(Amounts{-100.0, 230.0, -132.0}).rate, 0.1);
    for (const Amounts& rates : {Amounts{0.2, 0.5}, Amounts{-0.4, 0.2, 0.9},
                                 Amounts{-0.5, -0.2, 0.2, 3.0}, Amounts{0.2, 0.4, 0.6, 0.8, 1.0}}) {
        const RateOfReturn found = internal_rate_of_return(flows_with_roots(rates));
        BOOST_REQUIRE((found.status == RateStatus::found));
        BOOST_CHECK_SMALL(found.rate - 0.2, 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(of_negative_rates_alone_the_one_nearest_to_0_is_returned) {
    const RateOfReturn found = internal_rate_of_return(flows_with_roots(Amounts{-0.7, -0.3, -0.1}));
    BOOST_CHECK_SMALL(found.rate + 0.1, 1e-10);
}

BOOST_AUTO_TEST_CASE(monthly_flows_have_the_yearly_rate_of_their_monthly_one) {
    const Amounts amounts{-100.0, 10.0, 20.0, 30.0, 50.0};
    const Amounts years{0.0, 1.0 / 12.0, 2.0 / 12.0, 3.0 / 12.0, 4.0 / 12.0};
    const double monthly = internal_rate_of_return(amounts).rate;
    const double yearly = internal_rate_of_return({.years = years, .amounts = amounts}).rate;
    require_close(yearly, std::pow(1.0 + monthly, 12.0) - 1.0);
}

BOOST_AUTO_TEST_CASE(flows_of_one_sign_have_no_rate) {
    for (const Amounts& amounts : {Amounts{}, Amounts{-1.0}, Amounts{1.0, 2.0}, Amounts{0.0, 0.0},
                                   Amounts{-5.0, 0.0, -1.0}}) {
        BOOST_CHECK(
            (internal_rate_of_return(amounts).status == RateStatus::needs_outflow_and_inflow));
    }
}

BOOST_AUTO_TEST_CASE(flows_of_one_day_have_no_rate) {
    const Amounts years{0.0, 0.0};
    const Amounts amounts{-1.0, 2.0};
    BOOST_CHECK((internal_rate_of_return({.years = years, .amounts = amounts}).status ==
                 RateStatus::needs_outflow_and_inflow));
}

BOOST_AUTO_TEST_CASE(a_gain_beyond_what_a_rate_can_be_is_out_of_range) {
    const Amounts years{0.0, 1.0 / 365.0};
    const Amounts amounts{-1.0, 20.0};  // 20^365 a year
    BOOST_CHECK((internal_rate_of_return({.years = years, .amounts = amounts}).status ==
                 RateStatus::out_of_range));
}

BOOST_AUTO_TEST_CASE(flows_without_a_root_are_out_of_range) {
    BOOST_CHECK(
        (internal_rate_of_return(Amounts{1.0, -1.0, 1.0}).status == RateStatus::out_of_range));
}

BOOST_AUTO_TEST_CASE(too_many_changes_of_sign_are_refused) {
    Amounts amounts;
    for (int i = 0; i <= max_sign_changes + 1; ++i) amounts.push_back(i % 2 == 0 ? -1.0 : 1.0);
    BOOST_CHECK((internal_rate_of_return(amounts).status == RateStatus::too_many_sign_changes));
}

BOOST_AUTO_TEST_CASE(values_discount_from_the_first_day_or_the_period_before) {
    const Amounts amounts{110.0, 121.0};
    const Amounts years{0.0, 1.0};
    require_close(net_present_value(0.1, amounts), 200.0);
    require_close(net_present_value(0.1, {.years = years, .amounts = amounts}), 220.0);
}

BOOST_AUTO_TEST_CASE(a_bracket_without_a_change_of_sign_has_no_root) {
    const auto square = [](double x) { return ValueAndSlope{x * x + 1.0, 2.0 * x}; };
    BOOST_TEST(!bracketed_root(square, {-1.0, 1.0, 0.0}).has_value());
    const auto nothing = [](double) { return ValueAndSlope{std::nan(""), 0.0}; };
    BOOST_TEST(!bracketed_root(nothing, {-1.0, 1.0, 0.0}).has_value());
}

BOOST_AUTO_TEST_CASE(a_root_is_found_where_newton_s_steps_would_run_away) {
    const auto arctangent = [](double x) {
        return ValueAndSlope{std::atan(x - 1.0), 1.0 / (1.0 + (x - 1.0) * (x - 1.0))};
    };
    require_close(*bracketed_root(arctangent, {-1e6, 1e6, 50.0}), 1.0);
    const auto flat = [](double x) { return ValueAndSlope{x < 0.25 ? -1.0 : 1.0, 0.0}; };
    require_close(*bracketed_root(flat, {0.0, 1.0, 0.9}), 0.25);
}

BOOST_AUTO_TEST_SUITE_END()
