#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/aligned_rows.hpp"
#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/sampling.hpp"

namespace seawall::debt {

/// Some scenarios of a seed, in any order.
struct ScenarioList {
    std::uint64_t seed = 0;
    std::span<const std::uint64_t> scenario{};
    StateSampling sampling{};
};

/// The systematic state of scenarios, exact and as the kernels read it: in blocks of
/// block_scenarios, the last of which repeats the last scenario.
class SystematicStates {
  public:
    /// Throws as check of the sampling, and Error(limit_exceeded) at "scenarios" beyond the Sobol
    /// points.
    SystematicStates(const ScenarioList& list, std::size_t factor_count,
                     const MixingVariable& mixing);

    std::size_t scenario_count() const { return scenario_.size(); }
    std::size_t block_count() const { return largest_factor_.size(); }
    std::uint64_t scenario(std::size_t index) const { return scenario_[index]; }
    ScenarioState state(std::size_t index) const {
        return {.factor = std::span(factor_).subspan(index * factor_count_, factor_count_),
                .mixing_root = mixing_root_[index]};
    }
    /// Sets what of a block concerns the scenarios.
    void set_scenarios(std::size_t block, DefaultBlock& target) const;

  private:
    void round_block(std::size_t block);

    std::size_t factor_count_;
    std::vector<std::uint64_t> scenario_;
    std::vector<double> factor_;  ///< of shape (scenario, factor)
    std::vector<double> mixing_root_;
    AlignedRows<std::uint32_t> scenario_low_;
    AlignedRows<std::uint32_t> scenario_high_;
    AlignedRows<float> rounded_factor_;  ///< of shape (block, factor, block_scenarios)
    AlignedRows<float> rounded_root_;
    std::vector<float> largest_factor_;
    std::vector<float> largest_root_;
};

}  // namespace seawall::debt
