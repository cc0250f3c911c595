#include "engines/debt/simulation/tail_contributions.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include "engines/debt/simulation/default_decider.hpp"
#include "engines/debt/simulation/tail_scenarios.hpp"
#include "errors/error.hpp"
#include "numeric/added_elements.hpp"

namespace seawall::debt {
namespace {

/// In operations that a compiler does for many masks at once: std::popcount may be a call each.
constexpr std::uint16_t set_bits(unsigned mask) {
    mask -= (mask >> 1U) & 0x5555U;
    mask = (mask & 0x3333U) + ((mask >> 2U) & 0x3333U);
    mask = (mask + (mask >> 4U)) & 0x0F0FU;
    return static_cast<std::uint16_t>((mask + (mask >> 8U)) & 0x1FU);
}

TailDefaults no_defaults(std::size_t count) {
    return {.above_count = std::vector<std::uint32_t>(count),
            .at_count = std::vector<std::uint32_t>(count)};
}

/// By place in the groups; the first `above_count` scenarios of the list are above VaR.
TailDefaults count_by_place(const ObligorGroups& groups, const ScenarioList& scenarios,
                            std::size_t above_count) {
    const SystematicStates states(scenarios, groups.factor_count, groups.mixing);
    DefaultDecider decider(groups, states, scenarios.seed, fastest_default_kernel());
    const std::size_t places = groups.threshold.size();
    TailDefaults counts = no_defaults(places);
    std::vector<std::uint16_t> masks(places);
    for (std::size_t group = 0; group < groups.group_count(); group += tile_groups) {
        const std::size_t place = group * group_obligors;
        const std::size_t size = std::min(tile_groups * group_obligors, places - place);
        const auto of_tile = std::span(masks).subspan(place, size);
        for (std::size_t block = 0; block < states.block_count(); ++block) {
            const std::size_t first = block * block_scenarios;
            const std::size_t end = std::min(first + block_scenarios, states.scenario_count());
            const unsigned lanes = first_lanes(end - first);
            const unsigned above = first_lanes(std::clamp(above_count, first, end) - first);
            std::ranges::fill(of_tile, std::uint16_t{0});
            decider.decide(group, block, nullptr, masks.data());
            count_defaults(of_tile, above, std::span(counts.above_count).subspan(place, size));
            count_defaults(of_tile, lanes & ~above,
                           std::span(counts.at_count).subspan(place, size));
        }
    }
    return counts;
}

/// From places in groups to rows of obligors.
TailDefaults by_row(const ObligorGroups& groups, const TailDefaults& of_places,
                    const TailScenarios& scenarios) {
    TailDefaults counts = no_defaults(groups.obligor_count);
    for (std::size_t place = 0; place < groups.row.size(); ++place) {
        const std::uint32_t row = groups.row[place];
        if (row == no_obligor) continue;
        counts.above_count[row] = of_places.above_count[place];
        counts.at_count[row] = of_places.at_count[place];
    }
    for (const std::uint32_t row : groups.certain_rows) {
        counts.above_count[row] = static_cast<std::uint32_t>(scenarios.above_count);
        counts.at_count[row] =
            static_cast<std::uint32_t>(scenarios.index.size() - scenarios.above_count);
    }
    return counts;
}

/// What the counts of an obligor weigh: (above · above_count + at · at_count) / whole.
struct CountWeights {
    WideInteger above = 0, at = 0, whole = 1;
};

WideInteger gcd(WideInteger a, WideInteger b) {
    while (b != 0) a = std::exchange(b, a % b);
    return a;
}

CountWeights weights_of(const TailRisk& tail) {
    const auto [numerator, denominator] = tail.level;
    const WideInteger beyond = static_cast<WideInteger>(denominator - numerator) *
                               static_cast<WideInteger>(tail.scenario_count);
    const auto at_count = static_cast<WideInteger>(tail.at_count);
    const WideInteger above = at_count * denominator;
    const WideInteger at = beyond - static_cast<WideInteger>(tail.above_count) * denominator;
    const WideInteger common = gcd(gcd(above, at), beyond * at_count);
    const WideInteger whole = common == 0 ? 0 : beyond * at_count / common;
    if (whole <= 0) throw Error(ErrorCode::invalid_input, "tail", "must have a scenario at VaR");
    return {.above = above / common, .at = at / common, .whole = whole};
}

[[noreturn]] void refuse_sum() {
    throw Error(ErrorCode::limit_exceeded, "contributions",
                "losses, scenarios and the level together pass 128 bits");
}

WideInteger product(WideInteger a, WideInteger b) {
    WideInteger result = 0;
    if (__builtin_mul_overflow(a, b, &result)) refuse_sum();
    return result;
}

/// Contributions times CountWeights::whole.
using WeighedLosses = std::vector<WideInteger>;

WeighedLosses weighed(const TailDefaults& defaults, std::span<const std::int64_t> losses,
                      const CountWeights& weights) {
    const bool fits =
        defaults.above_count.size() == losses.size() && defaults.at_count.size() == losses.size();
    if (!fits) {
        throw Error(ErrorCode::invalid_input, "loss_minor_at_default",
                    "must have a value for each obligor");
    }
    WeighedLosses result;
    result.reserve(losses.size());
    for (std::size_t row = 0; row < losses.size(); ++row) {
        const WideInteger counts =
            weights.above * defaults.above_count[row] + weights.at * defaults.at_count[row];
        result.push_back(product(counts, losses[row]));
    }
    return result;
}

WeighedLosses weighed(const TailLosses& losses, const CountWeights& weights) {
    if (losses.above_minor.size() != losses.at_minor.size()) {
        throw Error(ErrorCode::invalid_input, "losses", "must have two sums for each position");
    }
    WeighedLosses result;
    result.reserve(losses.above_minor.size());
    for (std::size_t position = 0; position < losses.above_minor.size(); ++position) {
        const WideInteger above = product(weights.above, losses.above_minor[position]);
        const WideInteger at = product(weights.at, losses.at_minor[position]);
        WideInteger sum = 0;
        if (__builtin_add_overflow(above, at, &sum)) refuse_sum();
        result.push_back(sum);
    }
    return result;
}

std::vector<double> shares(const WeighedLosses& losses, const CountWeights& weights) {
    std::vector<double> contributions;
    contributions.reserve(losses.size());
    const auto whole = static_cast<double>(weights.whole);
    for (const WideInteger units : losses) {
        contributions.push_back(static_cast<double>(units) / whole);
    }
    return contributions;
}

std::vector<std::int64_t> whole_shares(const WeighedLosses& losses, const CountWeights& weights) {
    std::vector<std::int64_t> contributions;
    std::vector<WideInteger> remainder;
    WideInteger remainders = 0;
    for (const WideInteger units : losses) {
        const WideInteger share = units / weights.whole;
        contributions.push_back(static_cast<std::int64_t>(share));
        remainder.push_back(units - share * weights.whole);
        remainders += remainder.back();
    }
    // Half up: of what the remainders come to, expected shortfall has so many whole units.
    const auto missing =
        static_cast<std::size_t>((2 * remainders + weights.whole) / (2 * weights.whole));
    std::vector<std::size_t> order(contributions.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto is_larger = [&](std::size_t one, std::size_t other) {
        return remainder[one] != remainder[other] ? remainder[one] > remainder[other] : one < other;
    };
    std::ranges::nth_element(order, order.begin() + static_cast<std::ptrdiff_t>(missing),
                             is_larger);
    for (std::size_t k = 0; k < missing; ++k) ++contributions[order[k]];
    return contributions;
}

}  // namespace

void count_defaults(std::span<const std::uint16_t> masks, unsigned lanes,
                    std::span<std::uint32_t> counts) {
    if (lanes == 0) return;
    for (std::size_t i = 0; i < masks.size(); ++i) counts[i] += set_bits(masks[i] & lanes);
}

TailDefaults replay_tail(const ObligorGroups& groups, const SimulationRange& range,
                         std::span<const std::int64_t> loss_minor, const TailRisk& tail,
                         const ParallelOptions& parallel) {
    constexpr std::size_t scenarios_a_task = 8 * block_scenarios;
    const TailScenarios found = tail_scenarios(loss_minor, tail);
    const std::size_t count = found.index.size();
    const std::size_t task_count = (count + scenarios_a_task - 1) / scenarios_a_task;
    TailDefaults of_places = no_defaults(groups.threshold.size());
    std::mutex adding;
    const bool complete = parallel_for(task_count, parallel, [&](std::size_t task) {
        const std::size_t first = task * scenarios_a_task;
        const std::size_t end = std::min(first + scenarios_a_task, count);
        std::vector<std::uint64_t> scenarios;
        for (std::size_t i = first; i < end; ++i) {
            scenarios.push_back(range.first_scenario + found.index[i]);
        }
        const TailDefaults counts = count_by_place(
            groups, {.seed = range.seed, .scenario = scenarios, .sampling = range.sampling},
            std::clamp(found.above_count, first, end) - first);
        parallel.control.advance(end - first);
        const std::scoped_lock lock(adding);
        add_elements(counts.above_count, of_places.above_count);
        add_elements(counts.at_count, of_places.at_count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "contributions", "stopped by the caller");
    return by_row(groups, of_places, found);
}

std::vector<double> contributions_minor(const TailDefaults& defaults,
                                        std::span<const std::int64_t> loss_minor_at_default,
                                        const TailRisk& tail) {
    const CountWeights weights = weights_of(tail);
    return shares(weighed(defaults, loss_minor_at_default, weights), weights);
}

std::vector<double> contributions_minor(const TailLosses& losses, const TailRisk& tail) {
    const CountWeights weights = weights_of(tail);
    return shares(weighed(losses, weights), weights);
}

std::vector<std::int64_t> whole_contributions_minor(
    const TailDefaults& defaults, std::span<const std::int64_t> loss_minor_at_default,
    const TailRisk& tail) {
    const CountWeights weights = weights_of(tail);
    return whole_shares(weighed(defaults, loss_minor_at_default, weights), weights);
}

std::vector<std::int64_t> whole_contributions_minor(const TailLosses& losses,
                                                    const TailRisk& tail) {
    const CountWeights weights = weights_of(tail);
    return whole_shares(weighed(losses, weights), weights);
}

}  // namespace seawall::debt
