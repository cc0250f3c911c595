#include "engines/debt/simulation/importance.hpp"

#include <algorithm>
#include <array>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

constexpr double plain_share = 1.0 / static_cast<double>(defensive_period);

/// Of a value below 2^51, half to even.
double rounded(double value) {
    return (value + 0x1p52) - 0x1p52;
}

}  // namespace

std::uint32_t importance_weight(const ImportanceShift& shift, const MixingVariable& mixing,
                                const ScenarioState& state) {
    double projection = 0.0;
    double square = 0.0;
    for (std::size_t k = 0; k < shift.factor_shift.size(); ++k) {
        projection += shift.factor_shift[k] * state.factor[k];
        square += shift.factor_shift[k] * shift.factor_shift[k];
    }
    double exponent = projection - 0.5 * square;
    if (shift.mixing_tilt != 0.0) {
        const double nu = mixing.degrees_of_freedom();
        const double w = nu * (state.mixing_root * state.mixing_root);
        exponent += 0.5 * nu * canonical_log(1.0 + 2.0 * shift.mixing_tilt);
        exponent -= shift.mixing_tilt * w;
    }
    const double mixture = plain_share + (1.0 - plain_share) * canonical_exp(exponent);
    return static_cast<std::uint32_t>(rounded(static_cast<double>(unit_weight) / mixture));
}

std::vector<std::uint32_t> scenario_weights(const ObligorGroups& groups,
                                            const SimulationRange& range,
                                            const ParallelOptions& parallel) {
    constexpr std::size_t task_scenarios = 1024;
    check(range.sampling, range.seed, groups.factor_count, groups.mixing);
    std::vector<std::uint32_t> weights(range.count, unit_weight);
    if (range.sampling.importance == nullptr) return weights;
    const StateSampling normals = range.sampling.independent();
    const std::size_t tasks = (range.count + task_scenarios - 1) / task_scenarios;
    // Scenarios are counted where they are simulated.
    const ParallelOptions uncounted{.threads = parallel.threads,
                                    .lane = parallel.lane,
                                    .control = {.stop = parallel.control.stop}};
    const bool complete = parallel_for(tasks, uncounted, [&](std::size_t task) {
        std::array<double, max_factors> factors{};
        const std::span z(factors.data(), groups.factor_count);
        const std::size_t end = std::min((task + 1) * task_scenarios, range.count);
        for (std::size_t s = task * task_scenarios; s < end; ++s) {
            const double root =
                draw_state(normals, range.seed, range.first_scenario + s, groups.mixing, z);
            weights[s] = importance_weight(*range.sampling.importance, groups.mixing,
                                           {.factor = z, .mixing_root = root});
        }
    });
    if (!complete) throw Error(ErrorCode::cancelled, "weights", "stopped by the caller");
    return weights;
}

}  // namespace seawall::debt
