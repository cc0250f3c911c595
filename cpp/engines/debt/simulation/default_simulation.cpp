#include "engines/debt/simulation/default_simulation.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>

#include "engines/debt/simulation/default_variants.hpp"
#include "errors/error.hpp"
#include "numeric/uniform.hpp"

namespace seawall::debt {
namespace {

struct Kernel {
    std::size_t (*decide)(const DefaultBlock&);
    float table_error;  ///< of its approximation of Φ, in 2^-16, with all that is not float_error
};

Kernel kernel_of(InstructionSet set) {
    switch (set) {
#if defined(__x86_64__)
        case InstructionSet::avx512:
            return {&decide_block_avx512, avx512_table_error};
        case InstructionSet::avx2:
            return {&decide_block_avx2, avx2_table_error};
#endif
        default:
            return {&decide_block_baseline, baseline_table_error};
    }
}

/// 2^16·max φ·γ_{K+4}, and a little for its own rounding: what an error of float arithmetic in the
/// distance is in the probability, for each unit of |A|·√(W/ν) + |b|·|z|.
float float_error_of(std::size_t factor_count) {
    const double terms = static_cast<double>(factor_count + 4) * 0x1p-24;
    return static_cast<float>(65536.0 * 0.399 * terms / (1.0 - terms) * (1.0 + 0x1p-10));
}

/// Two rounds of Philox4x32-10 on the words of the counter that are the same in all scenarios.
std::vector<StreamWords> stream_words(const ObligorGroups& groups, std::uint64_t seed) {
    const auto stream = static_cast<std::uint32_t>(RandomStream::default_high);
    const auto key_of_stream = static_cast<std::uint32_t>(seed >> 32U);
    const std::uint32_t key_of_second = static_cast<std::uint32_t>(seed) + 2 * 0x9E3779B9U;
    const std::uint32_t key_of_first = static_cast<std::uint32_t>(seed >> 32U) + 0xBB67AE85U;
    std::vector<StreamWords> words(groups.group_count() + 1);
    for (std::size_t group = 0; group < groups.group_count(); ++group) {
        const std::uint64_t first = std::uint64_t{0xD2511F53U} * groups.stream_block[group];
        const std::uint32_t mixed =
            static_cast<std::uint32_t>(first >> 32U) ^ stream ^ key_of_stream;
        const std::uint64_t second = std::uint64_t{0xCD9E8D57U} * mixed;
        words[group] = {.second_high = static_cast<std::uint32_t>(second >> 32U),
                        .second_low = static_cast<std::uint32_t>(second) ^ key_of_second,
                        .first_low = static_cast<std::uint32_t>(first) ^ key_of_first};
    }
    return words;
}

/// Decides tiles of obligors under blocks of scenarios: by the kernel, then the canonical rule.
class Decider {
  public:
    Decider(const ObligorGroups& groups, const SystematicStates& states, std::uint64_t seed,
            InstructionSet set)
        : groups_(groups),
          states_(states),
          seed_(seed),
          kernel_(kernel_of(set)),
          float_error_(float_error_of(groups.factor_count)),
          stream_(stream_words(groups, seed)),
          open_lanes_(std::make_unique_for_overwrite<OpenLane[]>(
              std::min(tile_groups, groups.group_count()) * group_obligors * block_scenarios)) {}

    /// Adds to the losses of a block's scenarios; unless `defaults`, of shape (group, 8), is null:
    /// then sets bits of it instead.
    void decide(std::size_t first_group, std::size_t block, std::int64_t* loss_sum,
                std::uint16_t* defaults) {
        const std::size_t group_count = std::min(tile_groups, groups_.group_count() - first_group);
        const std::size_t place = first_group * group_obligors;
        DefaultBlock target{.group_count = group_count,
                            .factor_count = groups_.factor_count,
                            .stream = stream_.data() + first_group,
                            .threshold = groups_.rounded_threshold.data() + place,
                            .loading = groups_.loading.data() + place * groups_.factor_count,
                            .largest_threshold = groups_.largest_threshold.data() + first_group,
                            .largest_loading = groups_.largest_loading.data() + first_group,
                            .loss_limb = groups_.loss_limb.data() + place * groups_.limb_count,
                            .limb_count = groups_.limb_count,
                            .seed_low = static_cast<std::uint32_t>(seed_),
                            .seed_high = static_cast<std::uint32_t>(seed_ >> 32U),
                            .scenario_low = nullptr,
                            .scenario_high = nullptr,
                            .factor = nullptr,
                            .mixing_root = nullptr,
                            .largest_factor = 0.0F,
                            .largest_mixing_root = 0.0F,
                            .table_error = kernel_.table_error,
                            .float_error = float_error_,
                            .loss_sum = loss_sum,
                            .defaults = defaults == nullptr ? nullptr : defaults + place,
                            .open_lanes = open_lanes_.get()};
        states_.set_scenarios(block, target);
        const std::size_t open_count = kernel_.decide(target);
        for (std::size_t i = 0; i < open_count; ++i) {
            const OpenLane& lane = open_lanes_[i];
            if (!decide_open(lane, place, block)) continue;
            if (defaults == nullptr) {
                loss_sum[lane.scenario] += groups_.loss_minor[place + lane.obligor];
                continue;
            }
            std::uint16_t& mask = defaults[place + lane.obligor];
            mask = static_cast<std::uint16_t>(mask | (1U << lane.scenario));
        }
    }

