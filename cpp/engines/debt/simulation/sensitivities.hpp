#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/factor_model.hpp"
#include "engines/debt/simulation/paired_difference.hpp"
#include "engines/debt/simulation/tail_contributions.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// A book by the parameters that bumps change, as columns of shape (obligor_count,). Views: the
/// caller keeps them alive. An obligor's loss is its exposure times its loss given default, rounded
/// half to even once, after any bump.
struct CreditColumns {
    std::span<const std::uint32_t> slot;
    std::span<const double> default_probability;   ///< from 0 to 1
    std::span<const double> loss_given_default;    ///< from 0 to 1
    std::span<const std::int64_t> exposure_minor;  ///< from 0 to 2^53
    std::span<const double> factor_weight;         ///< of shape (obligor_count, factor_count)
    /// What bumps tell obligors apart by, such as a currency; empty where no bump does.
    std::span<const std::uint32_t> obligor_class{};

    std::size_t obligor_count() const { return slot.size(); }
};

/// A change of one parameter: `_by` adds the size, `_times` multiplies by 1 + size.
enum class BumpKind {
    default_probability_by,
    default_probability_times,
    loss_given_default_by,
    loss_given_default_times,
    factor_weight_times,  ///< a: correlations rise with (1 + size)², the probabilities stay
    exposure_times,       ///< as a currency's rate moves it
};

struct Bump {
    BumpKind kind = BumpKind::default_probability_by;
    double size = 0.0;
    std::optional<std::uint32_t> obligor_class = std::nullopt;  ///< all obligors without it
};

/// What a bump does to a book's figures, of the same draws before and after, in minor units.
struct Sensitivity {
    PairedDifference difference;  ///< of expected loss and expected shortfall
    std::int64_t var_minor = 0;
    /// Of that of var_sections runs of consecutive scenarios: sd of their differences / √count.
    double var_standard_error_minor = 0.0;
};
inline constexpr std::size_t var_sections = 32;

struct SensitivityTable {
    LossMoments before_moments;
    TailRisk before;
    std::vector<Sensitivity> rows;  ///< a bump each, in their order
};

/// Simulates the book, and once more for each bump with common random numbers
/// (docs/explanation/reverse_stress.md, "Sensitivities"). Same bits for any thread count. Progress
/// counts scenarios, of the book and of each bump. Before any of it throws Error(invalid_input) at
/// "book…" on columns out of range, at "bumps[j]…" on a bump that takes a value out of its range
/// (nothing is clamped) or names a class nobody has, at "scenarios.count" on fewer than
/// var_sections; and what simulate_losses and tail_risk throw.
SensitivityTable sensitivities(const CreditColumns& book, const FactorModel& factors,
                               std::span<const Bump> bumps, const SimulationRange& range,
                               const ConfidenceLevel& level, const ParallelOptions& parallel);

/// dEL/dPD of each obligor, its loss at default: exact, in minor units for a probability of 1.
std::vector<double> expected_loss_by_probability_minor(const CreditColumns& book);

/// dES/dEAD of each obligor, by Euler its contribution per unit of exposure: the loss given default
/// times how often it defaults in the tail. The derivative of the simulated figure where no
/// scenario is tied at VaR. Throws Error(invalid_input) on columns of unlike lengths.
std::vector<double> expected_shortfall_by_exposure(std::span<const double> loss_given_default,
                                                   const TailDefaults& defaults,
                                                   const TailRisk& tail);

}  // namespace seawall::debt
