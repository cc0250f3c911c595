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

ScrambledFigure figure_of(double pooled, const ScrambleValues& values) {
    constexpr auto count = static_cast<double>(scramble_count);
    double squares = 0.0;
    for (const double value : values) squares += (value - pooled) * (value - pooled);
    const double error = std::sqrt(squares / (count - 1.0) / count);
    const double half_width = student_t_quantile(0.975, count - 1.0) * error;
    return {.estimate_minor = pooled,
            .standard_error_minor = error,
            .low_minor = pooled - half_width,
            .high_minor = pooled + half_width};
}

}  // namespace

ScrambledRun scrambled_run(std::span<const std::int64_t> loss_minor, const ConfidenceLevel& level) {
    if (loss_minor.empty() || loss_minor.size() % scramble_count != 0) {
        throw Error(ErrorCode::invalid_input, "losses", "must be a multiple of 32, at least 32");
    }
    ScrambledRun run{.pooled = tail_risk(loss_minor, level)};
    run.scramble_scenarios = loss_minor.size() / scramble_count;
    run.is_power_of_two = std::has_single_bit(run.scramble_scenarios);
    run.is_thin =
        static_cast<WideInteger>(run.scramble_scenarios) * (level.denominator - level.numerator) <
        static_cast<WideInteger>(least_scramble_tail) * level.denominator;
    ScrambleValues expected{}, var{}, es{};
    std::vector<std::int64_t> losses(run.scramble_scenarios);
    for (std::size_t scramble = 0; scramble < scramble_count; ++scramble) {
        for (std::size_t point = 0; point < losses.size(); ++point) {
            losses[point] = loss_minor[point * scramble_count + scramble];
        }
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

}  // namespace seawall::debt
