#include "engines/debt/case_ratings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace seawall::debt {
namespace {

/// The lesser of two figures, of which either may be unknown.
double lesser(double a, double b) {
    if (std::isnan(a)) return b;
    return b < a ? b : a;
}

void add_covenants(const CovenantPaths& covenants, std::size_t record, std::size_t record_count,
                   RiskFigures& figures) {
    for (std::size_t c = 0; c < covenant_count; ++c) {
        const std::size_t cell = c * record_count + record;
        const bool in_breach = covenants.in_breach_at_end[cell] != 0;
        const bool has_breached = covenants.first_breach_step[cell] != 0;
        const bool is_cured = covenants.cured[cell] != 0;
        figures.in_breach_at_end = figures.in_breach_at_end || in_breach;
        figures.has_cured_breach = figures.has_cured_breach || (has_breached && is_cured);
        figures.has_uncured_breach =
            figures.has_uncured_breach || (has_breached && !is_cured && !in_breach);
        figures.least_headroom = lesser(figures.least_headroom, covenants.worst_headroom[cell]);
    }
    const auto worst = [&](Covenant covenant) {
        return covenants.worst_ratio[static_cast<std::size_t>(covenant) * record_count + record];
    };
    figures.least_dscr = worst(Covenant::dscr);
    figures.greatest_ltv = worst(Covenant::ltv);
}

}  // namespace

std::vector<RiskRating> rate_records(const PathBook& book, const CasePaths& paths,
                                     std::span<const WallEntry> wall) {
    const std::size_t count = book.order.record_count();
    std::vector<RiskRating> ratings;
    ratings.reserve(count);
    auto entry = wall.begin();
    for (std::size_t r = 0; r < count; ++r) {
        double gap = std::numeric_limits<double>::quiet_NaN();
        for (; entry != wall.end() && entry->record == r; ++entry) {
            if (!entry->is_in_horizon || entry->binding == RefinancingTest::none) continue;
            gap = std::isnan(gap) ? entry->gap : gap + entry->gap;
        }
        const std::uint32_t o = book.order.obligor_of_record[r];
        RiskFigures figures{.defaults = paths.obligors.default_step[o] != 0,
                            .has_operating_shortfall = paths.obligors.operating_shortfall[o] > 0.0,
                            .refinancing_gap = gap};
        add_covenants(paths.covenants, r, count, figures);
        if (paths.obligors.capacity_known[o] != 0) {
            const std::int32_t runway = paths.obligors.runway_months[o];
            figures.runway_months =
                runway < 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(runway);
        }
        ratings.push_back(rate_risk(figures));
    }
    return ratings;
}

std::vector<RiskRating> rate_obligors(const PathBook& book,
                                      const std::vector<RiskRating>& of_records) {
    std::vector<RiskRating> ratings(book.order.obligor_count());
    for (std::size_t r = 0; r < of_records.size(); ++r) {
        RiskRating& rating = ratings[book.order.obligor_of_record[r]];
        rating.level = std::max(rating.level, of_records[r].level);
        rating.reasons = static_cast<std::uint16_t>(rating.reasons | of_records[r].reasons);
    }
    return ratings;
}

}  // namespace seawall::debt
