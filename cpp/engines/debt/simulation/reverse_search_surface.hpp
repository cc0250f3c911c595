#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engines/debt/simulation/conditional_loss.hpp"
#include "engines/debt/simulation/factor_model.hpp"
#include "engines/debt/simulation/reverse_search.hpp"

namespace seawall::debt {

/// A systematic state as the search moves it: z, or the u behind it under a conditional law, and
/// after it v under Student's t copula.
using SearchPoint = std::vector<double>;

struct GapAndSlope {
    double gap = 0.0;
    std::vector<double> slope;
};

/// How far a state's conditional loss is from the target, on the scale of normal scores: the gap
/// is Φ⁻¹(share) − Φ⁻¹(share of the target), of the book's largest loss less what is certain.
/// A large pool's gap is linear in z. Infinite where the share is 0 or 1 to the last place.
class LossSurface {
  public:
    LossSurface(const ObligorGroups& groups, const FactorModel& factors,
                const ReverseTarget& target, const ParallelOptions& parallel);

    std::size_t dimension() const;
    std::vector<double> factor_of(const SearchPoint& point) const;  ///< z
    double loss_minor(const SearchPoint& point);
    double gap(const SearchPoint& point);
    GapAndSlope gap_and_slope(const SearchPoint& point);

    double slope_of_loss() const { return slope_of_loss_; }  ///< dL/dgap at the target
    double rounding() const { return rounding_; }  ///< what rounding may leave of a gap of 0
    std::size_t evaluation_count() const { return evaluation_count_; }
    const MixingScore& mixing() const { return mixing_; }

  private:
    double score(double loss_minor) const;

    const ObligorGroups& groups_;
    const ParallelOptions& parallel_;
    const ConditionalFactors* conditional_;
    MixingScore mixing_;
    double certain_minor_, range_minor_;
    double target_score_, slope_of_loss_, rounding_;
    std::size_t evaluation_count_ = 0;
};

}  // namespace seawall::debt
