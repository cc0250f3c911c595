#include "engines/debt/bond.hpp"

#include <cmath>
#include <optional>

#include "calendar/day_count.hpp"
#include "calendar/month_steps.hpp"
#include "errors/error.hpp"
#include "numeric/bracketed_root.hpp"
#include "numeric/power.hpp"

namespace seawall::debt {
namespace {

using calendar::DayCount;
using std::chrono::sys_days;

constexpr double largest_yield = 1e6;

void require(bool is_met, const char* place, const char* message) {
    if (!is_met) throw Error(ErrorCode::invalid_input, place, message);
}

void check(const FixedCouponBond& bond, sys_days settlement) {
    require(bond.frequency >= 1 && bond.frequency <= 12 && 12 % bond.frequency == 0, "frequency",
            "must be 1, 2, 3, 4, 6 or 12");
    require(bond.coupon >= 0.0 && std::isfinite(bond.coupon), "coupon", "must be 0 or more");
    require(bond.redemption > 0.0 && std::isfinite(bond.redemption), "redemption",
            "must be above 0");
    require(settlement < bond.maturity, "settlement", "must be before the maturity");
}

/// Where a settlement lies among a bond's coupons.
struct CouponPosition {
    int coupon_count = 0;             ///< after the settlement
    double accrued_fraction = 0.0;    ///< of a coupon
    double fraction_to_coupon = 0.0;  ///< of a period, to the next coupon
};

double days_in_period(const FixedCouponBond& bond, const calendar::CouponPeriod& period) {
    switch (bond.basis) {
        case BondBasis::actual_actual_icma:
            return static_cast<double>((period.end - period.start).count());
        case BondBasis::actual_365_fixed:
            return 365.0 / bond.frequency;
        case BondBasis::thirty_360_us:
        case BondBasis::actual_360:
        case BondBasis::thirty_e_360:
            break;
    }
    return 360.0 / bond.frequency;
}

CouponPosition coupon_position(const FixedCouponBond& bond, sys_days settlement) {
    calendar::CouponPeriod period{bond.maturity, bond.maturity, bond.frequency};
    int coupon_count = 0;
    while (period.start > settlement) {  // at most 12 a year
        period.end = period.start;
        period.start = calendar::add_months_from_month_end(bond.maturity,
                                                           -++coupon_count * (12 / bond.frequency));
    }
    const double whole = days_in_period(bond, period);
    CouponPosition position{.coupon_count = coupon_count};
    if (bond.basis == BondBasis::thirty_360_us || bond.basis == BondBasis::thirty_e_360) {
        const DayCount day_count = bond.basis == BondBasis::thirty_360_us ? DayCount::thirty_360_us
                                                                          : DayCount::thirty_e_360;
        position.accrued_fraction =
            calendar::day_difference(day_count, period.start, settlement) / whole;
        position.fraction_to_coupon = 1.0 - position.accrued_fraction;
    } else {
        position.accrued_fraction =
            static_cast<double>((settlement - period.start).count()) / whole;
        position.fraction_to_coupon =
            static_cast<double>((period.end - settlement).count()) / whole;
    }
    return position;
}

/// Present value of the flows and its first two derivatives by the yield of one coupon period.
struct PresentValue {
    double value = 0.0, slope = 0.0, curvature = 0.0;
};

PresentValue compound_value(const FixedCouponBond& bond, const CouponPosition& position,
                            double yield) {
    const double growth = 1.0 + yield / bond.frequency;
    const double coupon = 100.0 * bond.coupon / bond.frequency;
    double discount = PowersOf(growth)(-position.fraction_to_coupon);
    PresentValue sum;
    for (int k = 0; k < position.coupon_count; ++k) {
        const double flow = coupon + (k + 1 == position.coupon_count ? bond.redemption : 0.0);
        if (flow > 0.0) {  // of a zero, no 0 times an infinite discount factor
            const double periods = k + position.fraction_to_coupon;
            sum.value += flow * discount;
            sum.slope -= periods * flow * discount;
            sum.curvature += periods * (periods + 1.0) * flow * discount;
        }
        discount /= growth;
    }
    sum.slope /= growth;
    sum.curvature /= growth * growth;
    return sum;
}

/// The price with accrued interest, and its derivative by the yield a year.
ValueAndSlope dirty_price(const FixedCouponBond& bond, const CouponPosition& position,
                          double yield) {
    if (position.coupon_count > 1) {
        const PresentValue sum = compound_value(bond, position, yield);
        return {.value = sum.value, .slope = sum.slope / bond.frequency};
    }
    const double years = position.fraction_to_coupon / bond.frequency;
    const double growth = 1.0 + years * yield;
    const double value = (bond.redemption + 100.0 * bond.coupon / bond.frequency) / growth;
    return {.value = value, .slope = -value * years / growth};
}

double accrued_interest(const FixedCouponBond& bond, const CouponPosition& position) {
    return 100.0 * bond.coupon / bond.frequency * position.accrued_fraction;
}

}  // namespace

BondFigures bond_figures(const FixedCouponBond& bond, sys_days settlement, double yield) {
    check(bond, settlement);
    require(yield > -bond.frequency && yield <= largest_yield, "yield",
            "must be above -frequency, and at most 1,000,000");
    const CouponPosition position = coupon_position(bond, settlement);
    const PresentValue sum = compound_value(bond, position, yield);
    const double growth = 1.0 + yield / bond.frequency;
    const double modified = -sum.slope / sum.value / bond.frequency;
    const double accrued = accrued_interest(bond, position);
    return {.clean_price = dirty_price(bond, position, yield).value - accrued,
            .accrued = accrued,
            .macaulay_duration_years = modified * growth,
            .modified_duration_years = modified,
            .convexity_years2 = sum.curvature / sum.value / (bond.frequency * bond.frequency)};
}

double bond_yield(const FixedCouponBond& bond, sys_days settlement, double clean_price) {
    check(bond, settlement);
    const CouponPosition position = coupon_position(bond, settlement);
    require(position.coupon_count > 1 || position.fraction_to_coupon > 0.0, "settlement",
            "is no day before the maturity as the basis counts, so that no yield has a price");
    const double price = clean_price + accrued_interest(bond, position);
    require(price > 0.0 && std::isfinite(price), "clean_price",
            "must be above 0 with the accrued interest");
    const std::optional<double> yield = bracketed_root(
        [&](double y) {
            const ValueAndSlope at = dirty_price(bond, position, y);
            return ValueAndSlope{.value = at.value - price, .slope = at.slope};
        },
        {.low = -bond.frequency * (1.0 - 1e-9), .high = largest_yield, .start = bond.coupon});
    if (yield) return *yield;
    throw Error(ErrorCode::invalid_input, "clean_price",
                "no yield up to 1,000,000 gives this price");
}

}  // namespace seawall::debt
