#include "engines/debt/simulation/weighted_tail.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

constexpr double unit = static_cast<double>(unit_weight);
constexpr double two_sided_95 = 1.959963984540054;  // Φ⁻¹(0.975)
constexpr std::uint32_t largest_weight = defensive_period * unit_weight;

/// Sums over the scenarios that lose more than something.
struct Sums {
    std::size_t count = 0;
    WideInteger weight = 0;
    WideInteger squares = 0;  // of the weights

    void add(const Sums& other) {
        count += other.count;
        weight += other.weight;
        squares += other.squares;
    }
    double effective_count() const {
        const auto sum = static_cast<double>(weight);
        return squares == 0 ? 0.0 : sum * sum / static_cast<double>(squares);
    }
};

/// The scenarios of one loss.
struct Step {
    std::int64_t loss = 0;
    Sums at{};
    Sums above{};
};

struct Scenario {
    std::int64_t loss;
    std::uint32_t weight;
};

std::vector<Scenario> by_falling_loss(const WeightedScenarios& scenarios) {
    std::vector<Scenario> sorted;
    sorted.reserve(scenarios.loss_minor.size());
    for (std::size_t s = 0; s < scenarios.loss_minor.size(); ++s) {
        sorted.push_back({scenarios.loss_minor[s], scenarios.weight[s]});
    }
    std::ranges::sort(sorted, std::greater<>(), &Scenario::loss);
    return sorted;
}

/// The least loss that occurs, or else the largest one, beyond which no more than a weight lies.
template <class IsWithin>
Step last_within(const std::vector<Scenario>& sorted, const IsWithin& is_within) {
    Step found;
    for (auto next = sorted.begin(); next != sorted.end();) {
        Step step{.loss = next->loss, .above = found.above};
        step.above.add(found.at);
        if (next != sorted.begin() && !is_within(step.above.weight)) break;
        for (; next != sorted.end() && next->loss == step.loss; ++next) {
            const WideInteger weight = next->weight;
            step.at.add({.count = 1, .weight = weight, .squares = weight * weight});
        }
        found = step;
    }
    return found;
}

void set_interval(const std::vector<Scenario>& sorted, const Sums& tail, WeightedTail& result) {
    // Were the quantile q, the weights beyond it would be (1 − α)·S in the mean, with the variance
    // Σ w² − (Σ w)²/S of which the first sum is that of the tail, scaled to (1 − α)·S.
    const auto scenarios = static_cast<double>(result.scenario_count);
    const double share = static_cast<double>(result.level.denominator - result.level.numerator) /
                         static_cast<double>(result.level.denominator);
    const double mean = share * scenarios * unit;
    const double of_tail = static_cast<double>(tail.squares) / static_cast<double>(tail.weight);
    const double variance = std::max(mean * of_tail - mean * mean / scenarios, 0.0);
    const double spread = two_sided_95 * std::sqrt(variance);
    const auto within = [&](double most) {
        return [most](WideInteger weight) { return static_cast<double>(weight) <= most; };
    };
    result.var_low_minor = last_within(sorted, within(mean + spread)).loss;
    result.var_high_minor = last_within(sorted, within(mean - spread)).loss;
    result.var_high_is_open = mean - spread < 0.0;
}

}  // namespace

void check(const WeightedScenarios& scenarios) {
    if (scenarios.loss_minor.empty()) {
        throw Error(ErrorCode::invalid_input, "losses", "there is no scenario");
    }
    if (scenarios.weight.size() != scenarios.loss_minor.size()) {
        throw Error(ErrorCode::invalid_input, "weights", "must have a value for each scenario");
    }
    const auto largest = std::ranges::max_element(scenarios.weight);
    if (*largest == 0) {
        throw Error(ErrorCode::invalid_input, "weights", "must have one above 0");
    }
    if (*largest > largest_weight) {
        const auto place = static_cast<std::size_t>(largest - scenarios.weight.begin());
        throw Error(ErrorCode::invalid_input, "weights[" + std::to_string(place) + "]",
                    "must be at most 8");
    }
}
WeightedTail weighted_tail(const WeightedScenarios& scenarios, const ConfidenceLevel& level) {
    check(scenarios);
    check(level);
    const std::size_t count = scenarios.loss_minor.size();
    const std::vector<Scenario> sorted = by_falling_loss(scenarios);
    const WideInteger most =
        static_cast<WideInteger>(count) * (level.denominator - level.numerator) * unit_weight;
    const Step at_var =
        last_within(sorted, [&](WideInteger weight) { return weight * level.denominator <= most; });
    WeightedTail tail{.level = level, .scenario_count = count, .var_minor = at_var.loss};
    tail.above_weight = at_var.above.weight;
    tail.at_weight = at_var.at.weight;
    tail.above_count = at_var.above.count;
    tail.at_count = at_var.at.count;
    Sums of_tail = at_var.above;
    of_tail.add(at_var.at);
    const Step least = last_within(sorted, [](WideInteger) { return true; });
    Sums all = least.above;
    all.add(least.at);
    tail.effective_count = all.effective_count();
    tail.tail_effective_count = of_tail.effective_count();
    set_interval(sorted, of_tail.weight == 0 ? all : of_tail, tail);

    const auto excess_of = [&](std::size_t s) {
        return std::max<std::int64_t>(scenarios.loss_minor[s] - tail.var_minor, 0);
    };
    for (std::size_t s = 0; s < count; ++s) {
        tail.weighted_excess += static_cast<WideInteger>(excess_of(s)) * scenarios.weight[s];
    }
    const auto number = static_cast<double>(count);
    const double beyond = static_cast<double>(level.denominator - level.numerator) /
                          static_cast<double>(level.denominator);  // 1 − α
    const double mean = static_cast<double>(tail.weighted_excess) / unit / number;
    tail.es_minor = static_cast<double>(tail.var_minor) + mean / beyond;
    if (count == 1) return tail;
    const double squares = ordered_sum(count, [&](std::size_t s) {
        const double deviation =
            static_cast<double>(excess_of(s)) * (scenarios.weight[s] / unit) - mean;
        return deviation * deviation;
    });
    tail.es_standard_error_minor =
        std::sqrt(squares / (number - 1.0)) / (beyond * std::sqrt(number));
    return tail;
}

LossMoments weighted_moments(const WeightedScenarios& scenarios) {
    check(scenarios);
    const std::size_t count = scenarios.loss_minor.size();
    const auto number = static_cast<double>(count);
    WideInteger sum = 0;
    for (std::size_t s = 0; s < count; ++s) {
        sum += static_cast<WideInteger>(scenarios.loss_minor[s]) * scenarios.weight[s];
    }
    LossMoments moments{.expected_minor = static_cast<double>(sum) / unit / number};
    if (count == 1) return moments;
    const double squares = ordered_sum(count, [&](std::size_t s) {
        const double deviation =
            static_cast<double>(scenarios.loss_minor[s]) - moments.expected_minor;
        return deviation * deviation * (scenarios.weight[s] / unit);
    });
    const double weighted_squares = ordered_sum(count, [&](std::size_t s) {
        const double weighted =
            static_cast<double>(scenarios.loss_minor[s]) * (scenarios.weight[s] / unit);
        const double deviation = weighted - moments.expected_minor;
        return deviation * deviation;
    });
    moments.standard_deviation_minor = std::sqrt(squares / (number - 1.0));
    moments.standard_error_minor = std::sqrt(weighted_squares / (number - 1.0) / number);
    return moments;
}

}  // namespace seawall::debt
