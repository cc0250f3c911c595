#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "engines/debt/simulation/waterfall_losses.hpp"
#include "engines/debt/waterfall_fixture.hpp"

namespace seawall::debt::fixture {

/// One obligor's loan and its collateral.
inline Rows one_loan(std::int64_t amount, std::int64_t value, std::int64_t free_assets = 0) {
    return {.claims = {{.amount = amount, .pool = 0}},
            .pools = {{.value = value}},
            .estates = {{.free_assets = free_assets}}};
}

/// How a pool of some rows moves.
struct Shock {
    std::uint32_t number = 0;
    double volatility = 0.0;
    std::vector<double> factor_weight;
};

/// The columns of some rows as a book. Terms stand for the costs of the rows.
class Book {
  public:
    explicit Book(const Rows& rows, const LiquidationTerms& terms = {},
                  std::vector<Shock> shocks = {}, std::size_t factor_count = 1)
        : columns_(rows), terms_(terms) {
        for (std::size_t p = 0; p < rows.pools.size(); ++p) {
            const Shock shock = p < shocks.size()
                                    ? shocks[p]
                                    : Shock{.number = static_cast<std::uint32_t>(p),
                                            .volatility = 0.0,
                                            .factor_weight = std::vector<double>(factor_count)};
            number_.push_back(shock.number);
            volatility_.push_back(shock.volatility);
            weight_.insert(weight_.end(), shock.factor_weight.begin(), shock.factor_weight.end());
        }
    }
    WaterfallBook book() const {
        return {.claims = columns_.batch().claims,
                .pools = {.value_minor = columns_.value,
                          .owner = columns_.owner,
                          .number = number_,
                          .volatility = volatility_,
                          .factor_weight = weight_},
                .obligors = {.free_assets_minor = columns_.free_assets, .parent = columns_.parent},
                .terms = terms_};
    }

  private:
    Columns columns_;
    LiquidationTerms terms_;
    std::vector<std::uint32_t> number_;
    std::vector<double> volatility_, weight_;
};

/// Losses of a block of a seed's first scenarios under given defaults.
struct BlockLosses {
    std::vector<std::int64_t> total;     ///< of each scenario
    std::vector<std::int64_t> position;  ///< of shape (position, block_scenarios)

    std::int64_t of(std::size_t position_row, std::size_t scenario) const {
        return position[position_row * block_scenarios + scenario];
    }
};

/// Scenarios first .. first + count of a seed.
class Scenarios {
  public:
    Scenarios(std::uint64_t seed, std::uint64_t first, std::size_t count, const FactorModel& model)
        : seed_(seed),
          states_({.seed = seed, .scenario = numbered(first, count)}, model.factor_count,
                  MixingVariable(model.degrees_of_freedom)) {}

    DefaultedBlock block(std::size_t first, std::size_t count,
                         std::span<const std::uint16_t> masks) const {
        return {.states = &states_, .first = first, .count = count, .seed = seed_, .masks = masks};
    }
    std::size_t count() const { return states_.scenario_count(); }
    const SystematicStates& states() const { return states_; }

  private:
    std::span<const std::uint64_t> numbered(std::uint64_t first, std::size_t count) {
        numbers_.resize(count);
        std::iota(numbers_.begin(), numbers_.end(), first);
        return numbers_;
    }

    std::uint64_t seed_;
    std::vector<std::uint64_t> numbers_;
    SystematicStates states_;
};

inline BlockLosses losses_of(const LossRule& rule, const DefaultedBlock& block) {
    BlockLosses losses{std::vector<std::int64_t>(block.count),
                       std::vector<std::int64_t>(rule.position_count() * block_scenarios)};
    rule.add_losses(block, losses.total, losses.position);
    return losses;
}

/// What each claim of unmoving rows loses where the obligors of a mask default.
inline std::vector<std::int64_t> losses_where(const Book& book, std::uint32_t defaulted) {
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    std::vector<std::uint16_t> masks;
    for (std::size_t o = 0; o < book.book().obligors.parent.size(); ++o) {
        masks.push_back(static_cast<std::uint16_t>(defaulted >> o & 1U));
    }
    const Scenarios scenarios(1, 0, 1, factors.model());
    const BlockLosses losses = losses_of(rule, scenarios.block(0, 1, masks));
    std::vector<std::int64_t> of_claims;
    for (std::size_t i = 0; i < rule.position_count(); ++i) of_claims.push_back(losses.of(i, 0));
    return of_claims;
}

/// Unequal obligors in units of five that share a pool and an owner, of which some guarantee in a
/// circle, and lone ones.
struct MixedBook {
    Rows rows;
    std::vector<Shock> shocks;

    explicit MixedBook(std::size_t unit_count) {
        std::mt19937_64 random(17);
        for (std::uint32_t u = 0; u < unit_count; ++u) {
            const bool is_lone = random() % 2 == 0;
            const bool is_guaranteed = !is_lone && random() % 2 == 0;
            const auto first = static_cast<std::uint32_t>(rows.estates.size());
            const auto pool = static_cast<std::uint32_t>(rows.pools.size());
            const std::uint32_t obligor_count = is_lone ? 1 : 5;
            for (std::uint32_t o = 0; o < obligor_count; ++o) {
                Claim claim{.amount = amount(random), .estate = first + o, .pool = pool};
                if (is_guaranteed) claim.guarantor = first + (o + 1) % 5;
                if (is_guaranteed && random() % 2 == 0) claim.limit = amount(random) / 3;
                claim.lien = static_cast<std::uint8_t>(random() % 3);
                claim.seniority = static_cast<Seniority>(random() % 4);
                rows.claims.push_back(claim);
                rows.estates.push_back({.free_assets = amount(random) / 5});
                if (o > 1) rows.estates.back().parent = first + 1;
            }
            rows.pools.push_back({.value = amount(random) * obligor_count / 2, .owner = first});
            shocks.push_back({.number = 3 * pool + 1,
                              .volatility = 0.1 * static_cast<double>(random() % 8),
                              .factor_weight = {0.5, 0.3}});
        }
    }

    Book book() const {
        return Book(rows, {.haircut = 0.2, .sale_cost = 0.05, .administration_cost = 0.07}, shocks,
                    2);
    }
    /// About half default; unlike in each scenario.
    std::vector<std::uint16_t> masks(unsigned seed) const {
        std::mt19937 random(seed);
        std::vector<std::uint16_t> masks(rows.estates.size());
        for (auto& mask : masks) mask = static_cast<std::uint16_t>(random());
        return masks;
    }

  private:
    static std::int64_t amount(std::mt19937_64& random) {
        return static_cast<std::int64_t>(random() % 100'000'000);
    }
};

}  // namespace seawall::debt::fixture
