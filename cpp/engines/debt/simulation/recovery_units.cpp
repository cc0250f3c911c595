#include "engines/debt/simulation/recovery_units.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace seawall::debt {
namespace {

/// Connected obligors, each set known by its first.
class ConnectedObligors {
  public:
    explicit ConnectedObligors(const WaterfallBook& book)
        : above_(book.obligors.free_assets_minor.size()) {
        std::iota(above_.begin(), above_.end(), 0U);
        for (std::uint32_t o = 0; o < above_.size(); ++o) {
            if (book.obligors.parent[o] != no_index) connect(o, book.obligors.parent[o]);
        }
        const ClaimColumns& claims = book.claims;
        for (std::size_t i = 0; i < claims.amount_minor.size(); ++i) {
            if (claims.pool[i] != no_index) {
                connect(claims.estate[i], book.pools.owner[claims.pool[i]]);
            }
            if (!claims.guarantor.empty() && claims.guarantor[i] != no_index) {
                connect(claims.estate[i], claims.guarantor[i]);
            }
        }
    }

    std::uint32_t first_of(std::uint32_t obligor) {
        while (above_[obligor] != obligor) {
            above_[obligor] = above_[above_[obligor]];
            obligor = above_[obligor];
        }
        return obligor;
    }

  private:
    void connect(std::uint32_t one, std::uint32_t other) {
        const std::uint32_t first = first_of(one);
        const std::uint32_t second = first_of(other);
        above_[std::max(first, second)] = std::min(first, second);
    }

    std::vector<std::uint32_t> above_;
};

/// Rows of a column by unit, in their order.
struct RowsByUnit {
    std::vector<std::uint32_t> offsets, rows;

    template <class UnitOf>
    RowsByUnit(std::size_t row_count, std::size_t unit_count, UnitOf unit_of)
        : offsets(unit_count + 1), rows(row_count) {
        for (std::uint32_t i = 0; i < row_count; ++i) ++offsets[unit_of(i) + 1];
        std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
        auto next = offsets;
        for (std::uint32_t i = 0; i < row_count; ++i) rows[next[unit_of(i)]++] = i;
    }
    std::span<const std::uint32_t> of(std::size_t unit) const {
        return std::span(rows).subspan(offsets[unit], offsets[unit + 1] - offsets[unit]);
    }
};

class UnitsMaker {
  public:
    explicit UnitsMaker(const WaterfallBook& book)
        : book_(book),
          row_of_obligor_(book.obligors.free_assets_minor.size()),
          row_of_pool_(book.pools.pool_count()) {
        units_.joint.estate_offsets = {0};
        units_.joint.claim_offsets = {0};
        units_.joint.pool_offsets = {0};
    }

    RecoveryUnits make() {
        ConnectedObligors connected(book_);
        const std::size_t obligor_count = row_of_obligor_.size();
        std::vector<std::uint32_t> unit_of(obligor_count);
        std::uint32_t unit_count = 0;
        for (std::uint32_t o = 0; o < obligor_count; ++o) {
            const std::uint32_t first = connected.first_of(o);
            unit_of[o] = first == o ? unit_count++ : unit_of[first];
        }
        const RowsByUnit obligors(obligor_count, unit_count, [&](auto o) { return unit_of[o]; });
        const RowsByUnit pools(row_of_pool_.size(), unit_count,
                               [&](auto p) { return unit_of[book_.pools.owner[p]]; });
        const RowsByUnit positions(book_.claims.amount_minor.size(), unit_count,
                                   [&](auto i) { return unit_of[book_.claims.estate[i]]; });
        for (std::size_t unit = 0; unit < unit_count; ++unit) {
            const Unit rows{obligors.of(unit), pools.of(unit), positions.of(unit)};
            if (rows.positions.empty()) continue;
            const bool is_lone =
                rows.obligors.size() == 1 && rows.positions.size() == 1 && rows.pools.size() <= 1;
            is_lone ? add_lone(rows) : add_joint(rows);
        }
        rank();
        return std::move(units_);
    }

  private:
    struct Unit {
        std::span<const std::uint32_t> obligors, pools, positions;
    };

    void add_lone(const Unit& rows) {
        const ClaimColumns& claims = book_.claims;
        const std::uint32_t position = rows.positions[0];
        units_.lone.push_back(
            {.obligor = rows.obligors[0],
             .position = position,
             .pool = rows.pools.empty() ? no_index : rows.pools[0],
             .amount_minor = claims.amount_minor[position],
             .is_secured = claims.pool[position] != no_index,
             .free_assets_minor = book_.obligors.free_assets_minor[rows.obligors[0]]});
    }

