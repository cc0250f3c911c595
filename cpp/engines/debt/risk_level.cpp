#include "engines/debt/risk_level.hpp"

#include <algorithm>
#include <cmath>

#include "engines/debt/covenant.hpp"

namespace seawall::debt {
namespace {

bool is_anything_known(const RiskFigures& figures) {
    return !std::isnan(figures.least_dscr) || !std::isnan(figures.greatest_ltv) ||
           !std::isnan(figures.least_headroom) || !std::isnan(figures.refinancing_gap) ||
           !std::isnan(figures.runway_months);
}

}  // namespace

std::string_view reason_text(RiskReason reason) {
    switch (reason) {
        case RiskReason::defaults:
            return "defaults within the horizon";
        case RiskReason::operating_shortfall:
            return "an operating shortfall without cash to meet it";
        case RiskReason::covenant_in_breach:
            return "a covenant in breach at the last test";
        case RiskReason::covenant_not_cured_in_time:
            return "a covenant breach that was not cured in time";
        case RiskReason::dscr_insufficient:
            return "a DSCR below 1.00";
        case RiskReason::refinancing_gap:
            return "a maturity that new debt does not repay in full";
        case RiskReason::short_runway:
            return "cash for less than 6 months";
        case RiskReason::dscr_marginal:
            return "a DSCR below 1.25";
        case RiskReason::covenant_cured:
            return "a covenant breach that was cured";
        case RiskReason::little_headroom:
            return "less than 10 % headroom under a covenant";
        case RiskReason::high_ltv:
            return "an LTV above 80 %";
    }
    return "";
}

RiskLevel level_of(RiskReason reason) {
    switch (reason) {
        case RiskReason::defaults:
        case RiskReason::operating_shortfall:
            return RiskLevel::critical;
        case RiskReason::covenant_in_breach:
        case RiskReason::covenant_not_cured_in_time:
        case RiskReason::dscr_insufficient:
        case RiskReason::refinancing_gap:
        case RiskReason::short_runway:
            return RiskLevel::high;
        case RiskReason::dscr_marginal:
        case RiskReason::covenant_cured:
        case RiskReason::little_headroom:
        case RiskReason::high_ltv:
            return RiskLevel::moderate;
    }
    return RiskLevel::not_rated;
}

RiskRating rate_risk(const RiskFigures& figures) {
    RiskRating rating;
    if (is_anything_known(figures)) rating.level = RiskLevel::low;
    const auto add = [&rating](bool holds, RiskReason reason) {
        if (!holds) return;
        rating.reasons = static_cast<std::uint16_t>(rating.reasons | static_cast<unsigned>(reason));
        rating.level = std::max(rating.level, level_of(reason));
    };
    // A comparison with NaN is false: what is not known gives no reason.
    add(figures.defaults, RiskReason::defaults);
    add(figures.has_operating_shortfall, RiskReason::operating_shortfall);
    add(figures.in_breach_at_end, RiskReason::covenant_in_breach);
    add(figures.has_uncured_breach, RiskReason::covenant_not_cured_in_time);
    add(figures.least_dscr < marginal_dscr, RiskReason::dscr_insufficient);
    add(figures.refinancing_gap > 0.0, RiskReason::refinancing_gap);
    add(figures.runway_months < short_runway_months, RiskReason::short_runway);
    add(figures.least_dscr >= marginal_dscr && figures.least_dscr < adequate_dscr,
        RiskReason::dscr_marginal);
    add(figures.has_cured_breach, RiskReason::covenant_cured);
    add(figures.least_headroom < little_headroom_below, RiskReason::little_headroom);
    add(figures.greatest_ltv > high_ltv_from, RiskReason::high_ltv);
    return rating;
}

}  // namespace seawall::debt
