#include "engines/debt/simulation/conditional_loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t block_groups = ordered_sum_block / group_obligors;
constexpr std::size_t task_blocks = 16;

/// A group's obligors side by side: eight chains, which vectorise without reassociation.
using Places = std::array<double, group_obligors>;

/// As ordered_block_sum adds its lanes.
double sum_of(const Places& l) {
    return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
}

void check(const ObligorGroups& groups, const ScenarioState& state) {
    if (state.factor.size() == groups.factor_count) return;
    throw Error(ErrorCode::invalid_input, "state.factor", "must have a value for each factor");
}

/// A·√(W/ν) − b'z of a group, in the order of the default rule.
Places distances(const ObligorGroups& groups, std::size_t group, const ScenarioState& state) {
    Places distance;
    const double* const threshold = groups.threshold.data() + group * group_obligors;
    for (std::size_t i = 0; i < group_obligors; ++i) distance[i] = threshold[i] * state.mixing_root;
    const float* loading = groups.loading.data() + group * group_obligors * groups.factor_count;
    for (const double factor : state.factor) {
        for (std::size_t i = 0; i < group_obligors; ++i) {
            distance[i] -= static_cast<double>(loading[i]) * factor;
        }
        loading += group_obligors;
    }
    return distance;
}

/// Of a block of groups: the loss, then what it changes with the root and with each factor.
class BlockSums {
  public:
    BlockSums(const ObligorGroups& groups, const ScenarioState& state)
        : groups_(groups), state_(state) {}

    double loss(std::size_t first_group) const {
        Places sum{};
        const std::size_t end = end_of(first_group);
        for (std::size_t group = first_group; group < end; ++group) {
            const Places distance = distances(groups_, group, state_);
            const std::int64_t* const losses = groups_.loss_minor.data() + group * group_obligors;
            for (std::size_t i = 0; i < group_obligors; ++i) {
                if (losses[i] == 0) continue;
                sum[i] += static_cast<double>(losses[i]) * normal_cdf(distance[i]);
            }
        }
        return sum_of(sum);
    }

    void loss_and_slopes(std::size_t first_group, std::span<double> sums) const {
        Places loss{};
        Places by_root{};
        std::array<Places, max_factors> by_factor;
        std::fill_n(by_factor.begin(), groups_.factor_count, Places{});
        const std::size_t end = end_of(first_group);
        for (std::size_t group = first_group; group < end; ++group) {
            const Places distance = distances(groups_, group, state_);
            const std::size_t place = group * group_obligors;
            Places slope{};
            for (std::size_t i = 0; i < group_obligors; ++i) {
                const std::int64_t at_default = groups_.loss_minor[place + i];
                if (at_default == 0) continue;
                loss[i] += static_cast<double>(at_default) * normal_cdf(distance[i]);
                slope[i] = static_cast<double>(at_default) * normal_density(distance[i]);
                by_root[i] += slope[i] * groups_.threshold[place + i];
            }
            const float* loading = groups_.loading.data() + place * groups_.factor_count;
            for (std::size_t k = 0; k < groups_.factor_count; ++k) {
                for (std::size_t i = 0; i < group_obligors; ++i) {
                    by_factor[k][i] -= slope[i] * static_cast<double>(loading[i]);
                }
                loading += group_obligors;
            }
        }
        sums[0] = sum_of(loss);
        sums[1] = sum_of(by_root);
        for (std::size_t k = 0; k < groups_.factor_count; ++k) sums[2 + k] = sum_of(by_factor[k]);
    }

  private:
    std::size_t end_of(std::size_t first_group) const {
        return std::min(first_group + block_groups, groups_.group_count());
    }

    const ObligorGroups& groups_;
    const ScenarioState& state_;
};

/// Adds `size` sums of each block, in the order of the blocks; `add` writes those of one.
template <class Add>
std::vector<double> sums_of_blocks(const ObligorGroups& groups, std::size_t size,
                                   const ParallelOptions& parallel, const Add& add) {
    const std::size_t blocks = (groups.group_count() + block_groups - 1) / block_groups;
    std::vector<double> of_blocks(blocks * size);
    const auto add_task = [&](std::size_t task) {
        const std::size_t end = std::min((task + 1) * task_blocks, blocks);
        for (std::size_t block = task * task_blocks; block < end; ++block) {
            add(block * block_groups, std::span(of_blocks).subspan(block * size, size));
        }
    };
    // Evaluations are steps of a search, whose progress is not theirs.
    const ParallelOptions options{.threads = parallel.threads,
                                  .lane = parallel.lane,
                                  .control = {.stop = parallel.control.stop}};
    const std::size_t tasks = (blocks + task_blocks - 1) / task_blocks;
    bool complete = !options.control.stop_requested();
    if (complete && tasks == 1) {
        add_task(0);  // a small book takes less than handing it out
    } else if (complete) {
        complete = parallel_for(tasks, options, add_task);
    }
    if (!complete) throw Error(ErrorCode::cancelled, "conditional_loss", "stopped by the caller");
    std::vector<double> sums(size);
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t i = 0; i < size; ++i) sums[i] += of_blocks[block * size + i];
    }
    return sums;
}

