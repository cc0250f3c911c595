#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/types.hpp"

namespace seawall::debt {

/// A shock as factors. With impacts from −1 and amounts from 0 on, the contract's max(0, …) around
/// the stressed collateral, recovery and value never binds.
struct Factors {
    double market = 1.0;
    double recovery = 1.0;
    double default_risk = 0.0;
    double currency = 1.0;  ///< of a segment; a uniform shock has none
};

Factors factors_of(const StressScenario& scenario);
Factors factors_of(const SegmentShock& shock);
/// Of each segment; none where the scenario is uniform.
std::vector<Factors> segment_factors(const StressScenario& scenario);

/// Columns of some records, all of one length.
struct RevaluationColumns {
    std::span<const double> total, collateral, recovery, net;
    std::span<const std::uint32_t> segment;  ///< asked for under segmented scenarios only

    /// Of the records begin .. begin + count.
    static RevaluationColumns of(const RecordExposure& records, const SegmentIndex& segments,
                                 std::size_t begin, std::size_t count);
};

/// Where the stressed figures of those records go.
struct RevaluedColumns {
    std::span<double> net, loss;
};

/// The same shock for every record.
void revalue(const RevaluationColumns& base, const Factors& factors,
             const RevaluedColumns& stressed);
/// The shock of its segment for each record. Where that is the same for all and no currency
/// changes, the bits are those of the uniform shock.
void revalue(const RevaluationColumns& base, std::span<const Factors> factors_of_segment,
             const RevaluedColumns& stressed);

}  // namespace seawall::debt
