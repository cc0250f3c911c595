#include "engines/debt/simulation/default_decider.hpp"

#include <algorithm>
#include <array>
#include <span>

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

}  // namespace

DefaultDecider::DefaultDecider(const ObligorGroups& groups, const SystematicStates& states,
                               std::uint64_t seed, InstructionSet set)
    : groups_(groups),
      states_(states),
      seed_(seed),
      decide_block_(kernel_of(set).decide),
      table_error_(kernel_of(set).table_error),
      float_error_(float_error_of(groups.factor_count)),
      stream_(stream_words(groups, seed)),
      open_lanes_(std::make_unique_for_overwrite<OpenLane[]>(
          std::min(tile_groups, groups.group_count()) * group_obligors * block_scenarios)) {}

void DefaultDecider::decide(std::size_t first_group, std::size_t block, std::int64_t* loss_sum,
                            std::uint16_t* defaults) {
    const GroupThresholds own{.exact = groups_.threshold,
                              .rounded = groups_.rounded_threshold,
                              .largest = groups_.largest_threshold};
    decide(first_group, block, own, loss_sum,
           defaults == nullptr ? nullptr : defaults + first_group * group_obligors);
}

void DefaultDecider::decide(std::size_t first_group, std::size_t block,
                            const GroupThresholds& thresholds, std::uint16_t* defaults) {
    decide(first_group, block, thresholds, nullptr, defaults);
}

void DefaultDecider::decide(std::size_t first_group, std::size_t block,
                            const GroupThresholds& thresholds, std::int64_t* loss_sum,
                            std::uint16_t* defaults) {
    const std::size_t group_count = std::min(tile_groups, groups_.group_count() - first_group);
    const std::size_t place = first_group * group_obligors;
    DefaultBlock target{.group_count = group_count,
                        .factor_count = groups_.factor_count,
                        .stream = stream_.data() + first_group,
                        .threshold = thresholds.rounded.data() + place,
                        .loading = groups_.loading.data() + place * groups_.factor_count,
                        .largest_threshold = thresholds.largest.data() + first_group,
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
                        .table_error = table_error_,
                        .float_error = float_error_,
                        .loss_sum = loss_sum,
                        .defaults = defaults,
                        .open_lanes = open_lanes_.get()};
    states_.set_scenarios(block, target);
    const std::size_t open_count = decide_block_(target);
    for (std::size_t i = 0; i < open_count; ++i) {
        const OpenLane& lane = open_lanes_[i];
        if (!decide_open(lane, place, block, thresholds.exact[place + lane.obligor])) continue;
        if (defaults == nullptr) {
            loss_sum[lane.scenario] += groups_.loss_minor[place + lane.obligor];
            continue;
        }
        std::uint16_t& mask = defaults[lane.obligor];
        mask = static_cast<std::uint16_t>(mask | (1U << lane.scenario));
    }
}

/// The canonical rule. The low bits of the uniform are drawn only where they matter.
bool DefaultDecider::decide_open(const OpenLane& lane, std::size_t first_place, std::size_t block,
                                 double threshold) const {
    const std::size_t place = first_place + lane.obligor;
    const std::size_t index =
        std::min(block * block_scenarios + lane.scenario, states_.scenario_count() - 1);
    if (groups_.row[place] == no_obligor) return false;
    std::array<float, max_factors> loading_of_one;
    const std::span<float> loading(loading_of_one.data(), groups_.factor_count);
    groups_.copy_loading(place, loading);
    const std::uint64_t limit = conditional_default_limit(threshold, loading, states_.state(index));
    const std::uint64_t least = std::uint64_t{lane.draw} << 32U;
    if (least >= limit) return false;
    if (least + 0xFFFFFFFFU < limit) return true;
    return default_uniform_48(seed_, states_.scenario(index), groups_.slot(place)) < limit;
}

}  // namespace seawall::debt
