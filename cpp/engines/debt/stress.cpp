#include "engines/debt/stress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "numeric/ordered_sum.hpp"
#include "table/error.hpp"

namespace seawall::debt {
namespace {

/// A scenario as factors. With impacts from -1 and amounts from 0 on, the contract's max(0, …)
/// around the stressed collateral, recovery and value never binds.
struct Factors {
    double market = 1.0;
    double recovery = 1.0;
    double default_risk = 0.0;
};

Factors factors_of(const StressScenario& scenario) {
    return {.market = 1.0 + scenario.collateral_market_impact,
            .recovery = 1.0 + scenario.recovery_degradation,
            .default_risk = std::max(scenario.default_risk_increment, 0.0)};
}

/// Columns of one block of records, all of one length.
struct BlockColumns {
    std::span<const double> total, collateral, recovery, net;
};

/// Where the stressed figures of a block go.
struct BlockResult {
    std::span<double> net, loss;
};

struct BlockSums {
    double net = 0.0;
    double loss = 0.0;
};

BlockSums revalue(const BlockColumns& base, const Factors& factors, const BlockResult& stressed) {
    for (std::size_t i = 0; i < base.total.size(); ++i) {
        const double cover =
            base.collateral[i] * factors.market + base.recovery[i] * factors.recovery;
        const double net =
            std::max(base.total[i] - cover, 0.0) + base.total[i] * factors.default_risk;
        stressed.net[i] = net;
        stressed.loss[i] = std::max(net - base.net[i], 0.0);
    }
    return {.net = ordered_sum(stressed.net), .loss = ordered_sum(stressed.loss)};
}

/// The book under a scenario. All but net and loss are linear in non-negative amounts, so they
/// follow from the book's sums as they would from each record.
ScenarioFigures scenario_figures(const ExposureFigures& base, const StressScenario& scenario,
                                 std::span<const BlockSums> block_sums) {
    const Factors factors = factors_of(scenario);
    ScenarioFigures figures{
        .interest_rate_pct = base.interest_rate_pct + scenario.interest_rate_delta_pct,
        .collateral_value = base.collateral_value * factors.market,
        .distressed_asset_value = base.distressed_asset_value * factors.market,
        .distressed_asset_recovery = base.distressed_asset_recovery * factors.recovery,
        .default_risk_buffer = base.total_outstanding * factors.default_risk};
    figures.interest_payment = base.total_outstanding * figures.interest_rate_pct / 100.0;
    figures.collateral_loss = std::max(base.collateral_value - figures.collateral_value, 0.0);
    figures.distressed_asset_loss =
        std::max(base.distressed_asset_value - figures.distressed_asset_value, 0.0);
    for (const BlockSums& block : block_sums) {
        figures.net_exposure_after_recovery += block.net;
        figures.loss_estimate += block.loss;
    }
    figures.impact_score =
        std::min(figures.loss_estimate / std::max(base.total_outstanding, 1.0), 1.0);
    return figures;
}

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

/// Allocates each record's loss to its positions by share.
void allocate_losses(const Exposure& exposure, ParallelOptions options, StressResult& result) {
    const std::size_t record_count = exposure.records.total_outstanding.size();
    const std::size_t position_count = exposure.positions.share.size();
    const std::size_t scenario_count = result.figures.size();
    const std::size_t blocks = (position_count + ordered_sum_block - 1) / ordered_sum_block;
    options.control.completed_units = nullptr;  // progress counts records
    require_complete(parallel_for(blocks, options, [&](std::size_t block) {
        const std::size_t begin = block * ordered_sum_block;
        const std::size_t count = std::min(ordered_sum_block, position_count - begin);
        const auto record = std::span(exposure.positions.record).subspan(begin, count);
        const auto share = std::span(exposure.positions.share).subspan(begin, count);
        for (std::size_t s = 0; s < scenario_count; ++s) {
            const double* record_loss = result.record_loss.data() + s * record_count;
            double* position_loss = result.allocated_loss.data() + s * position_count + begin;
            for (std::size_t i = 0; i < count; ++i) {
                position_loss[i] = share[i] * record_loss[record[i]];
            }
        }
    }));
}

}  // namespace

void check(std::span<const StressScenario> scenarios) {
    if (scenarios.size() > max_scenarios) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 10,000 scenarios");
    }
    const auto check_shock = [](std::size_t index, const char* name, double shock, double least) {
        if (shock >= least && shock <= largest_value) return;
        throw Error(ErrorCode::invalid_input, "scenarios[" + std::to_string(index) + "]." + name,
                    least == -1.0 ? "must be from -1 to 1e100" : "must be from -1e100 to 1e100");
    };
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
        const StressScenario& scenario = scenarios[i];
        check_shock(i, "interest_rate_delta_pct", scenario.interest_rate_delta_pct, -largest_value);
        check_shock(i, "collateral_market_impact", scenario.collateral_market_impact, -1.0);
        check_shock(i, "recovery_degradation", scenario.recovery_degradation, -1.0);
        check_shock(i, "default_risk_increment", scenario.default_risk_increment, -largest_value);
    }
}

StressResult stress(const Exposure& exposure, std::span<const StressScenario> scenarios,
                    const ComputeOptions& options) {
    check(scenarios);
    const RecordExposure& records = exposure.records;
    const std::size_t record_count = records.total_outstanding.size();
    const bool with_positions = options.detail == Detail::positions;
    if (with_positions && exposure.positions.share.empty() && record_count > 0) {
        throw Error(ErrorCode::invalid_input, "exposure", "was measured without positions");
    }
    StressResult result;
    result.figures.resize(scenarios.size());
    if (options.detail != Detail::book) {
        result.record_loss = matrix(scenarios.size(), record_count);
    }
    if (const std::size_t position_count = exposure.positions.share.size();
        with_positions && position_count != record_count) {
        result.allocated_loss = matrix(scenarios.size(), position_count);
    }
    const std::size_t blocks = (record_count + ordered_sum_block - 1) / ordered_sum_block;
    std::vector<BlockSums> block_sums(scenarios.size() * blocks);  // scenario-major
    require_complete(parallel_for(blocks, options.parallel, [&](std::size_t block) {
        const std::size_t begin = block * ordered_sum_block;
        const std::size_t count = std::min(ordered_sum_block, record_count - begin);
        const auto slice = [&](const auto& column) {
            return std::span(column).subspan(begin, count);
        };
        const BlockColumns base{.total = slice(records.total_outstanding),
                                .collateral = slice(records.collateral_value),
                                .recovery = slice(records.distressed_asset_recovery),
                                .net = slice(records.net_exposure_after_recovery)};
        std::array<double, 2 * ordered_sum_block> scratch;
        for (std::size_t s = 0; s < scenarios.size(); ++s) {
            BlockResult stressed{.net = std::span(scratch).first(count),
                                 .loss = std::span(scratch).subspan(ordered_sum_block, count)};
            if (options.detail != Detail::book) {
                stressed.loss =
                    std::span(result.record_loss).subspan(s * record_count + begin, count);
            }
            block_sums[s * blocks + block] = revalue(base, factors_of(scenarios[s]), stressed);
        }
        options.parallel.control.advance(count);
    }));
    if (!result.allocated_loss.empty()) allocate_losses(exposure, options.parallel, result);
    for (std::size_t s = 0; s < scenarios.size(); ++s) {
        result.figures[s] = scenario_figures(exposure.figures, scenarios[s],
                                             std::span(block_sums).subspan(s * blocks, blocks));
    }
    return result;
}

}  // namespace seawall::debt
