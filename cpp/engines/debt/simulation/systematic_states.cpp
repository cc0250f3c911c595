#include "engines/debt/simulation/systematic_states.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

float rounded_up(double value) {
    const auto rounded = static_cast<float>(value);
    return std::nextafter(rounded, std::numeric_limits<float>::infinity());
}

void check(const ScenarioList& list, std::size_t factor_count, const MixingVariable& mixing) {
    check(list.sampling, list.seed, factor_count, mixing);
    if (list.sampling.scrambles == nullptr || list.scenario.empty()) return;
    if (std::ranges::max(list.scenario) >= sobol_scenario_count) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "Sobol points end at scenario 2^37");
    }
}

}  // namespace

SystematicStates::SystematicStates(const ScenarioList& list, std::size_t factor_count,
                                   const MixingVariable& mixing)
    : factor_count_(factor_count), scenario_(list.scenario.begin(), list.scenario.end()) {
    check(list, factor_count, mixing);
    const std::size_t count = scenario_.size();
    factor_.resize(count * factor_count);
    mixing_root_.resize(count);
    draw_states(list.sampling, list.seed, scenario_, mixing,
                {.factor = factor_, .mixing_root = mixing_root_});
    const std::size_t blocks = (count + block_scenarios - 1) / block_scenarios;
    scenario_low_.resize(blocks * block_scenarios);
    scenario_high_.resize(blocks * block_scenarios);
    rounded_factor_.resize(blocks * block_scenarios * factor_count);
    rounded_root_.resize(blocks * block_scenarios);
    largest_factor_.resize(blocks);
    largest_root_.resize(blocks);
    for (std::size_t block = 0; block < blocks; ++block) round_block(block);
}

void SystematicStates::round_block(std::size_t block) {
    double largest_square = 0.0;
    double largest_root = 0.0;
    for (std::size_t lane = 0; lane < block_scenarios; ++lane) {
        const std::size_t place = block * block_scenarios + lane;
        const std::size_t index = std::min(place, scenario_count() - 1);
        const ScenarioState exact = state(index);
        scenario_low_[place] = static_cast<std::uint32_t>(scenario_[index]);
        scenario_high_[place] = static_cast<std::uint32_t>(scenario_[index] >> 32U);
        rounded_root_[place] = static_cast<float>(exact.mixing_root) * distance_scale;
        double square = 0.0;
        for (std::size_t k = 0; k < factor_count_; ++k) {
            square += exact.factor[k] * exact.factor[k];
            rounded_factor_[(block * factor_count_ + k) * block_scenarios + lane] =
                static_cast<float>(exact.factor[k]) * -distance_scale;
        }
        largest_square = std::max(largest_square, square);
        largest_root = std::max(largest_root, exact.mixing_root);
    }
    largest_factor_[block] = rounded_up(std::sqrt(largest_square));
    largest_root_[block] = rounded_up(largest_root);
}

void SystematicStates::set_scenarios(std::size_t block, DefaultBlock& target) const {
    const std::size_t first = block * block_scenarios;
    target.scenario_low = scenario_low_.data() + first;
    target.scenario_high = scenario_high_.data() + first;
    target.factor = rounded_factor_.data() + first * factor_count_;
    target.mixing_root = rounded_root_.data() + first;
    target.largest_factor = largest_factor_[block];
    target.largest_mixing_root = largest_root_[block];
}

}  // namespace seawall::debt
