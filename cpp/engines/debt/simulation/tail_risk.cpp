#include "engines/debt/simulation/tail_risk.hpp"

#include <algorithm>
#include <cmath>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

constexpr double outside = 0.025;  // of each side of an interval

void check(std::span<const std::int64_t> losses) {
    if (losses.empty()) throw Error(ErrorCode::invalid_input, "losses", "there is no scenario");
}

/// ⌈α·S⌉.
std::size_t quantile_rank(std::size_t count, const ConfidenceLevel& level) {
    const WideInteger product = static_cast<WideInteger>(count) * level.numerator;
    return static_cast<std::size_t>((product + level.denominator - 1) / level.denominator);
}

/// The losses of one rank after another, each asked rank at least as large as the one before.
class RisingRanks {
  public:
    explicit RisingRanks(std::span<const std::int64_t> losses)
        : losses_(losses.begin(), losses.end()) {}

    std::int64_t loss(std::size_t rank) {
        const auto place = losses_.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        if (place >= begin_) std::nth_element(begin_, place, losses_.end());
        begin_ = std::max(begin_, place + 1);
        return *place;
    }

  private:
    std::vector<std::int64_t> losses_;
    std::vector<std::int64_t>::iterator begin_ = losses_.begin();
};

}  // namespace

void check(const ConfidenceLevel& level) {
    const bool is_level = level.numerator > 0 && level.numerator < level.denominator &&
                          level.denominator <= largest_denominator;
    if (!is_level) {
        throw Error(ErrorCode::invalid_input, "level",
                    "must be above 0 and below 1, with at most nine decimals");
    }
}

bool TailRisk::is_thin() const {
    const WideInteger beyond =
        static_cast<WideInteger>(scenario_count) * (level.denominator - level.numerator);
    return beyond < static_cast<WideInteger>(least_tail_scenarios) * level.denominator;
}

RankInterval quantile_ranks(std::size_t count, const ConfidenceLevel& level) {
    check(level);
    // How many of `count` losses are at most the quantile is binomial. Its probabilities by the
    // ratio of neighbours from the mode on, as far as they matter: no power, no logarithm.
    const double odds = static_cast<double>(level.numerator) /
                        static_cast<double>(level.denominator - level.numerator);
    const std::size_t mode = std::min(static_cast<std::size_t>(static_cast<WideInteger>(count + 1) *
                                                               level.numerator / level.denominator),
                                      count);
    constexpr double negligible = 1e-20;
    std::vector<double> below;  // of mode, mode − 1, …, to the mode's
    double weight = 1.0;
    for (std::size_t k = mode;; --k) {
        below.push_back(weight);
        if (k == 0 || weight < negligible) break;
        weight *= static_cast<double>(k) / (static_cast<double>(count - k + 1) * odds);
    }
    std::vector<double> above;  // of mode + 1, mode + 2, …
    weight = 1.0;
    for (std::size_t k = mode + 1; k <= count; ++k) {
        weight *= static_cast<double>(count - k + 1) * odds / static_cast<double>(k);
        if (weight < negligible) break;
        above.push_back(weight);
    }
    double total = 0.0;
    for (std::size_t i = below.size(); i-- > 0;) total += below[i];
    for (const double w : above) total += w;
    // The largest low with P(N < low) <= 2.5 %, and the least high with P(N >= high) <= 2.5 %.
    const std::size_t first = mode + 1 - below.size();
    double sum = 0.0;
    std::size_t low = first;
    for (std::size_t i = below.size(); i-- > 0; ++low) {
        if (sum + below[i] > outside * total) break;
        sum += below[i];
    }
    sum = 0.0;
    std::size_t high = mode + above.size() + 1;
    for (std::size_t i = above.size(); i-- > 0; --high) {
        if (sum + above[i] > outside * total) break;
        sum += above[i];
    }
    return {.low = std::max<std::size_t>(low, 1), .high = std::min(high, count + 1)};
}

TailRisk tail_risk(std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level) {
    check(loss_minor);
    check(level);
    const std::size_t count = loss_minor.size();
    const RankInterval ranks = quantile_ranks(count, level);
    RisingRanks rising(loss_minor);
    TailRisk tail{.level = level, .scenario_count = count};
    tail.var_low_minor = rising.loss(ranks.low);
    tail.var_minor = rising.loss(quantile_rank(count, level));
    tail.var_high_is_open = ranks.high > count;
    tail.var_high_minor = rising.loss(std::min(ranks.high, count));
    for (const std::int64_t loss : loss_minor) {
        tail.above_count += loss > tail.var_minor ? 1 : 0;
        tail.at_count += loss == tail.var_minor ? 1 : 0;
        if (loss > tail.var_minor) tail.excess_minor += loss - tail.var_minor;
    }
    const double scenarios = static_cast<double>(count);
    const double beyond = static_cast<double>(level.denominator - level.numerator) /
                          static_cast<double>(level.denominator);  // 1 − α
    const double mean = static_cast<double>(tail.excess_minor) / scenarios;
    tail.es_minor = static_cast<double>(tail.var_minor) + mean / beyond;
    if (count == 1) return tail;
    const double squares = ordered_sum(count, [&](std::size_t s) {
        const std::int64_t excess = std::max<std::int64_t>(loss_minor[s] - tail.var_minor, 0);
        const double deviation = static_cast<double>(excess) - mean;
        return deviation * deviation;
    });
    tail.es_standard_error_minor =
        std::sqrt(squares / (scenarios - 1.0)) / (beyond * std::sqrt(scenarios));
    return tail;
}

LossMoments loss_moments(std::span<const std::int64_t> loss_minor) {
    check(loss_minor);
    const auto scenarios = static_cast<double>(loss_minor.size());
    WideInteger sum = 0;
    for (const std::int64_t loss : loss_minor) sum += loss;
    LossMoments moments{.expected_minor = static_cast<double>(sum) / scenarios};
    if (loss_minor.size() == 1) return moments;
    const double squares = ordered_sum(loss_minor.size(), [&](std::size_t s) {
        const double deviation = static_cast<double>(loss_minor[s]) - moments.expected_minor;
        return deviation * deviation;
    });
    moments.standard_deviation_minor = std::sqrt(squares / (scenarios - 1.0));
    moments.standard_error_minor = moments.standard_deviation_minor / std::sqrt(scenarios);
    return moments;
}

}  // namespace seawall::debt
