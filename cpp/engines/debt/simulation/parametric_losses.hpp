#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/positions_by_obligor.hpp"
#include "engines/debt/simulation/standard_obligors.hpp"

namespace seawall::debt {

/// Positions whose loss given default is random, as columns of shape (position_count,) but where
/// noted. Views: the caller keeps them alive until the rule is made.
struct ParametricLossColumns {
    /// Of each obligor, over the whole horizon: that of its default threshold.
    std::span<const double> default_probability{};
    std::span<const std::uint32_t> obligor_row{};
    /// At default in minor units, >= 0; of shape (position_count, quarter_count) with quarters.
    std::span<const std::int64_t> exposure_minor{};
    std::span<const double> loss_given_default{};  ///< E[LGD | default], from 0 to 1
    /// r, from 0 and below 1: the share of LGD's own in what makes it vary. At 0 the scenario
    /// alone decides it.
    std::span<const double> dispersion{};
};

/// Losses given default that rise with the default rate, and have a part of the obligor's own
/// (docs/explanation/default_simulation.md, "Random loss given default").
class ParametricLosses final : public LossRule {
  public:
    /// The obligors must live as long. Throws Error(invalid_input) on ragged columns, values out of
    /// range and probabilities of default other than those of the obligors' thresholds, and
    /// Error(limit_exceeded) where the exposures add up to more than 2⁶² minor units.
    ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                     const ParametricLossColumns& positions);

    /// With exposures by the quarter of default.
    ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                     const ParametricLossColumns& positions, DefaultQuarters quarters);

    std::size_t position_count() const override { return terms_.size(); }
    const DefaultQuarters* default_quarters() const override {
        return quarters_ ? &*quarters_ : nullptr;
    }
    void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                    std::span<std::int64_t> position_minor) const override;

  private:
    struct Terms {
        double threshold;          ///< A_L = t_ν⁻¹(PD · LGD) · √(1 + |b|²)
        double own_weight;         ///< √r
        double systematic_weight;  ///< √(1 − r)
    };
    struct Lanes;

    ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                     const ParametricLossColumns& positions,
                     std::optional<DefaultQuarters> quarters);
    void set_lanes(const DefaultedBlock& block, std::span<const DefaultedLane> lanes,
                   LaneProducts& products, Lanes& result) const;

    const StandardObligors& obligors_;
    std::optional<DefaultQuarters> quarters_;
    std::size_t quarter_count_;
    bool has_dispersion_ = false;
    std::vector<double> threshold_;  ///< A of each obligor
    PositionsByObligor by_obligor_;
    std::vector<Terms> terms_;
    std::vector<std::int64_t> exposure_minor_;
};

}  // namespace seawall::debt
