#include "engines/debt/recovery_book.hpp"

#include <unordered_map>
#include <utility>

#include "engines/debt/minor_digits.hpp"

namespace seawall::debt {
namespace {

/// Makes the claims of one tile.
class TileClaimsMaker {
  public:
    TileClaimsMaker(const PathBook& book, const TileRange& range) : book_(book), range_(range) {}

    TileClaims make() {
        make_pools();
        add_positions();
        for (std::size_t o = range_.obligors.begin; o < range_.obligors.end; ++o) {
            claims_.parent.push_back(obligor_or_none(book_.order.parent_of_obligor[o]));
        }
        for (std::size_t g = range_.groups.begin; g <= range_.groups.end; ++g) {
            claims_.group_offsets.push_back(obligor(book_.order.group_offsets[g]));
        }
        rank();
        return std::move(claims_);
    }

  private:
    std::uint32_t obligor(std::uint32_t row) const {
        return row - static_cast<std::uint32_t>(range_.obligors.begin);
    }
    std::uint32_t obligor_or_none(std::int64_t row) const {
        return row < 0 ? no_index : obligor(static_cast<std::uint32_t>(row));
    }

    void make_pools() {
        std::unordered_map<std::int64_t, std::uint32_t> shared;
        for (std::size_t r = range_.records.begin; r < range_.records.end; ++r) {
            const std::int64_t group = book_.order.pool_of_record[r];
            const auto next = static_cast<std::uint32_t>(claims_.pool_owner.size());
            // A record of a group may state no value of its own: another of the group does.
            const bool has_value = book_.collateral_value[r] == book_.collateral_value[r];
            if (group < 0 && !has_value) {
                claims_.pool_of_record.push_back(no_index);
                continue;
            }
            const auto [entry, added] =
                group < 0 ? std::pair(shared.end(), true) : shared.emplace(group, next);
            claims_.pool_of_record.push_back(added ? next : entry->second);
            if (added) claims_.pool_owner.push_back(obligor(book_.order.obligor_of_record[r]));
        }
    }

    void add_positions() {
        const PathOrder& order = book_.order;
        bool is_guaranteed = false;
        for (std::size_t p = range_.positions.begin; p < range_.positions.end; ++p) {
            const std::uint32_t record = order.record_of_position[p];
            const std::uint32_t guarantor = obligor_or_none(order.guarantor_of_record[record]);
            const std::uint32_t estate = obligor(order.obligor_of_record[record]);
            claims_.estate.push_back(estate);
            claims_.pool.push_back(claims_.pool_of_record[record - range_.records.begin]);
            // Whoever guarantees its own debt adds nothing to it.
            claims_.guarantor.push_back(guarantor == estate ? no_index : guarantor);
            is_guaranteed = is_guaranteed || claims_.guarantor.back() != no_index;
            claims_.lien_position.push_back(book_.terms.lien_position[p]);
            claims_.seniority.push_back(static_cast<Seniority>(book_.terms.seniority[p]));
            claims_.rate.push_back(book_.terms.rate_pct[p] / 100.0);
        }
        if (!is_guaranteed) claims_.guarantor.clear();
        claims_.guarantee_limit_minor.assign(claims_.guarantor.size(), no_limit);
    }

    /// The ranking is of no amounts.
    void rank() {
        const std::vector<std::int64_t> of_claims(claims_.estate.size());
        const std::vector<std::int64_t> of_pools(claims_.pool_owner.size());
        const std::vector<std::int64_t> of_estates(claims_.parent.size());
        const std::vector<double> no_part(claims_.pool_owner.size());
        rank_claims({.claims = {.amount_minor = of_claims,
                                .estate = claims_.estate,
                                .pool = claims_.pool,
                                .lien_position = claims_.lien_position,
                                .seniority = claims_.seniority,
                                .guarantor = claims_.guarantor,
                                .guarantee_limit_minor = claims_.guarantee_limit_minor},
                     .pools = {.value_minor = of_pools,
                               .owner = claims_.pool_owner,
                               .haircut = no_part,
                               .sale_cost = no_part},
                     .estates = {.free_assets_minor = of_estates,
                                 .administration_cost_minor = of_estates,
                                 .priming_claim_minor = of_estates,
                                 .parent = claims_.parent},
                     .group_offsets = claims_.group_offsets},
                    claims_.ranking);
    }

    const PathBook& book_;
    const TileRange& range_;
    TileClaims claims_;
};

}  // namespace

RecoveryBook make_recovery_book(const PathBook& book, std::string_view currency) {
    const PathOrder& order = book.order;
    RecoveryBook claims;
    claims.minor_digits = minor_digits(currency);
    claims.group_settles.assign(order.group_count(), 1);
    for (std::size_t g = 0; g < order.group_count(); ++g) {
        const std::uint32_t begin = order.record_offsets[order.group_offsets[g]];
        const std::uint32_t end = order.record_offsets[order.group_offsets[g + 1]];
        for (std::uint32_t r = begin; r < end; ++r) {
            if (book.collateral_withheld[r] != 0) claims.group_settles[g] = 0;
        }
    }
    claims.tiles.reserve(book.tiles.size());
    for (const TileRange& range : book.tiles) {
        claims.tiles.push_back(TileClaimsMaker(book, range).make());
    }
    return claims;
}

}  // namespace seawall::debt