  private:
    /// The canonical rule. The low bits of the uniform are drawn only where they matter.
    bool decide_open(const OpenLane& lane, std::size_t first_place, std::size_t block) const {
        const std::size_t place = first_place + lane.obligor;
        const std::size_t index =
            std::min(block * block_scenarios + lane.scenario, states_.scenario_count() - 1);
        if (groups_.row[place] == no_obligor) return false;
        std::array<float, max_factors> loading_of_one;
        const std::span<float> loading(loading_of_one.data(), groups_.factor_count);
        groups_.copy_loading(place, loading);
        const std::uint64_t limit =
            conditional_default_limit(groups_.threshold[place], loading, states_.state(index));
        const std::uint64_t least = std::uint64_t{lane.draw} << 32U;
        if (least >= limit) return false;
        if (least + 0xFFFFFFFFU < limit) return true;
        return default_uniform_48(seed_, states_.scenario(index), groups_.slot(place)) < limit;
    }

    const ObligorGroups& groups_;
    const SystematicStates& states_;
    std::uint64_t seed_;
    Kernel kernel_;
    float float_error_;
    std::vector<StreamWords> stream_;
    std::unique_ptr<OpenLane[]> open_lanes_;
};

void check(const SimulationRange& range) {
    if (range.count > ~range.first_scenario) {
        throw Error(ErrorCode::limit_exceeded, "scenarios.count", "the last scenario passes 2^64");
    }
}

/// The losses of some scenarios of a range, to their places in the result.
void simulate_task(const ObligorGroups& groups, const SimulationRange& range, std::size_t first,
                   InstructionSet set, std::span<std::int64_t> losses) {
    std::vector<std::uint64_t> scenarios(losses.size());
    std::iota(scenarios.begin(), scenarios.end(), range.first_scenario + first);
    const SystematicStates states({.seed = range.seed, .scenario = scenarios}, groups.factor_count,
                                  groups.mixing);
    std::vector<std::int64_t> sums(states.block_count() * block_scenarios,
                                   groups.certain_loss_minor);
    Decider decider(groups, states, range.seed, set);
    for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
        for (std::size_t block = 0; block < states.block_count(); ++block) {
            decider.decide(group, block, sums.data() + block * block_scenarios, nullptr);
        }
    }
    std::copy_n(sums.begin(), losses.size(), losses.begin());
}

/// Large books are split finer, so that a run ends soon when asked to; small runs too, so that
/// every thread has some.
std::size_t task_scenarios_for(const ObligorGroups& groups, const SimulationRange& range) {
    constexpr std::size_t lanes_of_a_task = std::size_t{1} << 27U;
    const std::size_t places = std::max<std::size_t>(groups.threshold.size(), 1);
    const std::size_t most = std::clamp(lanes_of_a_task / places, 4 * block_scenarios,
                                        SimulationVariant{}.task_scenarios);
    const std::size_t fair = (range.count / 64 + block_scenarios - 1) / block_scenarios;
    return std::clamp(fair * block_scenarios, 4 * block_scenarios, most);
}

}  // namespace

bool has_default_kernel([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    }
    if (set == InstructionSet::avx2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    }
#endif
    return set == InstructionSet::baseline;
}

InstructionSet fastest_default_kernel() {
    for (const auto set : {InstructionSet::avx512, InstructionSet::avx2}) {
        if (has_default_kernel(set)) return set;
    }
    return InstructionSet::baseline;
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel) {
    return simulate_losses(groups, range, parallel, fastest_default_kernel());
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel, InstructionSet set) {
    if (!has_default_kernel(set)) {
        throw Error(ErrorCode::invalid_input, "instruction_set",
                    "this processor has no " + std::string(instruction_set_name(set)));
    }
    return simulate_losses(
        groups, range, parallel,
        {.instruction_set = set, .task_scenarios = task_scenarios_for(groups, range)});
}

std::vector<std::int64_t> simulate_losses(const ObligorGroups& groups, const SimulationRange& range,
                                          const ParallelOptions& parallel,
                                          const SimulationVariant& variant) {
    check(range);
    std::vector<std::int64_t> losses(range.count);
    const std::size_t task_count =
        (range.count + variant.task_scenarios - 1) / variant.task_scenarios;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const std::size_t first = task * variant.task_scenarios;
        const std::size_t count = std::min(variant.task_scenarios, range.count - first);
        simulate_task(groups, range, first, variant.instruction_set,
                      std::span(losses).subspan(first, count));
        parallel.control.advance(count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "simulation", "stopped by the caller");
    return losses;
}

void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks) {
    default_masks(groups, scenarios, masks, fastest_default_kernel());
}

void default_masks(const ObligorGroups& groups, const ScenarioList& scenarios,
                   std::span<std::uint16_t> masks, InstructionSet set) {
    const std::size_t count = scenarios.scenario.size();
    if (count > block_scenarios) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 16 scenarios at once");
    }
    if (masks.size() != groups.obligor_count) {
        throw Error(ErrorCode::invalid_input, "masks", "must be as many as the obligors");
    }
    std::ranges::fill(masks, std::uint16_t{0});
    if (count == 0) return;
    const SystematicStates states(scenarios, groups.factor_count, groups.mixing);
    std::vector<std::uint16_t> of_places(groups.threshold.size());
    Decider decider(groups, states, scenarios.seed, set);
    for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
        decider.decide(group, 0, nullptr, of_places.data());
    }
    const auto asked = static_cast<std::uint16_t>((1U << count) - 1U);
    for (std::size_t place = 0; place < of_places.size(); ++place) {
        if (groups.row[place] == no_obligor) continue;
        masks[groups.row[place]] = static_cast<std::uint16_t>(of_places[place] & asked);
    }
    for (const std::uint32_t row : groups.certain_rows) masks[row] = asked;
}

}  // namespace seawall::debt
