#pragma once

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <functional>
#include <vector>

#include "engines/debt/estate.hpp"
#include "engines/debt/waterfall_fixture.hpp"

namespace seawall::debt::fixture {

/// The waterfall of one group again, in exact fractions and without any haste.
class ExactWaterfall {
  public:
    using Fraction = boost::multiprecision::cpp_rational;

    std::vector<Fraction> from_collateral, from_estate, from_guarantee, equity, cost_paid,
        priming_paid;
    bool is_settled = false;  ///< before the last of the rounds

    static ExactWaterfall liquidation(const Rows& rows) {
        ExactWaterfall exact(rows);
        for (const Pool& pool : rows.pools) {
            exact.held_.push_back(Fraction(pool.value) * (100 - pool.haircut_pct) *
                                  (100 - pool.sale_cost_pct) / 10'000);
        }
        for (const Estate& estate : rows.estates) exact.free_.emplace_back(estate.free_assets);
        exact.settle();
        return exact;
    }

    static ExactWaterfall going_concern(const Rows& rows) {
        ExactWaterfall exact(rows);
        std::vector<Fraction> in_pools(rows.estates.size());
        for (const Pool& pool : rows.pools) in_pools[pool.owner] += pool.value;
        for (const Pool& pool : rows.pools) {
            const Fraction worth = rows.estates[pool.owner].enterprise_value;
            const Fraction all = in_pools[pool.owner];
            exact.held_.push_back(all <= worth ? Fraction(pool.value) : pool.value * worth / all);
        }
        for (std::size_t e = 0; e < rows.estates.size(); ++e) {
            const Fraction worth = rows.estates[e].enterprise_value;
            exact.free_.push_back(worth > in_pools[e] ? Fraction(worth - in_pools[e])
                                                      : Fraction(0));
        }
        exact.settle();
        return exact;
    }

    Fraction paid(std::size_t claim) const {
        return from_collateral[claim] + from_estate[claim] + from_guarantee[claim];
    }

  private:
    struct Asking {
        Fraction weight, cap;
        std::function<void(const Fraction&)> receive;
    };

    explicit ExactWaterfall(const Rows& rows)
        : from_collateral(rows.claims.size()),
          from_estate(rows.claims.size()),
          from_guarantee(rows.claims.size()),
          equity(rows.estates.size()),
          cost_paid(rows.estates.size()),
          priming_paid(rows.estates.size()),
          rows_(rows) {}

    /// The rate λ at which Σ min(cap, λ · weight) is the amount, by trying the claims that would be
    /// full at it until it does not change.
    static Fraction share(const Fraction& amount, const std::vector<Asking>& tier) {
        Fraction most = 0;
        for (const Asking& asking : tier) most += asking.cap;
        if (amount >= most) {
            for (const Asking& asking : tier) asking.receive(asking.cap);
            return amount - most;
        }
        Fraction rate = 0;
        for (bool rises = true; rises;) {
            Fraction left = amount;
            Fraction weight = 0;
            for (const Asking& asking : tier) {
                const bool is_full = rate * asking.weight >= asking.cap;
                if (is_full) left -= asking.cap;
                if (!is_full) weight += asking.weight;
            }
            const Fraction next = left / weight;
            rises = next > rate;
            rate = std::max(rate, next);
        }
        for (const Asking& asking : tier) {
            asking.receive(std::min<Fraction>(asking.cap, rate * asking.weight));
        }
        return 0;
    }

    void settle() {
        for (std::size_t e = 0; e < rows_.estates.size(); ++e) prime(e);
        for (std::size_t p = 0; p < rows_.pools.size(); ++p) pay_liens(p);
        for (int round = 0; round < max_guarantee_rounds; ++round) {
            const auto before = from_estate;
            settle_estates(false);
            is_settled = before == from_estate;
            if (is_settled) break;
        }
        settle_estates(true);
    }

    void prime(std::size_t e) {
        Fraction claim = rows_.estates[e].priming_claim;
        const Fraction free = std::min(claim, free_[e]);
        free_[e] -= free;
        claim -= free;
        Fraction held = 0;
        for (std::size_t p = 0; p < held_.size(); ++p) {
            if (rows_.pools[p].owner == e) held += held_[p];
        }
        const Fraction taken = std::min(claim, held);
        for (std::size_t p = 0; p < held_.size(); ++p) {
            if (rows_.pools[p].owner == e && held > 0) held_[p] -= taken * held_[p] / held;
        }
        primed_.push_back(free + taken);
    }

    void pay_liens(std::size_t p) {
        Fraction left = held_[p];
        for (int lien = 0; lien < 3; ++lien) {
            std::vector<Asking> tier;
            for (std::size_t c = 0; c < rows_.claims.size(); ++c) {
                const Claim& claim = rows_.claims[c];
                if (claim.pool != p || claim.lien != lien) continue;
                tier.push_back({claim.amount, claim.amount,
                                [this, c](const Fraction& paid) { from_collateral[c] = paid; }});
            }
            left = share(left, tier);
        }
        free_[rows_.pools[p].owner] += left;
    }

    void settle_estates(bool is_closing) {
        std::vector<Fraction> inflow(rows_.estates.size());
        std::vector<bool> is_done(rows_.estates.size());
        for (std::size_t done = 0; done < rows_.estates.size(); ++done) {
            std::size_t e = 0;
            while (is_done[e] || !are_subsidiaries_done(e, is_done)) ++e;
            is_done[e] = true;
            const Fraction left = settle_estate(e, free_[e] + inflow[e], is_closing);
            const std::uint32_t parent = rows_.estates[e].parent;
            equity[e] = parent == no_index ? left : Fraction(0);
            if (parent != no_index) inflow[parent] += left;
        }
    }

    bool are_subsidiaries_done(std::size_t e, const std::vector<bool>& is_done) const {
        for (std::size_t s = 0; s < is_done.size(); ++s) {
            if (rows_.estates[s].parent == e && !is_done[s]) return false;
        }
        return true;
    }

    Fraction settle_estate(std::size_t e, Fraction left, bool is_closing) {
        const Fraction priming =
            std::min<Fraction>(left, rows_.estates[e].priming_claim - primed_[e]);
        left -= priming;
        priming_paid[e] = primed_[e] + priming;
        cost_paid[e] = std::min<Fraction>(left, rows_.estates[e].administration_cost);
        left -= cost_paid[e];
        for (int seniority = 0; seniority < 4; ++seniority) {
            std::vector<Asking> tier;
            for (std::size_t c = 0; c < rows_.claims.size(); ++c) {
                const Claim& claim = rows_.claims[c];
                const Fraction missing = claim.amount - from_collateral[c];
                if (claim.estate == e && static_cast<int>(claim.seniority) == seniority) {
                    tier.push_back({missing, missing - from_guarantee[c],
                                    [this, c](const Fraction& paid) { from_estate[c] = paid; }});
                }
                if (claim.guarantor == e && seniority == 1) {
                    const Fraction weight = std::min<Fraction>(missing, claim.limit);
                    tier.push_back({weight, std::min<Fraction>(weight, missing - from_estate[c]),
                                    [this, c, is_closing](const Fraction& paid) {
                                        if (is_closing) from_guarantee[c] = paid;
                                    }});
                }
            }
            left = share(left, tier);
        }
        return left;
    }

    const Rows& rows_;
    std::vector<Fraction> held_, free_, primed_;
};

}  // namespace seawall::debt::fixture
