#include "engines/debt/simulation/importance_choice.hpp"

#include <algorithm>
#include <cmath>

#include "engines/debt/simulation/weighted_tail.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t least_pilot = 1024;
constexpr std::size_t most_pilot = std::size_t{1} << 26U;
constexpr std::uint64_t pilot_distance = std::uint64_t{1} << 40U;
/// Of the plain pilot, as the tail that a shift is judged by.
constexpr std::int64_t judging_scenarios = 64;

void check(const ShiftSearch& search) {
    check(search.level);
    const std::size_t count = search.pilot_scenarios;
    if (count < least_pilot || count > most_pilot || count % defensive_period != 0) {
        throw Error(ErrorCode::invalid_input, "pilot_scenarios",
                    "must be a multiple of 8, at least 1024 and at most 2^26");
    }
}

/// Levels of rounds: 1/20, 1/200, … of the scenarios, then the level, twice.
std::vector<ConfidenceLevel> levels_to(const ConfidenceLevel& level) {
    std::vector<ConfidenceLevel> levels;
    const auto [numerator, denominator] = level;
    for (std::int64_t tail = 20; tail < largest_denominator; tail *= 10) {
        const bool is_before = (denominator - numerator) * static_cast<WideInteger>(tail) <
                               static_cast<WideInteger>(denominator);
        if (!is_before) break;
        levels.push_back({tail - 1, tail});
    }
    levels.insert(levels.end(), 2, level);
    return levels;
}

/// The least loss of the tail: above VaR or from VaR on, whichever makes it as likely as 1 − α more
/// nearly, as ratios go.
std::int64_t least_tail_loss(const WeightedTail& tail) {
    const double beyond = static_cast<double>(tail.level.denominator - tail.level.numerator) /
                          static_cast<double>(tail.level.denominator) *
                          static_cast<double>(tail.scenario_count) *
                          static_cast<double>(unit_weight);
    const auto above = static_cast<double>(tail.above_weight);
    const double from = above + static_cast<double>(tail.at_weight);
    return above * from > beyond * beyond ? tail.var_minor + 1 : tail.var_minor;
}

double to_few_bits(double value) {
    return static_cast<double>(std::llround(value * 0x1p10)) * 0x1p-10;
}

/// The weighted means of z and W over the scenarios of a tail.
class TailMeans {
  public:
    TailMeans(const ObligorGroups& groups, const SimulationRange& range)
        : groups_(groups), range_(range), z_(groups.factor_count), sums_(groups.factor_count) {}

    void add(std::size_t index, std::uint32_t weight) {
        const double root = draw_state(range_.sampling, range_.seed, range_.first_scenario + index,
                                       groups_.mixing, z_);
        for (std::size_t k = 0; k < z_.size(); ++k) sums_[k] += weight * z_[k];
        squared_roots_ += weight * (root * root);
        weight_ += weight;
    }

    ImportanceShift shift() const {
        ImportanceShift shift{.factor_shift = std::vector<double>(z_.size())};
        if (weight_ == 0.0) return shift;
        double square = 0.0;
        for (const double sum : sums_) square += sum / weight_ * (sum / weight_);
        const double scale = std::min(1.0, 0.99 * largest_shift / std::sqrt(square));
        for (std::size_t k = 0; k < z_.size(); ++k) {
            shift.factor_shift[k] = to_few_bits(sums_[k] / weight_ * scale);
        }
        if (groups_.mixing.is_gaussian()) return shift;
        // The mean of W / (1 + 2θ) is ν / (1 + 2θ): that of W/ν in the tail says θ.
        const double tilt = 0.5 * (weight_ / squared_roots_ - 1.0);
        shift.mixing_tilt = to_few_bits(std::clamp(tilt, 0.0, largest_tilt));
        return shift;
    }

  private:
    const ObligorGroups& groups_;
    const SimulationRange& range_;
    std::vector<double> z_;
    std::vector<double> sums_;
    double squared_roots_ = 0.0;
    double weight_ = 0.0;
};

ImportanceShift scaled(const ImportanceShift& shift, double scale) {
    ImportanceShift result = shift;
    for (double& mu : result.factor_shift) mu = to_few_bits(mu * scale);
    result.mixing_tilt = to_few_bits(shift.mixing_tilt * scale);
    return result;
}

