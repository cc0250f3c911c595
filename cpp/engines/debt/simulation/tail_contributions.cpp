#include "engines/debt/simulation/tail_contributions.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <numeric>
#include <utility>

#include "engines/debt/simulation/default_block.hpp"
#include "engines/debt/simulation/tail_scenarios.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// Counts defaults in blocks of scenarios, in one memory.
class DefaultCounter {
  public:
    DefaultCounter(const ObligorGroups& groups, const SimulationRange& range,
                   std::size_t obligor_count)
        : groups_(groups), range_(range), masks_(obligor_count) {
        counts_.above_count.resize(obligor_count);
        counts_.at_count.resize(obligor_count);
    }

    /// Of at most block_scenarios, the first `above_count` of them above VaR.
    void count(std::span<const std::size_t> index, std::size_t above_count) {
        scenario_.clear();
        for (const std::size_t s : index) scenario_.push_back(range_.first_scenario + s);
        default_masks(groups_,
                      {.seed = range_.seed, .scenario = scenario_, .sampling = range_.sampling},
                      masks_);
        count_defaults(masks_, above_count, counts_);
    }

    const TailDefaults& counts() const { return counts_; }

  private:
    const ObligorGroups& groups_;
    const SimulationRange& range_;
    std::vector<std::uint64_t> scenario_;
    std::vector<std::uint16_t> masks_;
    TailDefaults counts_;
};

void add(const std::vector<std::uint32_t>& from, std::vector<std::uint32_t>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
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
    for (const WideInteger units : losses) {
        contributions.push_back(static_cast<double>(units) / static_cast<double>(weights.whole));
    }
    return contributions;
}

std::vector<std::int64_t> whole_shares(const WeighedLosses& losses, const CountWeights& weights) {
    std::vector<std::int64_t> contributions;
    std::vector<WideInteger> remainder;
    WideInteger remainders = 0;
    for (const WideInteger units : losses) {
        contributions.push_back(static_cast<std::int64_t>(units / weights.whole));
        remainder.push_back(units % weights.whole);
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
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(missing),
                              is_larger);
    for (std::size_t k = 0; k < missing; ++k) ++contributions[order[k]];
    return contributions;
}

}  // namespace

void count_defaults(std::span<const std::uint16_t> masks, std::size_t above_count,
                    TailDefaults& counts) {
    const unsigned above = (1U << above_count) - 1U;
    for (std::size_t row = 0; row < masks.size(); ++row) {
        const unsigned mask = masks[row];
        counts.above_count[row] += static_cast<std::uint32_t>(std::popcount(mask & above));
        counts.at_count[row] += static_cast<std::uint32_t>(std::popcount(mask & ~above));
    }
}

TailDefaults replay_tail(const ObligorGroups& groups, const SimulationRange& range,
                         std::span<const std::int64_t> loss_minor, const TailRisk& tail,
                         const ParallelOptions& parallel) {
    constexpr std::size_t blocks_a_task = 8;
    const TailScenarios scenarios = tail_scenarios(loss_minor, tail);
    const std::size_t count = scenarios.index.size();
    const std::size_t block_count = (count + block_scenarios - 1) / block_scenarios;
    const std::size_t tasks = (block_count + blocks_a_task - 1) / blocks_a_task;
    const std::size_t obligor_count = groups.obligor_count;
    TailDefaults result{.above_count = std::vector<std::uint32_t>(obligor_count),
                        .at_count = std::vector<std::uint32_t>(obligor_count)};
    std::mutex adding;
    const bool complete = parallel_for(tasks, parallel, [&](std::size_t task) {
        DefaultCounter counter(groups, range, obligor_count);
        const std::size_t end = std::min((task + 1) * blocks_a_task * block_scenarios, count);
        for (std::size_t first = task * blocks_a_task * block_scenarios; first < end;
             first += block_scenarios) {
            const std::size_t size = std::min(block_scenarios, end - first);
            const std::size_t above =
                std::clamp(scenarios.above_count, first, first + size) - first;
            counter.count(std::span(scenarios.index).subspan(first, size), above);
            parallel.control.advance(size);
        }
        const std::scoped_lock lock(adding);
        add(counter.counts().above_count, result.above_count);
        add(counter.counts().at_count, result.at_count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "contributions", "stopped by the caller");
    return result;
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
