#include "engines/debt/simulation/paired_difference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

struct Spread {
    double mean = 0.0, standard_error = 0.0;
};

/// Of differences of integers, whose sum is exact.
template <class Difference>
Spread spread_of(std::size_t count, const Difference& difference) {
    const auto scenarios = static_cast<double>(count);
    WideInteger sum = 0;
    for (std::size_t s = 0; s < count; ++s) sum += difference(s);
    Spread spread{.mean = static_cast<double>(sum) / scenarios};
    if (count == 1) return spread;
    const double squares = ordered_sum(count, [&](std::size_t s) {
        const double deviation = static_cast<double>(difference(s)) - spread.mean;
        return deviation * deviation;
    });
    spread.standard_error = std::sqrt(squares / (scenarios - 1.0)) / std::sqrt(scenarios);
    return spread;
}

template <class Tail>
void check(std::span<const std::int64_t> before, const Tail& tail_before,
           std::span<const std::int64_t> after, const Tail& tail_after) {
    if (before.empty()) throw Error(ErrorCode::invalid_input, "before", "there is no loss");
    if (after.size() != before.size()) {
        throw Error(ErrorCode::invalid_input, "after", "must be of the scenarios of before");
    }
    const bool is_of_these = tail_before.scenario_count == before.size() &&
                             tail_after.scenario_count == before.size() &&
                             tail_before.level.numerator == tail_after.level.numerator &&
                             tail_before.level.denominator == tail_after.level.denominator;
    if (!is_of_these) {
        throw Error(ErrorCode::invalid_input, "tail", "must be of these losses at one level");
    }
}

std::int64_t excess(std::int64_t loss_minor, std::int64_t var_minor) {
    return std::max<std::int64_t>(loss_minor - var_minor, 0);
}

double share_beyond(const ConfidenceLevel& level) {
    return static_cast<double>(level.denominator - level.numerator) /
           static_cast<double>(level.denominator);  // 1 − α
}

}  // namespace

PairedDifference paired_difference(std::span<const std::int64_t> before,
                                   const TailRisk& tail_before, std::span<const std::int64_t> after,
                                   const TailRisk& tail_after) {
    check(before, tail_before, after, tail_after);
    const Spread loss =
        spread_of(before.size(), [&](std::size_t s) { return after[s] - before[s]; });
    const Spread beyond = spread_of(before.size(), [&](std::size_t s) {
        return excess(after[s], tail_after.var_minor) - excess(before[s], tail_before.var_minor);
    });
    return {.expected_minor = loss.mean,
            .expected_standard_error_minor = loss.standard_error,
            .es_minor = tail_after.es_minor - tail_before.es_minor,
            .es_standard_error_minor = beyond.standard_error / share_beyond(tail_before.level)};
}

PairedDifference paired_difference(const WeightedScenarios& before, const WeightedTail& tail_before,
                                   const WeightedScenarios& after, const WeightedTail& tail_after) {
    check(before.loss_minor, tail_before, after.loss_minor, tail_after);
    const auto& weight = before.weight;
    const auto& old = before.loss_minor;
    const auto& changed = after.loss_minor;
    const Spread loss = spread_of(
        old.size(), [&](std::size_t s) { return WideInteger{weight[s]} * (changed[s] - old[s]); });
    const Spread beyond = spread_of(old.size(), [&](std::size_t s) {
        return WideInteger{weight[s]} *
               (excess(changed[s], tail_after.var_minor) - excess(old[s], tail_before.var_minor));
    });
    constexpr double unit = unit_weight;
    return {
        .expected_minor = loss.mean / unit,
        .expected_standard_error_minor = loss.standard_error / unit,
        .es_minor = tail_after.es_minor - tail_before.es_minor,
        .es_standard_error_minor = beyond.standard_error / unit / share_beyond(tail_before.level)};
}

}  // namespace seawall::debt