/// The tail of a plain pilot: what a shift would do to the variance of its excess.
class PlainTail {
  public:
    PlainTail(const ObligorGroups& groups, const SimulationRange& range,
              std::span<const std::int64_t> losses, const ConfidenceLevel& level)
        : groups_(groups), seed_(range.seed) {
        if (losses.size() != range.count) {
            throw Error(ErrorCode::invalid_input, "losses_of",
                        "must give a loss for each scenario");
        }
        const auto count = static_cast<std::int64_t>(losses.size());
        const ConfidenceLevel judged{count - judging_scenarios, count};
        const bool is_wider =
            static_cast<WideInteger>(level.denominator - level.numerator) * count >
            static_cast<WideInteger>(judging_scenarios) * level.denominator;
        const std::int64_t var = tail_risk(losses, is_wider ? level : judged).var_minor;
        for (std::size_t s = 0; s < losses.size(); ++s) {
            if (losses[s] <= var) continue;
            scenario_.push_back(range.first_scenario + s);
            excess_.push_back(static_cast<double>(losses[s] - var));
        }
    }

    /// Σ w·(L − V)²: proportional to the second moment of the weighted excess.
    double second_moment(const ImportanceShift& shift) const {
        std::vector<double> z(groups_.factor_count);
        double sum = 0.0;
        for (std::size_t i = 0; i < scenario_.size(); ++i) {
            const double root = draw_state({}, seed_, scenario_[i], groups_.mixing, z);
            const std::uint32_t weight =
                importance_weight(shift, groups_.mixing, {.factor = z, .mixing_root = root});
            sum += weight * (excess_[i] * excess_[i]);
        }
        return sum;
    }

    /// The shift, unless it is worse than none: then the best of parts of it.
    ImportanceShift judge(const ImportanceShift& shift) const {
        ImportanceShift best = scaled(shift, 0.0);
        double least = second_moment(best);
        if (second_moment(shift) <= least) return shift;
        for (const double scale : {0.25, 0.5, 0.75}) {
            const ImportanceShift part = scaled(shift, scale);
            const double moment = second_moment(part);
            if (moment >= least) continue;
            best = part;
            least = moment;
        }
        return best;
    }

  private:
    const ObligorGroups& groups_;
    std::uint64_t seed_;
    std::vector<std::uint64_t> scenario_;
    std::vector<double> excess_;
};

/// The shift of the means in the tail of a pilot; the one before where next to all scenarios are
/// the tail.
ImportanceShift shift_to_tail(const ObligorGroups& groups, const SimulationRange& range,
                              std::span<const std::int64_t> losses, const ConfidenceLevel& level,
                              const ParallelOptions& parallel) {
    const std::vector<std::uint32_t> weights = scenario_weights(groups, range, parallel);
    const std::int64_t least =
        least_tail_loss(weighted_tail({.loss_minor = losses, .weight = weights}, level));
    const bool is_flat = least <= std::ranges::min(losses);
    if (is_flat) return *range.sampling.importance;
    TailMeans means(groups, range);
    for (std::size_t s = 0; s < losses.size(); ++s) {
        if (losses[s] >= least) means.add(s, weights[s]);
    }
    return means.shift();
}

}  // namespace

ImportanceShift choose_importance_shift(const ObligorGroups& groups, const LossesOfRange& losses_of,
                                        const ShiftSearch& search,
                                        const ParallelOptions& parallel) {
    check(search);
    ImportanceShift shift{.factor_shift = std::vector<double>(groups.factor_count)};
    SimulationRange range{.seed = search.seed,
                          .first_scenario = first_pilot_scenario,
                          .count = search.pilot_scenarios,
                          .sampling = {.importance = &shift}};
    const std::vector<ConfidenceLevel> levels = levels_to(search.level);
    std::vector<std::int64_t> losses = losses_of(range);
    const PlainTail plain(groups, range, losses, search.level);
    shift = shift_to_tail(groups, range, losses, levels.front(), parallel);
    for (std::size_t round = 1; round < levels.size(); ++round) {
        range.first_scenario += pilot_distance;
        losses = losses_of(range);
        shift = shift_to_tail(groups, range, losses, levels[round], parallel);
    }
    return plain.judge(shift);
}

}  // namespace seawall::debt