    void add_joint(const Unit& rows) {
        JointUnits& joint = units_.joint;
        for (const std::uint32_t o : rows.obligors) {
            row_of_obligor_[o] = static_cast<std::uint32_t>(joint.obligor.size());
            joint.obligor.push_back(o);
            joint.free_assets_minor.push_back(book_.obligors.free_assets_minor[o]);
        }
        for (const std::uint32_t o : rows.obligors) {
            const std::uint32_t parent = book_.obligors.parent[o];
            joint.parent.push_back(parent == no_index ? no_index : row_of_obligor_[parent]);
        }
        for (const std::uint32_t p : rows.pools) {
            row_of_pool_[p] = static_cast<std::uint32_t>(joint.pool.size());
            joint.pool.push_back(p);
            joint.owner.push_back(row_of_obligor_[book_.pools.owner[p]]);
        }
        for (const std::uint32_t i : rows.positions) {
            add_due(i);
            if (rows.obligors.size() > 1) add_set_aside();
        }
        joint.estate_offsets.push_back(static_cast<std::uint32_t>(joint.obligor.size()));
        joint.claim_offsets.push_back(static_cast<std::uint32_t>(joint.position.size()));
        joint.pool_offsets.push_back(static_cast<std::uint32_t>(joint.pool.size()));
    }

    void add_due(std::uint32_t i) {
        JointUnits& joint = units_.joint;
        const ClaimColumns& claims = book_.claims;
        const bool has_pool = claims.pool[i] != no_index;
        const bool is_guaranteed = !claims.guarantor.empty() && claims.guarantor[i] != no_index;
        joint.position.push_back(i);
        joint.is_set_aside.push_back(0);
        joint.amount_minor.push_back(claims.amount_minor[i]);
        joint.estate.push_back(row_of_obligor_[claims.estate[i]]);
        joint.claim_pool.push_back(has_pool ? row_of_pool_[claims.pool[i]] : no_index);
        joint.lien_position.push_back(has_pool ? claims.lien_position[i] : std::uint8_t{0});
        joint.seniority.push_back(claims.seniority[i]);
        joint.guarantor.push_back(is_guaranteed ? row_of_obligor_[claims.guarantor[i]] : no_index);
        joint.guarantee_limit_minor.push_back(is_guaranteed ? claims.guarantee_limit_minor[i]
                                                            : no_limit);
    }

    /// Of the position that was added last.
    void add_set_aside() {
        JointUnits& joint = units_.joint;
        const auto repeat = [](auto& column) {
            const auto last = column.back();
            column.push_back(last);
        };
        repeat(joint.position);
        repeat(joint.amount_minor);
        repeat(joint.estate);
        repeat(joint.claim_pool);
        repeat(joint.lien_position);
        joint.is_set_aside.push_back(1);
        joint.seniority.push_back(Seniority::junior);
        joint.guarantor.push_back(no_index);
        joint.guarantee_limit_minor.push_back(no_limit);
    }

    /// The ranking is of no amounts.
    void rank() {
        JointUnits& joint = units_.joint;
        const std::vector<std::int64_t> of_pools(joint.pool.size());
        const std::vector<std::int64_t> of_estates(joint.obligor.size());
        const std::vector<double> no_part(joint.pool.size());
        rank_claims({.claims = {.amount_minor = joint.amount_minor,
                                .estate = joint.estate,
                                .pool = joint.claim_pool,
                                .lien_position = joint.lien_position,
                                .seniority = joint.seniority,
                                .guarantor = joint.guarantor,
                                .guarantee_limit_minor = joint.guarantee_limit_minor},
                     .pools = {.value_minor = of_pools,
                               .owner = joint.owner,
                               .haircut = no_part,
                               .sale_cost = no_part},
                     .estates = {.free_assets_minor = joint.free_assets_minor,
                                 .administration_cost_minor = of_estates,
                                 .priming_claim_minor = of_estates,
                                 .parent = joint.parent},
                     .group_offsets = joint.estate_offsets},
                    joint.ranking);
    }

    const WaterfallBook& book_;
    std::vector<std::uint32_t> row_of_obligor_, row_of_pool_;  ///< among joint units
    RecoveryUnits units_;
};

}  // namespace

RecoveryUnits connect_obligors(const WaterfallBook& book) {
    return UnitsMaker(book).make();
}

}  // namespace seawall::debt
