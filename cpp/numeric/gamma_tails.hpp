#pragma once

#include <array>

#include "numeric/tail_mass.hpp"

namespace seawall {

/// The gamma distribution of one shape >= 1, scale 1: masses below and above a point. The same bits
/// on every machine.
class GammaTails {
  public:
    explicit GammaTails(double shape);

    double shape() const { return shape_; }
    double density(double x) const;  ///< x > 0
    double cdf(double x) const;
    double survival(double x) const;  ///< 1 - cdf, to its own last places

    /// The point with this mass below or above it, 0 < mass <= ½.
    double point_with_mass_below(double mass) const;
    double point_with_mass_above(double mass) const;

  private:
    bool is_low_side(double x) const;
    TailMass outer(double x) const;  ///< on the side of x away from the mean
    TailMass complement(const TailMass& mass) const;
    double probability(double x) const;  ///< of the outer side
    double wilson_hilferty(double z) const;

    double shape_, scale_, normal_scale_;
    std::array<double, 26> temme_{};
};

}  // namespace seawall
