#include "engines/debt/bond.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(bond_test)

using namespace seawall;
using namespace seawall::debt;
using std::chrono::sys_days;

namespace {

sys_days day(int year, unsigned month, unsigned number) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{number};
}

constexpr BondBasis all_bases[] = {BondBasis::thirty_360_us, BondBasis::actual_actual_icma,
                                   BondBasis::actual_360, BondBasis::actual_365_fixed,
                                   BondBasis::thirty_e_360};

FixedCouponBond five_years() {
    return {.maturity = day(2030, 3, 31), .coupon = 0.06};
}

std::string refused_place(const FixedCouponBond& bond, sys_days settlement, double yield) {
    try {
        bond_figures(bond, settlement, yield);
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_price_example_of_spreadsheets_has_its_published_figure) {
    // Microsoft's documentation of PRICE: 94.63436162.
    const FixedCouponBond bond{.maturity = day(2017, 11, 15), .coupon = 0.0575};
    const BondFigures figures = bond_figures(bond, day(2008, 2, 15), 0.065);
    BOOST_CHECK_SMALL(figures.clean_price - 94.63436162132210, 1e-11);
    BOOST_TEST(figures.accrued == 1.4375);
}

BOOST_AUTO_TEST_CASE(the_yield_example_of_spreadsheets_has_its_published_figure) {
    // Microsoft's documentation of YIELD: 6.50 % (0.065000007).
    const FixedCouponBond bond{.maturity = day(2016, 11, 15), .coupon = 0.0575};
    BOOST_CHECK_SMALL(bond_yield(bond, day(2008, 2, 15), 95.04287) - 0.065000007, 5e-9);
}

BOOST_AUTO_TEST_CASE(on_a_coupon_day_a_bond_that_yields_its_coupon_is_at_par) {
    for (const int frequency : {1, 2, 3, 4, 6, 12}) {
        FixedCouponBond bond = five_years();
        bond.frequency = frequency;
        bond.basis = BondBasis::actual_actual_icma;
        const BondFigures figures = bond_figures(bond, day(2026, 3, 31), 0.06);
        BOOST_CHECK_SMALL(figures.clean_price - 100.0, 1e-11);
        BOOST_TEST(figures.accrued == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(the_duration_of_a_zero_is_its_time) {
    FixedCouponBond zero = five_years();
    zero.coupon = 0.0;
    zero.frequency = 1;
    zero.basis = BondBasis::actual_actual_icma;
    const BondFigures figures = bond_figures(zero, day(2026, 3, 31), 0.05);
    BOOST_CHECK_SMALL(figures.macaulay_duration_years - 4.0, 1e-13);
    BOOST_CHECK_SMALL(figures.convexity_years2 - 4.0 * 5.0 / (1.05 * 1.05), 1e-12);
}

BOOST_AUTO_TEST_CASE(a_long_zero_has_a_yield) {
    FixedCouponBond zero = five_years();
    zero.coupon = 0.0;
    zero.frequency = 12;
    const double price = bond_figures(zero, day(1980, 3, 31), 0.05).clean_price;
    BOOST_CHECK_SMALL(bond_yield(zero, day(1980, 3, 31), price) - 0.05, 1e-12);
}

BOOST_AUTO_TEST_CASE(durations_and_convexity_are_the_derivatives_of_the_price) {
    const sys_days settlement = day(2025, 8, 13);
    const auto dirty = [&](double yield) {
        const BondFigures at = bond_figures(five_years(), settlement, yield);
        return at.clean_price + at.accrued;
    };
    constexpr double h = 1e-4;
    const BondFigures figures = bond_figures(five_years(), settlement, 0.07);
    const double price = dirty(0.07);
    const double slope = (dirty(0.07 + h) - dirty(0.07 - h)) / (2.0 * h);
    const double curvature = (dirty(0.07 + h) - 2.0 * price + dirty(0.07 - h)) / (h * h);
    BOOST_CHECK_SMALL(figures.modified_duration_years + slope / price, 1e-6);
    BOOST_CHECK_SMALL(figures.convexity_years2 - curvature / price, 1e-4);
}

BOOST_AUTO_TEST_CASE(a_yield_gives_the_price_that_gives_the_yield) {
    for (const BondBasis basis : all_bases) {
        for (const double yield : {-0.3, -0.01, 0.0, 0.04, 0.4, 9.0}) {
            for (const sys_days settlement :
                 {day(2020, 5, 31), day(2024, 2, 29), day(2029, 10, 31), day(2030, 3, 29)}) {
                FixedCouponBond bond = five_years();
                bond.basis = basis;
                const double price = bond_figures(bond, settlement, yield).clean_price;
                BOOST_CHECK_SMALL(bond_yield(bond, settlement, price) - yield,
                                  1e-9 * std::max(1.0, yield));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_last_period_is_simple_interest) {
    const BondFigures figures = bond_figures(five_years(), day(2029, 12, 31), 0.08);
    BOOST_CHECK_SMALL(figures.clean_price - (103.0 / (1.0 + 0.5 * 0.04) - 1.5), 1e-12);
}

BOOST_AUTO_TEST_CASE(coupons_of_a_month_end_fall_on_month_ends) {
    FixedCouponBond bond = five_years();
    bond.maturity = day(2030, 2, 28);
    bond.basis = BondBasis::actual_actual_icma;
    BOOST_TEST(bond_figures(bond, day(2029, 8, 31), 0.05).accrued == 0.0);
    BOOST_CHECK_SMALL(bond_figures(bond, day(2029, 9, 1), 0.05).accrued - 3.0 / 181.0, 1e-14);
}

BOOST_AUTO_TEST_CASE(terms_that_are_no_bond_are_refused_at_their_place) {
    const sys_days settlement = day(2026, 1, 1);
    FixedCouponBond bond = five_years();
    BOOST_TEST(refused_place(bond, bond.maturity, 0.05) == "settlement");
    BOOST_TEST(refused_place(bond, settlement, -2.0) == "yield");
    BOOST_TEST(refused_place(bond, settlement, std::nan("")) == "yield");
    bond.frequency = 5;
    BOOST_TEST(refused_place(bond, settlement, 0.05) == "frequency");
    bond = five_years();
    bond.coupon = -0.01;
    BOOST_TEST(refused_place(bond, settlement, 0.05) == "coupon");
    bond = five_years();
    bond.redemption = 0.0;
    BOOST_TEST(refused_place(bond, settlement, 0.05) == "redemption");
}

BOOST_AUTO_TEST_CASE(a_bond_without_a_day_left_has_no_yield) {
    BOOST_CHECK_EXCEPTION(  // 30 March to 31 March is no day of 30/360
        bond_yield(five_years(), day(2030, 3, 30), 100.0), Error,
        [](const Error& error) { return error.where() == "settlement"; });
}

BOOST_AUTO_TEST_CASE(a_price_that_no_yield_gives_is_refused) {
    for (const double price : {-10.0, 0.0, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(bond_yield(five_years(), day(2026, 3, 31), price), Error,
                              [](const Error& error) { return error.where() == "clean_price"; });
    }
}

BOOST_AUTO_TEST_SUITE_END()
