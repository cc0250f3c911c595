#include "engines/debt/case_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

/// What each record owes on the first day, in path order.
std::vector<double> record_balances(const PathBook& book) {
    std::vector<double> balances(book.order.record_count());
    for (std::size_t p = 0; p < book.order.position_count(); ++p) {
        balances[book.order.record_of_position[p]] += book.terms.balance[p];
    }
    return balances;
}

/// The sum of those values whose index is chosen.
template <class Chosen>
double sum_where(std::span<const double> values, const Chosen& chosen) {
    return ordered_sum(values.size(), [&](std::size_t i) { return chosen(i) ? values[i] : 0.0; });
}

CovenantSummary summarise_covenant(const CaseView& view, std::size_t covenant,
                                   std::span<const double> balances) {
    const CovenantPaths& paths = view.paths.covenants;
    const std::size_t records = balances.size();
    const std::size_t months = view.path_book.horizon.month_count();
    CovenantSummary summary;
    summary.worst_headroom = std::numeric_limits<double>::quiet_NaN();
    summary.first_breach_counts.resize(months);
    const auto first_breach = [&](std::size_t r) {
        return paths.first_breach_step[covenant * records + r];
    };
    for (std::size_t r = 0; r < records; ++r) {
        const std::size_t cell = covenant * records + r;
        if (std::isnan(view.limits[cell])) continue;
        ++summary.limited_count;
        const double headroom = paths.worst_headroom[cell];
        summary.tested_count += std::isnan(headroom) ? 0 : 1;
        if (!std::isnan(headroom) && !(summary.worst_headroom <= headroom)) {
            summary.worst_headroom = headroom;
        }
        const std::int32_t step = first_breach(r);
        if (step == 0) continue;
        ++summary.breach_count;
        ++summary.first_breach_counts[static_cast<std::size_t>(step) - 1];
        summary.cured_count += paths.cured[cell];
        summary.standing_count += paths.in_breach_at_end[cell];
        const bool is_first = summary.first_breach_step == 0 || step < summary.first_breach_step;
        if (is_first) summary.first_breach_step = step;
    }
    summary.breach_outstanding =
        sum_where(balances, [&](std::size_t r) { return first_breach(r) != 0; });
    for (std::size_t m = 1; m <= months; ++m) {
        summary.first_breach_outstanding.push_back(sum_where(balances, [&](std::size_t r) {
            return first_breach(r) == static_cast<std::int32_t>(m);
        }));
    }
    return summary;
}

}  // namespace

std::array<CovenantSummary, covenant_count> summarise_covenants(const CaseView& view) {
    const std::vector<double> balances = record_balances(view.path_book);
    std::array<CovenantSummary, covenant_count> summaries;
    for (std::size_t c = 0; c < covenant_count; ++c) {
        summaries[c] = summarise_covenant(view, c, balances);
    }
    return summaries;
}

RiskSummary summarise_risk(const CaseView& view) {
    const std::vector<RiskRating> ratings =
        rate_obligors(view.path_book, {view.ratings.begin(), view.ratings.end()});
    std::vector<double> balances(ratings.size());
    const std::vector<double> of_records = record_balances(view.path_book);
    for (std::size_t r = 0; r < of_records.size(); ++r) {
        balances[view.path_book.order.obligor_of_record[r]] += of_records[r];
    }
    RiskSummary summary;
    for (const RiskRating& rating : ratings) {
        ++summary.levels[static_cast<std::size_t>(rating.level)];
        for (std::size_t k = 0; k < all_risk_reasons.size(); ++k) {
            summary.reasons[k] += rating.has(all_risk_reasons[k]) ? 1 : 0;
        }
    }
    for (std::size_t level = 0; level < summary.outstanding.size(); ++level) {
        summary.outstanding[level] = sum_where(balances, [&](std::size_t o) {
            return static_cast<std::size_t>(ratings[o].level) == level;
        });
    }
    return summary;
}

std::vector<std::int64_t> count_runways(const CaseView& view) {
    const std::size_t months = view.path_book.horizon.month_count();
    std::vector<std::int64_t> counts(months + 1);
    const ObligorPaths& paths = view.paths.obligors;
    for (std::size_t o = 0; o < paths.runway_months.size(); ++o) {
        if (paths.capacity_known[o] == 0) continue;
        const std::int32_t runway = paths.runway_months[o];
        ++counts[runway < 0 ? months : static_cast<std::size_t>(runway)];
    }
    return counts;
}

WaterfallSummary summarise_waterfall(const CaseView& view, WaterfallBasis basis, bool defaulted) {
    const PathOrder& order = view.path_book.order;
    const bool is_liquidation = basis == WaterfallBasis::liquidation;
    const CaseSettlement& settlement =
        is_liquidation ? view.recovery.liquidation : view.recovery.going_concern;
    WaterfallSummary summary;
    for (std::size_t g = 0; g < order.group_count() && !settlement.value_minor.empty(); ++g) {
        const std::uint32_t begin = order.group_offsets[g];
        const std::uint32_t end = order.group_offsets[g + 1];
        const auto steps = std::span(view.paths.obligors.default_step).subspan(begin, end - begin);
        const bool has_default = std::ranges::any_of(steps, [](auto step) { return step != 0; });
        if (has_default != defaulted) continue;
        if (view.recovery_book.group_settles[g] == 0 || settlement.is_known[g] == 0) {
            ++summary.unknown_group_count;
            continue;
        }
        ++summary.group_count;
        summary.value += settlement.value_minor[g];
        summary.paid_to_creditors += settlement.paid_to_creditors_minor[g];
        summary.sale_cost += settlement.sale_cost_minor[g];
        ++summary.fulcrum[static_cast<std::size_t>(settlement.fulcrum[g])];
        if (!view.recovery.better.empty()) {
            ++summary.better[static_cast<std::size_t>(view.recovery.better[g])];
        }
        for (std::uint32_t o = begin; o < end; ++o) {
            summary.administration_cost +=
                CaseSettlement::any_minor(settlement.administration_paid_minor, o);
            summary.priming_paid += CaseSettlement::any_minor(settlement.priming_paid_minor, o);
            summary.equity += settlement.equity_minor[o];
        }
        const std::uint32_t first = order.position_offsets[order.record_offsets[begin]];
        const std::uint32_t last = order.position_offsets[order.record_offsets[end]];
        for (std::uint32_t p = first; p < last; ++p) {
            const auto tier = static_cast<std::size_t>(view.path_book.terms.seniority[p]);
            const std::int64_t paid = settlement.paid_minor(p);
            summary.claims += view.recovery.claim_minor[p];
            summary.tier_claims[tier] += view.recovery.claim_minor[p];
            summary.tier_paid[tier] += paid;
            summary.tier_from_collateral[tier] += settlement.from_collateral_minor[p];
            if (!is_liquidation) continue;
            const std::int64_t cost_of_carry = view.recovery.cost_of_carry_minor[p];
            summary.present_value += paid - cost_of_carry;
            summary.cost_of_carry += cost_of_carry;
        }
    }
    return summary;
}

}  // namespace seawall::debt
