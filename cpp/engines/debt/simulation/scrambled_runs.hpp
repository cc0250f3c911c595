#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/simulation/paired_difference.hpp"
#include "engines/debt/simulation/sampling_sobol.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::debt {

/// A figure of a run by Sobol points, and how far it may be off.
struct ScrambledFigure {
    double estimate_minor = 0.0;  ///< of all scenarios together
    double standard_error_minor = 0.0;
    double low_minor = 0.0, high_minor = 0.0;  ///< 95 %, by Student's t with 31 degrees of freedom
};

/// Figures of a run by Sobol points (docs/explanation/default_simulation_sampling.md).
struct ScrambledRun {
    TailRisk pooled;  ///< of all scenarios; its own intervals and errors do not hold here
    ScrambledFigure expected{}, var{}, es{};
    std::size_t scramble_scenarios = 0;  ///< of each scramble
    bool is_power_of_two = false;        ///< so many points are a net; others converge more slowly
    /// Fewer than least_scramble_tail scenarios are expected beyond VaR in each scramble: the
    /// spread of so skew figures is no interval.
    bool is_thin = false;
};
inline constexpr std::int64_t least_scramble_tail = 10;

/// `loss_minor` are the losses of consecutive scenarios by Sobol points, of which the first is a
/// multiple of 32 and so is their number. Errors are of the 32 scrambles' own figures around that
/// of all scenarios (sectioning: M. K. Nakayama, "Confidence Intervals for Quantiles Using
/// Sectioning When Applying Variance-Reduction Techniques", ACM TOMACS 24(4), 2014). Throws
/// Error(invalid_input) at "losses" on another number, and at "level" as tail_risk does.
ScrambledRun scrambled_run(std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level);

/// What a change does to a run by Sobol points, of the same scenarios before and after: the
/// difference of all scenarios' figures, with the errors of the scrambles' own differences around
/// it. Throws as scrambled_run does, and Error(invalid_input) at "after" on another number.
PairedDifference scrambled_difference(std::span<const std::int64_t> before,
                                      std::span<const std::int64_t> after,
                                      const ConfidenceLevel& level);

}  // namespace seawall::debt
