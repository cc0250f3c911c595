#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "engines/debt/waterfall_fixture.hpp"

namespace seawall::debt::fixture {

/// What random groups are made of: the same on every machine.
class Draws {
  public:
    explicit Draws(std::uint64_t seed) : engine_(seed) {}

    std::uint32_t below(std::size_t count) { return static_cast<std::uint32_t>(engine_() % count); }
    bool one_in(std::size_t count) { return below(count) == 0; }
    /// Sometimes 0, often small enough for pennies to count.
    std::int64_t amount() {
        if (one_in(12)) return 0;
        return static_cast<std::int64_t>(engine_() % (one_in(2) ? 40U : 1'000'000U));
    }

  private:
    std::mt19937_64 engine_;
};

enum class Guarantees { none, some };

/// Gives the estates and pools of a group one to so many claims.
inline void add_random_claims(Rows& rows, Draws& draws, Guarantees guarantees,
                              std::size_t most_claims) {
    rows.claims.resize(1 + draws.below(most_claims));
    for (Claim& claim : rows.claims) {
        claim.amount = draws.amount();
        claim.estate = draws.below(rows.estates.size());
        if (!rows.pools.empty() && draws.one_in(2)) claim.pool = draws.below(rows.pools.size());
        claim.lien = static_cast<std::uint8_t>(draws.below(3));
        claim.seniority = static_cast<Seniority>(draws.below(4));
        const std::uint32_t guarantor = draws.below(rows.estates.size());
        if (guarantees == Guarantees::some && guarantor != claim.estate && !draws.one_in(3)) {
            claim.guarantor = guarantor;
            if (draws.one_in(3)) claim.limit = draws.amount();
        }
    }
}

}  // namespace seawall::debt::fixture
