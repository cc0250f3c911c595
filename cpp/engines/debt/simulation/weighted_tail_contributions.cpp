#include "engines/debt/simulation/weighted_tail_contributions.hpp"

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <mutex>
#include <numeric>

#include "engines/debt/simulation/tail_contributions.hpp"
#include "engines/debt/simulation/tail_scenarios.hpp"
#include "errors/error.hpp"
#include "numeric/added_elements.hpp"

namespace seawall::debt {
namespace {

/// Products of a sum of losses, a sum of weights and a level, which pass 128 bits.
using Product = boost::multiprecision::int512_t;

/// Adds up the weights of defaults in blocks of scenarios, in one memory.
class WeightAdder {
  public:
    WeightAdder(const ObligorGroups& groups, const SimulationRange& range,
                std::span<const std::uint32_t> weights)
        : groups_(groups), range_(range), weights_(weights), masks_(groups.obligor_count) {
        sums_.above_weight.resize(groups.obligor_count);
        sums_.at_weight.resize(groups.obligor_count);
        sums_.above_count.resize(groups.obligor_count);
    }

    /// Of at most block_scenarios, the first `above_count` of them above VaR.
    void add(std::span<const std::size_t> index, std::size_t above_count) {
        scenario_.clear();
        for (const std::size_t s : index) scenario_.push_back(range_.first_scenario + s);
        default_masks(groups_,
                      {.seed = range_.seed, .scenario = scenario_, .sampling = range_.sampling},
                      masks_);
        count_defaults(masks_, first_lanes(above_count), sums_.above_count);
        for (std::size_t row = 0; row < masks_.size(); ++row) {
            for (unsigned mask = masks_[row]; mask != 0; mask &= mask - 1) {
                const auto place = static_cast<std::size_t>(std::countr_zero(mask));
                auto& sums = place < above_count ? sums_.above_weight : sums_.at_weight;
                sums[row] += weights_[index[place]];
            }
        }
    }

    const WeightedDefaults& sums() const { return sums_; }

  private:
    const ObligorGroups& groups_;
    const SimulationRange& range_;
    std::span<const std::uint32_t> weights_;
    std::vector<std::uint64_t> scenario_;
    std::vector<std::uint16_t> masks_;
    WeightedDefaults sums_;
};

/// A contribution is (above · Σ w·L above VaR + at · Σ w·L at VaR) / whole.
struct SumWeights {
    Product above, at, whole;

    Product weighed(const WeightedLossSums& sums, std::size_t i) const {
        return above * Product(sums.above[i]) + at * Product(sums.at[i]);
    }
};

SumWeights weights_of(const WeightedTail& tail) {
    if (tail.at_weight <= 0) {
        throw Error(ErrorCode::invalid_input, "tail", "must have a scenario of weight at VaR");
    }
    const auto [numerator, denominator] = tail.level;
    const Product at_weight(tail.at_weight);
    const Product beyond =
        Product(denominator - numerator) * Product(tail.scenario_count) * unit_weight;
    return {.above = at_weight * denominator,
            .at = beyond - Product(tail.above_weight) * denominator,
            .whole = beyond * at_weight};
}

void check(const WeightedLossSums& sums) {
    if (sums.above.size() == sums.at.size()) return;
    throw Error(ErrorCode::invalid_input, "sums", "must be as many above VaR as at it");
}

}  // namespace

WeightedDefaults replay_weighted_tail(const ObligorGroups& groups, const SimulationRange& range,
                                      const WeightedScenarios& scenarios, const WeightedTail& tail,
                                      const ParallelOptions& parallel) {
    constexpr std::size_t task_scenarios = 8 * block_scenarios;
    const TailScenarios of_tail = tail_scenarios(scenarios, tail);
    const std::size_t count = of_tail.index.size();
    const std::size_t tasks = (count + task_scenarios - 1) / task_scenarios;
    WeightedDefaults result{.above_weight = std::vector<std::uint64_t>(groups.obligor_count),
                            .at_weight = std::vector<std::uint64_t>(groups.obligor_count),
                            .above_count = std::vector<std::uint32_t>(groups.obligor_count)};
    std::mutex adding;
    const bool complete = parallel_for(tasks, parallel, [&](std::size_t task) {
        WeightAdder adder(groups, range, scenarios.weight);
        const std::size_t end = std::min((task + 1) * task_scenarios, count);
        for (std::size_t first = task * task_scenarios; first < end; first += block_scenarios) {
            const std::size_t size = std::min(block_scenarios, end - first);
            const std::size_t above = std::clamp(of_tail.above_count, first, first + size) - first;
            adder.add(std::span(of_tail.index).subspan(first, size), above);
            parallel.control.advance(size);
        }
        const std::scoped_lock lock(adding);
        add_elements(adder.sums().above_weight, result.above_weight);
        add_elements(adder.sums().at_weight, result.at_weight);
        add_elements(adder.sums().above_count, result.above_count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "contributions", "stopped by the caller");
    return result;
}

WeightedLossSums weighted_loss_sums(const WeightedDefaults& defaults,
                                    std::span<const std::int64_t> loss_minor_at_default) {
    const std::size_t count = loss_minor_at_default.size();
    if (defaults.above_weight.size() != count || defaults.at_weight.size() != count) {
        throw Error(ErrorCode::invalid_input, "loss_minor_at_default",
                    "must have a value for each obligor");
    }
    WeightedLossSums sums;
    for (std::size_t i = 0; i < count; ++i) {
        const WideInteger loss = loss_minor_at_default[i];
        sums.above.push_back(loss * defaults.above_weight[i]);
        sums.at.push_back(loss * defaults.at_weight[i]);
    }
    return sums;
}

std::vector<double> contributions_minor(const WeightedLossSums& sums, const WeightedTail& tail) {
    check(sums);
    const SumWeights weights = weights_of(tail);
    std::vector<double> contributions;
    contributions.reserve(sums.above.size());
    const auto whole = weights.whole.convert_to<double>();
    for (std::size_t i = 0; i < sums.above.size(); ++i) {
        contributions.push_back(weights.weighed(sums, i).convert_to<double>() / whole);
    }
    return contributions;
}

std::vector<std::int64_t> whole_contributions_minor(const WeightedLossSums& sums,
                                                    const WeightedTail& tail) {
    check(sums);
    const SumWeights weights = weights_of(tail);
    std::vector<std::int64_t> contributions;
    std::vector<Product> remainder;
    Product remainders = 0;
    for (std::size_t i = 0; i < sums.above.size(); ++i) {
        const Product units = weights.weighed(sums, i);
        contributions.push_back((units / weights.whole).convert_to<std::int64_t>());
        remainder.push_back(units % weights.whole);
        remainders += remainder.back();
    }
    // Half up: of what the remainders come to, expected shortfall has so many whole units.
    const Product missing = (2 * remainders + weights.whole) / (2 * weights.whole);
    std::vector<std::size_t> order(contributions.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto is_larger = [&](std::size_t one, std::size_t other) {
        return remainder[one] != remainder[other] ? remainder[one] > remainder[other] : one < other;
    };
    const auto last = order.begin() + missing.convert_to<std::ptrdiff_t>();
    std::ranges::nth_element(order, last, is_larger);
    for (auto next = order.begin(); next != last; ++next) ++contributions[*next];
    return contributions;
}

}  // namespace seawall::debt
