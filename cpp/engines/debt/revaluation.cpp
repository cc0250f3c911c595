#include "engines/debt/revaluation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace seawall::debt {

Factors factors_of(const StressScenario& scenario) {
    return {.market = 1.0 + scenario.collateral_market_impact,
            .recovery = 1.0 + scenario.recovery_degradation,
            .default_risk = std::max(scenario.default_risk_increment, 0.0)};
}

Factors factors_of(const SegmentShock& shock) {
    return {.market = 1.0 + shock.collateral_market_impact,
            .recovery = 1.0 + shock.recovery_degradation,
            .default_risk = std::max(shock.default_risk_increment, 0.0),
            .currency = 1.0 + shock.currency_change};
}

std::vector<Factors> segment_factors(const StressScenario& scenario) {
    std::vector<Factors> factors;
    factors.reserve(scenario.segments.size());
    for (const SegmentShock& shock : scenario.segments) factors.push_back(factors_of(shock));
    return factors;
}

RevaluationColumns RevaluationColumns::of(const RecordExposure& records,
                                          const SegmentIndex& segments, std::size_t begin,
                                          std::size_t count) {
    const auto slice = [&](const auto& column) { return std::span(column).subspan(begin, count); };
    return {.total = slice(records.total_outstanding),
            .collateral = slice(records.collateral_value),
            .recovery = slice(records.distressed_asset_recovery),
            .net = slice(records.net_exposure_after_recovery),
            .segment = segments.segment_of_record.empty() ? segments.segment_of_record
                                                          : slice(segments.segment_of_record)};
}

void revalue(const RevaluationColumns& base, const Factors& factors,
             const RevaluedColumns& stressed) {
    for (std::size_t i = 0; i < base.total.size(); ++i) {
        const double cover =
            base.collateral[i] * factors.market + base.recovery[i] * factors.recovery;
        const double net =
            std::max(base.total[i] - cover, 0.0) + base.total[i] * factors.default_risk;
        stressed.net[i] = net;
        stressed.loss[i] = std::max(net - base.net[i], 0.0);
    }
}

void revalue(const RevaluationColumns& base, std::span<const Factors> factors_of_segment,
             const RevaluedColumns& stressed) {
    // Gathered first, a tile at a time, so that the arithmetic vectorises.
    constexpr std::size_t tile = 256;
    std::array<double, tile> market, recovery, default_risk, currency;
    for (std::size_t begin = 0; begin < base.total.size(); begin += tile) {
        const std::size_t count = std::min(tile, base.total.size() - begin);
        for (std::size_t i = 0; i < count; ++i) {
            const Factors& factors = factors_of_segment[base.segment[begin + i]];
            market[i] = factors.market;
            recovery[i] = factors.recovery;
            default_risk[i] = factors.default_risk;
            currency[i] = factors.currency;
        }
        const double* total = base.total.data() + begin;
        const double* collateral = base.collateral.data() + begin;
        const double* recoveries = base.recovery.data() + begin;
        const double* base_net = base.net.data() + begin;
        double* stressed_net = stressed.net.data() + begin;
        double* loss = stressed.loss.data() + begin;
        for (std::size_t i = 0; i < count; ++i) {
            const double cover = collateral[i] * market[i] + recoveries[i] * recovery[i];
            const double net =
                currency[i] * (std::max(total[i] - cover, 0.0) + total[i] * default_risk[i]);
            stressed_net[i] = net;
            loss[i] = std::max(net - base_net[i], 0.0);
        }
    }
}

}  // namespace seawall::debt
