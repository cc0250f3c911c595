#include "engines/debt/stress.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "engines/debt/revaluation.hpp"
#include "engines/debt/scenario_figures.hpp"
#include "engines/debt/segments.hpp"
#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

/// A scenario as the inner loops take it.
struct Revaluation {
    Factors uniform;
    std::vector<Factors> of_segment;  ///< not empty: instead

    explicit Revaluation(const StressScenario& scenario)
        : uniform(factors_of(scenario)), of_segment(segment_factors(scenario)) {}

    RevaluedSums operator()(const RevaluationColumns& base, const RevaluedColumns& stressed) const {
        if (of_segment.empty()) {
            revalue(base, uniform, stressed);
        } else {
            revalue(base, of_segment, stressed);
        }
        return {.net = ordered_sum(stressed.net), .loss = ordered_sum(stressed.loss)};
    }
};

Buffer<double> matrix(std::size_t scenario_count, std::size_t column_count) {
    if (scenario_count > 0 && column_count > max_matrix_cells / scenario_count) {
        throw Error(ErrorCode::limit_exceeded, "scenarios",
                    "a result matrix may have 2^28 cells at most; ask for less detail");
    }
    return Buffer<double>(scenario_count * column_count);
}

void require_complete(bool complete) {
    if (!complete) throw Error(ErrorCode::cancelled, "stress", "stopped by the caller");
}

std::size_t block_count(std::size_t row_count) {
    return (row_count + ordered_sum_block - 1) / ordered_sum_block;
}

/// Allocates the loss of their record to positions begin .. begin + result.size().
void allocate(const PositionExposure& positions, std::size_t begin,
              std::span<const double> record_loss, std::span<double> result) {
    const auto record = std::span(positions.record).subspan(begin, result.size());
    const auto share = std::span(positions.share).subspan(begin, result.size());
    const double* losses = record_loss.data();
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = share[i] * losses[record[i]];
}

void allocate_losses(const Exposure& exposure, ParallelOptions options, StressResult& result) {
    const std::size_t record_count = exposure.records.total_outstanding.size();
    const std::size_t position_count = exposure.positions.share.size();
    options.control.completed_units = nullptr;  // progress counts records
    require_complete(parallel_for(block_count(position_count), options, [&](std::size_t block) {
        const std::size_t begin = block * ordered_sum_block;
        const std::size_t count = std::min(ordered_sum_block, position_count - begin);
        for (std::size_t s = 0; s < result.figures.size(); ++s) {
            allocate(exposure.positions, begin,
                     std::span(result.record_loss).subspan(s * record_count, record_count),
                     std::span(result.allocated_loss).subspan(s * position_count + begin, count));
        }
    }));
}

bool any_segmented(std::span<const StressScenario> scenarios) {
    return std::ranges::any_of(scenarios, &StressScenario::is_segmented);
}

/// Calls refuse(name, message) for each shock of no meaning.
template <class Shock, class Refuse>
void check_shocks(const Shock& shock, const Refuse& refuse) {
    const auto check_shock = [&](const char* name, double value, double least) {
        if (value >= least && value <= largest_value) return;
        refuse(name, least == -1.0 ? "must be from -1 to 1e100" : "must be from -1e100 to 1e100");
    };
    check_shock("interest_rate_delta_pct", shock.interest_rate_delta_pct, -largest_value);
    check_shock("collateral_market_impact", shock.collateral_market_impact, -1.0);
    check_shock("recovery_degradation", shock.recovery_degradation, -1.0);
    check_shock("default_risk_increment", shock.default_risk_increment, -largest_value);
    if constexpr (std::is_same_v<Shock, SegmentShock>) {
        check_shock("currency_change", shock.currency_change, -1.0);
    }
}

void check_segments(const std::string& place, const StressScenario& scenario,
                    std::size_t segment_count) {
    if (scenario.segments.size() != segment_count) {
        throw Error(ErrorCode::invalid_input, place + ".shocks",
                    "must have a row for each of the book's " + std::to_string(segment_count) +
                        " segments, not " + std::to_string(scenario.segments.size()));
    }
    for (std::size_t g = 0; g < segment_count; ++g) {
        check_shocks(scenario.segments[g], [&](const char* name, const char* message) {
            throw Error(ErrorCode::invalid_input,
                        place + ".shocks[" + std::to_string(g) + "]." + name, message);
        });
    }
}

}  // namespace

