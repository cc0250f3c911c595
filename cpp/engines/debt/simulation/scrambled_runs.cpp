#include "engines/debt/simulation/scrambled_runs.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "errors/error.hpp"
#include "numeric/student_t_distribution.hpp"

namespace seawall::debt {
namespace {

using ScrambleValues = std::array<double, scramble_count>;

double error_around(double pooled, const ScrambleValues& values) {
    constexpr auto count = static_cast<double>(scramble_count);
    double squares = 0.0;
    for (const double value : values) squares += (value - pooled) * (value - pooled);
    return std::sqrt(squares / (count - 1.0) / count);
}

ScrambledFigure figure_of(double pooled, const ScrambleValues& values) {
    constexpr auto count = static_cast<double>(scramble_count);
    const double error = error_around(pooled, values);
    const double half_width = student_t_quantile(0.975, count - 1.0) * error;
    return {.estimate_minor = pooled,
            .standard_error_minor = error,
            .low_minor = pooled - half_width,
            .high_minor = pooled + half_width};
}

void check_count(std::span<const std::int64_t> loss_minor) {
    if (loss_minor.empty() || loss_minor.size() % scramble_count != 0) {
        throw Error(ErrorCode::invalid_input, "losses", "must be a multiple of 32, at least 32");
    }
}

void set_scramble(std::span<const std::int64_t> loss_minor, std::size_t scramble,
                  std::vector<std::int64_t>& losses) {
    losses.resize(loss_minor.size() / scramble_count);
    for (std::size_t point = 0; point < losses.size(); ++point) {
        losses[point] = loss_minor[point * scramble_count + scramble];
    }
}

}  // namespace

ScrambledRun scrambled_run(std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level) {
    check_count(loss_minor);
    ScrambledRun run{.pooled = tail_risk(loss_minor, level)};
    run.scramble_scenarios = loss_minor.size() / scramble_count;
    run.is_power_of_two = std::has_single_bit(run.scramble_scenarios);
    run.is_thin =
        static_cast<WideInteger>(run.scramble_scenarios) * (level.denominator - level.numerator) <
        static_cast<WideInteger>(least_scramble_tail) * level.denominator;
    ScrambleValues expected{}, var{}, es{};
    std::vector<std::int64_t> losses;
    for (std::size_t scramble = 0; scramble < scramble_count; ++scramble) {
        set_scramble(loss_minor, scramble, losses);
        const TailRisk tail = tail_risk(losses, level);
        expected[scramble] = loss_moments(losses).expected_minor;
        var[scramble] = static_cast<double>(tail.var_minor);
        es[scramble] = tail.es_minor;
    }
    run.expected = figure_of(loss_moments(loss_minor).expected_minor, expected);
    run.var = figure_of(static_cast<double>(run.pooled.var_minor), var);
    run.es = figure_of(run.pooled.es_minor, es);
    return run;
}

PairedDifference scrambled_difference(std::span<const std::int64_t> before,
                                      std::span<const std::int64_t> after,
                                      const ConfidenceLevel& level) {
    check_count(before);
    PairedDifference all =
        paired_difference(before, tail_risk(before, level), after, tail_risk(after, level));
    ScrambleValues expected{}, es{};
    std::vector<std::int64_t> old, changed;
    for (std::size_t scramble = 0; scramble < scramble_count; ++scramble) {
        set_scramble(before, scramble, old);
        set_scramble(after, scramble, changed);
        const PairedDifference own =
            paired_difference(old, tail_risk(old, level), changed, tail_risk(changed, level));
        expected[scramble] = own.expected_minor;
        es[scramble] = own.es_minor;
    }
    all.expected_standard_error_minor = error_around(all.expected_minor, expected);
    all.es_standard_error_minor = error_around(all.es_minor, es);
    return all;
}

}  // namespace seawall::debt
