#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/obligor_groups.hpp"
#include "numeric/bracketed_root.hpp"
#include "numeric/gamma_tails.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// What a book is expected to lose in a systematic state, by the default rule's own probabilities
/// (docs/explanation/reverse_stress.md, "Conditional loss"), in minor units. All sums are of
/// blocks in the order of the slots: same bits for any thread count and order of the rows.
/// Throw Error(invalid_input) where the state has not the groups' factors, and Error(cancelled).
double conditional_loss_minor(const ObligorGroups& groups, const ScenarioState& state,
                              const ParallelOptions& parallel);

/// The same with its slopes.
struct ConditionalLoss {
    double loss_minor = 0.0;
    std::vector<double> factor_slope;  ///< dL/dz, of shape (factor_count,)
    double mixing_slope = 0.0;         ///< dL/d√(W/ν)
};
ConditionalLoss conditional_loss(const ObligorGroups& groups, const ScenarioState& state,
                                 const ParallelOptions& parallel);

/// An upper bound of the conditional loss over all states: each obligor's largest, of which no
/// state needs to have all.
double conditional_loss_bound_minor(const ObligorGroups& groups, bool is_gaussian);

/// p of each obligor's row; 1 and 0 where default is certain or excluded. Throws as above.
std::vector<double> conditional_default_probabilities(const ObligorGroups& groups,
                                                      const ScenarioState& state);

/// The mixing variable by its normal score v = Φ⁻¹(F(W)), F that of chi-squared.
class MixingScore {
  public:
    /// From −37 to 37: beyond it Φ is no normal number.
    static constexpr double largest = 37.0;

    /// Infinity is the Gaussian copula, in which W/ν is 1 for each score.
    explicit MixingScore(double degrees_of_freedom);

    bool is_gaussian() const { return !gamma_; }
    double variable(double score) const;     ///< W
    ValueAndSlope root(double score) const;  ///< √(W/ν) and its derivative in v

  private:
    double degrees_of_freedom_;
    std::optional<GammaTails> gamma_;
};

}  // namespace seawall::debt