void check(std::span<const StressScenario> scenarios, std::size_t segment_count) {
    if (scenarios.size() > max_scenarios) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 10,000 scenarios");
    }
    std::size_t shock_count = 0;
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
        const std::string place = "scenarios[" + std::to_string(i) + "]";
        check_shocks(scenarios[i], [&](const char* name, const char* message) {
            throw Error(ErrorCode::invalid_input, place + "." + name, message);
        });
        if (!scenarios[i].is_segmented()) continue;
        check_segments(place, scenarios[i], segment_count);
        shock_count += segment_count;
    }
    if (shock_count > max_segment_shocks) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 2^26 shocks of segments");
    }
}

StressResult stress(const Exposure& exposure, std::span<const StressScenario> scenarios,
                    const ComputeOptions& options) {
    return stress(exposure, {}, scenarios, options);
}

StressResult stress(const Exposure& exposure, const SegmentIndex& segments,
                    std::span<const StressScenario> scenarios, const ComputeOptions& options) {
    check(scenarios, segments.segment_count);
    const std::size_t record_count = exposure.records.total_outstanding.size();
    const bool with_positions = options.detail == Detail::positions;
    if (with_positions && exposure.positions.share.empty() && record_count > 0) {
        throw Error(ErrorCode::invalid_input, "exposure", "was measured without positions");
    }
    std::vector<SegmentExposure> segment_sums;
    if (any_segmented(scenarios)) segment_sums = sum_by_segment(segments, exposure.records);
    StressResult result;
    result.figures.resize(scenarios.size());
    if (options.detail != Detail::book) {
        result.record_loss = matrix(scenarios.size(), record_count);
    }
    if (const std::size_t position_count = exposure.positions.share.size();
        with_positions && position_count != record_count) {
        result.allocated_loss = matrix(scenarios.size(), position_count);
    }
    const std::vector<Revaluation> revaluations(scenarios.begin(), scenarios.end());
    const std::size_t blocks = block_count(record_count);
    std::vector<RevaluedSums> block_sums(scenarios.size() * blocks);  // scenario-major
    require_complete(parallel_for(blocks, options.parallel, [&](std::size_t block) {
        const std::size_t begin = block * ordered_sum_block;
        const std::size_t count = std::min(ordered_sum_block, record_count - begin);
        const auto base = RevaluationColumns::of(exposure.records, segments, begin, count);
        std::array<double, 2 * ordered_sum_block> scratch;
        for (std::size_t s = 0; s < scenarios.size(); ++s) {
            RevaluedColumns stressed{.net = std::span(scratch).first(count),
                                     .loss = std::span(scratch).subspan(ordered_sum_block, count)};
            if (options.detail != Detail::book) {
                stressed.loss =
                    std::span(result.record_loss).subspan(s * record_count + begin, count);
            }
            block_sums[s * blocks + block] = revaluations[s](base, stressed);
        }
        options.parallel.control.advance(count);
    }));
    if (!result.allocated_loss.empty()) allocate_losses(exposure, options.parallel, result);
    for (std::size_t s = 0; s < scenarios.size(); ++s) {
        RevaluedSums sums;
        for (const RevaluedSums& block : std::span(block_sums).subspan(s * blocks, blocks)) {
            sums.net += block.net;
            sums.loss += block.loss;
        }
        result.figures[s] = scenario_figures(exposure.figures, segment_sums, scenarios[s], sums);
    }
    return result;
}

Buffer<double> record_losses(const Exposure& exposure, const SegmentIndex& segments,
                             const StressScenario& scenario) {
    const std::size_t record_count = exposure.records.total_outstanding.size();
    const Revaluation revaluation(scenario);
    Buffer<double> losses(record_count);
    std::array<double, ordered_sum_block> net;
    for (std::size_t begin = 0; begin < record_count; begin += ordered_sum_block) {
        const std::size_t count = std::min(ordered_sum_block, record_count - begin);
        revaluation(
            RevaluationColumns::of(exposure.records, segments, begin, count),
            {.net = std::span(net).first(count), .loss = std::span(losses).subspan(begin, count)});
    }
    return losses;
}

Buffer<double> position_losses(const PositionExposure& positions,
                               std::span<const double> record_loss) {
    Buffer<double> losses(positions.share.size());
    allocate(positions, 0, record_loss, losses);
    return losses;
}

}  // namespace seawall::debt
