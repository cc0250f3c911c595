#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/weighted_tail.hpp"

namespace seawall::debt {

enum class BinScale {
    equal,        ///< bins are alike in width, to a minor unit
    logarithmic,  ///< edges grow by one ratio, to a minor unit; losses of 0 have a bin of their own
};

/// As many bins as the losses have room for.
struct HistogramBins {
    BinScale scale = BinScale::equal;
    std::size_t most = 100;  ///< from 1 to largest_bin_count
};
inline constexpr std::size_t largest_bin_count = 10'000;

/// Losses by size. Bin i holds edge_minor[i] <= L < edge_minor[i + 1]; the bins reach from the
/// least loss to one above the largest.
struct LossHistogram {
    std::vector<std::int64_t> edge_minor;  ///< (bin_count + 1,), rising
    std::vector<std::uint64_t> count;      ///< (bin_count,): scenarios
    std::vector<std::uint64_t> weight;     ///< (bin_count,): Σ w in 2⁻²⁴
};

/// Counts and sums of weights are exact, edges of the same bits on any machine. No bin is narrower
/// than a minor unit, so that there may be fewer than asked for. Throws Error(invalid_input) at
/// "losses" without one, on one above 2⁶² or, of logarithmic bins, below 0, at "weights" on another
/// number of them, and Error(limit_exceeded) at "bins" on a number out of range.
LossHistogram loss_histogram(const WeightedScenarios& scenarios, const HistogramBins& bins);

/// Of scenarios that weigh alike.
LossHistogram loss_histogram(std::span<const std::int64_t> loss_minor, const HistogramBins& bins);

}  // namespace seawall::debt
