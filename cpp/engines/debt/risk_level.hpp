#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace seawall::debt {

/// From the mildest to the gravest, so that of several levels the greatest holds.
enum class RiskLevel : std::uint8_t { not_rated, low, moderate, high, critical };

constexpr std::string_view level_name(RiskLevel level) {
    switch (level) {
        case RiskLevel::not_rated:
            return "not_rated";
        case RiskLevel::low:
            return "low";
        case RiskLevel::moderate:
            return "moderate";
        case RiskLevel::high:
            return "high";
        case RiskLevel::critical:
            return "critical";
    }
    return "not_rated";
}

/// Bits of RiskRating::reasons, the gravest first.
enum class RiskReason : std::uint16_t {
    defaults = 1U << 0U,
    operating_shortfall = 1U << 1U,
    covenant_in_breach = 1U << 2U,
    covenant_not_cured_in_time = 1U << 3U,
    dscr_insufficient = 1U << 4U,
    refinancing_gap = 1U << 5U,
    short_runway = 1U << 6U,
    dscr_marginal = 1U << 7U,
    covenant_cured = 1U << 8U,
    little_headroom = 1U << 9U,
    high_ltv = 1U << 10U,
};

inline constexpr std::array all_risk_reasons{
    RiskReason::defaults,           RiskReason::operating_shortfall,
    RiskReason::covenant_in_breach, RiskReason::covenant_not_cured_in_time,
    RiskReason::dscr_insufficient,  RiskReason::refinancing_gap,
    RiskReason::short_runway,       RiskReason::dscr_marginal,
    RiskReason::covenant_cured,     RiskReason::little_headroom,
    RiskReason::high_ltv,
};

/// A sentence for a reader of the report.
std::string_view reason_text(RiskReason reason);
/// The level that this reason alone gives.
RiskLevel level_of(RiskReason reason);

/// The figures of one record, or of an obligor, under one case over the whole horizon. NaN, at this
/// inner interface only: not known or not tested.
struct RiskFigures {
    bool defaults = false;
    bool has_operating_shortfall = false;  ///< in some step, after all cash was used
    bool in_breach_at_end = false;         ///< of any covenant, as the next two
    bool has_uncured_breach = false;       ///< one that ended, but not within the months to cure it
    bool has_cured_breach = false;
    double least_dscr = std::numeric_limits<double>::quiet_NaN();
    double greatest_ltv = std::numeric_limits<double>::quiet_NaN();
    double least_headroom = std::numeric_limits<double>::quiet_NaN();   ///< fraction of its limit
    double refinancing_gap = std::numeric_limits<double>::quiet_NaN();  ///< of what falls due
    double runway_months = std::numeric_limits<double>::quiet_NaN();    ///< horizon: cash lasts
};

inline constexpr double high_ltv_from = 0.80;
inline constexpr double little_headroom_below = 0.10;
inline constexpr double short_runway_months = 6.0;

struct RiskRating {
    RiskLevel level = RiskLevel::not_rated;
    std::uint16_t reasons = 0;  ///< bits of RiskReason, each that holds

    bool has(RiskReason reason) const { return (reasons & static_cast<unsigned>(reason)) != 0; }
};

/// The level of the gravest reason that holds; without any: low where a figure is known, else
/// not_rated.
RiskRating rate_risk(const RiskFigures& figures);

}  // namespace seawall::debt
