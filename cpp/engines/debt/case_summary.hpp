#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "engines/debt/path_tables.hpp"

namespace seawall::debt {

/// One covenant over a book.
struct CovenantSummary {
    std::int64_t limited_count = 0;   ///< records with a limit
    std::int64_t tested_count = 0;    ///< of these, those whose ratio was ever known
    std::int64_t breach_count = 0;    ///< ever in breach
    double breach_outstanding = 0.0;  ///< what those owe on the first day
    std::int64_t cured_count = 0;
    std::int64_t standing_count = 0;  ///< in breach at the end
    std::int32_t first_breach_step = 0;
    double worst_headroom = 0.0;  ///< NaN: never tested
    /// Records by the step of their first breach, and what they owe on the first day;
    /// (month_count,).
    std::vector<std::int64_t> first_breach_counts;
    std::vector<double> first_breach_outstanding;
};

std::array<CovenantSummary, covenant_count> summarise_covenants(const CaseView& view);

/// Obligors by risk level, and how many each reason holds for.
struct RiskSummary {
    std::array<std::int64_t, 5> levels{};  ///< by RiskLevel
    std::array<double, 5> outstanding{};   ///< of the first day, likewise
    std::array<std::int64_t, all_risk_reasons.size()> reasons{};
};

RiskSummary summarise_risk(const CaseView& view);

/// Obligors whose capacity is known by their months of runway, (month_count + 1,); the last are
/// those that do not run dry.
std::vector<std::int64_t> count_runways(const CaseView& view);

/// What the groups of one kind, those with a defaulted obligor or the others, leave to whom.
struct WaterfallSummary {
    std::int64_t group_count = 0;
    std::int64_t unknown_group_count = 0;  ///< that do not settle, or have no value; in no figure
    // Amounts in minor units.
    std::int64_t value = 0, claims = 0, paid_to_creditors = 0;
    std::int64_t administration_cost = 0, sale_cost = 0, priming_paid = 0;
    std::int64_t equity = 0;
    std::int64_t present_value = 0, cost_of_carry = 0;  ///< of what claims are paid
    std::array<std::int64_t, seniority_count> tier_claims{}, tier_paid{}, tier_from_collateral{};
    std::array<std::int64_t, 7> fulcrum{};  ///< groups by WaterfallTier
    std::array<std::int64_t, 4> better{};   ///< groups by BetterForCreditors
};

enum class WaterfallBasis : std::uint8_t { liquidation, going_concern };

WaterfallSummary summarise_waterfall(const CaseView& view, WaterfallBasis basis, bool defaulted);

}  // namespace seawall::debt
