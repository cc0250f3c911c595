#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/collateral_shocks_student.hpp"
#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/factor_model.hpp"

namespace seawall::debt {

/// Collateral as columns, of shape (pool_count,) but where noted. Views: the caller keeps them
/// alive.
struct CollateralColumns {
    std::span<const std::int64_t> value_minor;  ///< expected over all scenarios, >= 0
    std::span<const std::uint32_t> owner;       ///< row of the obligor that a surplus goes to
    /// The pool's number in an append-only register, which its draws belong to; no two alike.
    std::span<const std::uint32_t> number;
    std::span<const double> volatility;     ///< σ of ln(value) at the horizon, from 0 to 4
    std::span<const double> factor_weight;  ///< a, of shape (pool_count, factor_count), a'Ca <= 1

    std::size_t pool_count() const { return value_minor.size(); }
};

/// How many standard deviations a shock is held within: beyond is a probability of 4e-33, and for
/// the largest volatility 1e-15 of the expected value.
inline constexpr double largest_shock = 12.0;
inline constexpr double largest_volatility = 4.0;

/// A pool in a scenario.
struct CollateralDraw {
    std::uint32_t pool = 0;
    std::uint64_t scenario = 0;
    ScenarioState state{};
};
inline constexpr std::size_t draw_batch = 64;

/// Values of collateral in scenarios, V = E·exp(σY − σ²/2) with E[V] = E: Y is standard normal,
/// and falls with the factors that make obligors default (docs/explanation/
/// default_simulation_waterfall.md). Same bits on every machine.
class CollateralShocks {
  public:
    /// Throws Error(invalid_input) at places such as "pools.volatility[17]" on columns of unlike
    /// lengths, values out of range, a number given twice and a'Ca > 1, and as correlation_root;
    /// Error(limit_exceeded) on a pool that could be worth more than 2⁶² minor units.
    CollateralShocks(const CollateralColumns& pools, const FactorModel& factors);

    std::size_t pool_count() const { return pools_.size(); }

    /// Rounded half to even.
    std::int64_t value_minor(std::size_t pool, std::uint64_t seed, std::uint64_t scenario,
                             const ScenarioState& state) const;
    /// The same of up to draw_batch pools that move, at once: they overlap in the processor.
    void values_minor(std::uint64_t seed, std::span<const CollateralDraw> draws,
                      std::span<std::int64_t> values) const;
    /// Whether the value differs between scenarios; if not, it is the largest.
    bool moves(std::size_t pool) const {
        return pools_[pool].volatility != 0.0 && pools_[pool].value_minor != 0;
    }
    /// No scenario has more.
    std::int64_t largest_value_minor(std::size_t pool) const;

  private:
    struct Pool {
        std::int64_t value_minor = 0;
        std::uint32_t number = 0;
        double volatility = 0.0;
        double own_share = 1.0;  ///< √(1 − |b|²): how much is of no factor
    };

    void set_loading(std::size_t pool, std::span<const double> factor_weight,
                     std::span<const double> root);

    std::size_t factor_count_;
    std::vector<Pool> pools_;
    std::vector<double> loading_;  ///< b = Lᵀa, of shape (pool, factor)
    std::optional<StudentToNormal> to_normal_;
};

}  // namespace seawall::debt
