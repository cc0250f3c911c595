#pragma once

#include <chrono>

namespace seawall::debt {

/// How a bond counts the days of a coupon period. Spreadsheets number them 0 to 4 in this order,
/// but give 0 a rule for the end of February.
enum class BondBasis {
    thirty_360_us,
    actual_actual_icma,
    actual_360,
    actual_365_fixed,
    thirty_e_360,
};

/// Equal coupons on days that go back from the maturity in steps of 12 / frequency months, from a
/// month's last day to months' last days.
struct FixedCouponBond {
    std::chrono::sys_days maturity;
    double coupon = 0.0;  ///< a year, as a fraction of the nominal, >= 0
    int frequency = 2;    ///< coupons a year: 1, 2, 3, 4, 6 or 12
    BondBasis basis = BondBasis::thirty_360_us;
    double redemption = 100.0;  ///< per 100 nominal, > 0
};

/// Prices are per 100 nominal. Durations are in years and rest on compound discounting of every
/// flow by a yield that is compounded `frequency` times a year.
struct BondFigures {
    double clean_price = 0.0;
    double accrued = 0.0;
    double macaulay_duration_years = 0.0;
    double modified_duration_years = 0.0;  ///< Macaulay / (1 + yield / frequency)
    double convexity_years2 = 0.0;         ///< P'' / P
};

/// The figures of spreadsheets' PRICE, DURATION and MDURATION: coupon k after the settlement is
/// discounted over k + days to the next coupon / days of the period, and the price in the last
/// period is simple interest. Throws Error(invalid_input) on a settlement not before the maturity,
/// a yield of -frequency or below, and terms outside the ranges above.
BondFigures bond_figures(const FixedCouponBond& bond, std::chrono::sys_days settlement,
                         double yield);

/// The yield of a clean price, of the same compounding. Throws as bond_figures, where
/// the basis counts no day to the maturity, and at "clean_price" where it and the accrued interest
/// are not above 0 or no yield up to 1,000,000 gives it.
double bond_yield(const FixedCouponBond& bond, std::chrono::sys_days settlement,
                  double clean_price);

}  // namespace seawall::debt
