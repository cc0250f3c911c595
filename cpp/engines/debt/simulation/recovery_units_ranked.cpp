#include "engines/debt/simulation/recovery_units_ranked.hpp"

#include <tuple>

namespace seawall::debt {

RankedUnits::RankedUnits(const JointUnits& units, const LiquidationTerms& terms,
                         const ClaimQuarters* quarters)
    : units_(&units),
      quarters_(quarters),
      net_of_sale_(MinorFraction::left_after(terms.haircut, terms.sale_cost)),
      administration_cost_(MinorFraction::of(terms.administration_cost)),
      is_ranked_(units.unit_count()),
      unit_offsets_{0},
      pool_ends_(units.pool.size()) {
    for (std::size_t unit = 0; unit < units.unit_count(); ++unit) {
        put_debts(unit);
        unit_offsets_.push_back(static_cast<std::uint32_t>(debts_.size()));
        const std::size_t estates = units.estate_offsets[unit + 1] - units.estate_offsets[unit];
        most_estates_ = std::max(most_estates_, estates);
    }
}

RankedUnits::Scratch RankedUnits::scratch() const {
    // An estate owes one debt at most.
    return {.free_minor = std::vector<std::int64_t>(most_estates_),
            .open_minor = std::vector<std::int64_t>(most_estates_)};
}

/// Those of the unit, if it is ranked.
void RankedUnits::put_debts(std::size_t unit) {
    const JointUnits& u = *units_;
    const std::uint32_t first_estate = u.estate_offsets[unit];
    const std::uint32_t last_estate = u.estate_offsets[unit + 1];
    for (std::uint32_t e = first_estate; e < last_estate; ++e) {
        if (u.parent[e] != no_index) return;
    }
    std::vector<std::uint32_t> claims;
    for (std::uint32_t c = u.claim_offsets[unit]; c < u.claim_offsets[unit + 1]; ++c) {
        if (u.guarantor[c] != no_index) return;
        if (u.is_set_aside[c] == 0) claims.push_back(c);
    }
    // no_index is the largest: claims on no pool are last.
    const auto rank = [&](std::uint32_t c) {
        return std::tuple(u.claim_pool[c], u.lien_position[c]);
    };
    std::ranges::sort(claims, {}, rank);
    std::vector<std::uint8_t> owes(last_estate - first_estate);
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const std::uint32_t c = claims[i];
        const bool is_shared =
            i > 0 && u.claim_pool[c] != no_index && rank(claims[i - 1]) == rank(c);
        if (is_shared || owes[u.estate[c] - first_estate] != 0) return;
        owes[u.estate[c] - first_estate] = 1;
    }
    is_ranked_[unit] = 1;
    auto next = claims.begin();
    for (std::uint32_t p = u.pool_offsets[unit]; p <= u.pool_offsets[unit + 1]; ++p) {
        const bool is_pool = p < u.pool_offsets[unit + 1];
        for (; next != claims.end() && (!is_pool || u.claim_pool[*next] == p); ++next) {
            const std::uint32_t estate = u.estate[*next];
            debts_.push_back({.obligor = u.obligor[estate],
                              .position = u.position[*next],
                              .estate = estate - first_estate,
                              .amount_minor = u.amount_minor[*next]});
        }
        if (is_pool) pool_ends_[p] = static_cast<std::uint32_t>(debts_.size());
    }
}

}  // namespace seawall::debt