/// The largest probability of default that a state gives an obligor, or that states come near to.
double largest_probability(double threshold, bool has_loading, bool is_gaussian) {
    if (has_loading) return 1.0;
    if (is_gaussian) return normal_cdf(threshold);
    return threshold > 0.0 ? 1.0 : 0.5;  // √(W/ν) beyond all bounds, or to 0
}

}  // namespace

double conditional_loss_minor(const ObligorGroups& groups, const ScenarioState& state,
                              const ParallelOptions& parallel) {
    check(groups, state);
    const BlockSums block(groups, state);
    const auto sums = sums_of_blocks(
        groups, 1, parallel,
        [&](std::size_t group, std::span<double> sum) { sum[0] = block.loss(group); });
    return static_cast<double>(groups.certain_loss_minor) + sums[0];
}

ConditionalLoss conditional_loss(const ObligorGroups& groups, const ScenarioState& state,
                                 const ParallelOptions& parallel) {
    check(groups, state);
    const BlockSums block(groups, state);
    const auto sums = sums_of_blocks(
        groups, 2 + groups.factor_count, parallel,
        [&](std::size_t group, std::span<double> sum) { block.loss_and_slopes(group, sum); });
    return {.loss_minor = static_cast<double>(groups.certain_loss_minor) + sums[0],
            .factor_slope = {sums.begin() + 2, sums.end()},
            .mixing_slope = sums[1]};
}

double conditional_loss_bound_minor(const ObligorGroups& groups, bool is_gaussian) {
    const double bound = ordered_sum(groups.threshold.size(), [&](std::size_t place) {
        const std::int64_t loss = groups.loss_minor[place];
        if (loss == 0) return 0.0;
        std::array<float, max_factors> loading;
        groups.copy_loading(place, std::span(loading).first(groups.factor_count));
        const bool has_loading = std::any_of(
            loading.begin(), loading.begin() + static_cast<std::ptrdiff_t>(groups.factor_count),
            [](float b) { return b != 0.0F; });
        return static_cast<double>(loss) *
               largest_probability(groups.threshold[place], has_loading, is_gaussian);
    });
    return static_cast<double>(groups.certain_loss_minor) + bound;
}

std::vector<double> conditional_default_probabilities(const ObligorGroups& groups,
                                                      const ScenarioState& state) {
    check(groups, state);
    std::vector<double> probabilities(groups.obligor_count);
    for (std::size_t group = 0; group < groups.group_count(); ++group) {
        const Places distance = distances(groups, group, state);
        for (std::size_t i = 0; i < group_obligors; ++i) {
            const std::uint32_t row = groups.row[group * group_obligors + i];
            if (row != no_obligor) probabilities[row] = normal_cdf(distance[i]);
        }
    }
    for (const std::uint32_t row : groups.certain_rows) probabilities[row] = 1.0;
    return probabilities;
}

MixingScore::MixingScore(double degrees_of_freedom) : degrees_of_freedom_(degrees_of_freedom) {
    if (std::isfinite(degrees_of_freedom)) gamma_.emplace(0.5 * degrees_of_freedom);
}

double MixingScore::variable(double score) const {
    if (!gamma_) return std::numeric_limits<double>::infinity();
    return 2.0 * (score <= 0.0 ? gamma_->point_with_mass_below(normal_cdf(score))
                               : gamma_->point_with_mass_above(normal_cdf(-score)));
}

ValueAndSlope MixingScore::root(double score) const {
    if (!gamma_) return {.value = 1.0, .slope = 0.0};
    const double half = 0.5 * variable(score);
    const double root = std::sqrt(2.0 * half / degrees_of_freedom_);
    // dW/dv = φ(v) / f(W), and d√(W/ν) = dW / (2ν√(W/ν)); f is half the gamma's at W/2.
    const double slope =
        normal_density(score) / (gamma_->density(half) * degrees_of_freedom_ * root);
    return {.value = root, .slope = slope};
}

}  // namespace seawall::debt
