#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "numeric/buffer.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// The largest amount or rate a book may hold and the largest shock: products of three stay finite.
inline constexpr double largest_value = 1e100;
inline constexpr std::size_t max_scenarios = 10'000;
/// The most cells of one result matrix (2 GiB).
inline constexpr std::size_t max_matrix_cells = std::size_t{1} << 28U;

/// A book of debt as columns. Views: the caller keeps the columns alive. A record is the unit whose
/// collateral and recoveries are pooled; nothing is pooled across records.
struct BookColumns {
    // Shape (record_count,).
    std::span<const double> total_outstanding;       ///< 0 when absent; instruments replace it
    std::span<const double> interest_rate_pct;       ///< 0 when absent; instruments replace it
    std::span<const double> collateral_value;        ///< counts where collateral_given is 1
    std::span<const std::uint8_t> collateral_given;  ///< 0: the sum over the record's instruments
    /// 1: the collateral is not known to be the record's own, counts 0, and its shortfall and
    /// coverage are not known either. Empty: of none.
    std::span<const std::uint8_t> collateral_withheld{};
    std::span<const double> assets_value;

    // Shape (record_count + 1,): record r owns the rows offsets[r] .. offsets[r + 1].
    std::span<const std::int64_t> instrument_offsets;
    std::span<const std::int64_t> distressed_asset_offsets;

    // Shape (instrument_count,).
    std::span<const double> instrument_principal;  ///< > 0
    std::span<const double> instrument_interest_rate_pct;
    std::span<const double> instrument_collateral_value;

    // Shape (distressed_asset_count,).
    std::span<const double> distressed_asset_value;
    std::span<const double> distressed_asset_recovery_rate_pct;

    std::size_t record_count() const { return total_outstanding.size(); }
};

/// How deep the results go: figures of the book, also those of each record, also those of each
/// position.
enum class Detail { book, records, positions };

/// Progress counts records.
struct ComputeOptions {
    Detail detail = Detail::positions;
    ParallelOptions parallel{};
};

/// The figures of each record, all of shape (record_count,).
struct RecordExposure {
    Buffer<double> total_outstanding;
    Buffer<double> interest_rate_pct;
    Buffer<double> collateral_value;
    Buffer<double> assets_value;
    Buffer<double> interest_payment;
    Buffer<double> collateral_shortfall;       ///< 0 where collateral is withheld
    Buffer<double> collateral_coverage_ratio;  ///< 0 without debt, and where withheld
    Buffer<double> leverage_ratio;             ///< 0 without assets
    Buffer<double> distressed_asset_value;
    Buffer<double> distressed_asset_recovery;
    Buffer<double> net_exposure_after_recovery;
};

/// The figures of each position, all of shape (position_count,), in the order of the records. A
/// position is an instrument, or the record itself where it has none.
struct PositionExposure {
    Buffer<std::int64_t> record;
    Buffer<double> principal;
    Buffer<double> share;  ///< principal / the record's total; 1 where the record is the position
    Buffer<double> interest_rate_pct;
    Buffer<double> interest_payment;
    Buffer<double> collateral_value;  ///< own, or its share of the record's where that was given
    Buffer<double> net_exposure;      ///< its share of the record's
};

/// The figures of a whole book: sums over its records, and ratios of those sums. The rate of one
/// record is its own, so that a book of one record shows that record's figures.
struct ExposureFigures {
    double total_outstanding = 0.0;
    double coverable_outstanding = 0.0;  ///< without the records whose collateral is withheld
    double interest_rate_pct = 0.0;
    double collateral_value = 0.0;
    double assets_value = 0.0;
    double interest_payment = 0.0;
    double collateral_shortfall = 0.0;  ///< also without them, as the coverage
    double collateral_coverage_ratio = 0.0;
    double leverage_ratio = 0.0;
    double distressed_asset_value = 0.0;
    double distressed_asset_recovery = 0.0;
    double distressed_asset_recovery_ratio = 0.0;
    std::int64_t distressed_asset_count = 0;
    double net_exposure_after_recovery = 0.0;
};

struct Exposure {
    ExposureFigures figures;
    RecordExposure records;
    PositionExposure positions;  ///< empty unless Detail::positions
};

/// Which segment each record of a book is in.
struct SegmentIndex {
    std::span<const std::uint32_t> segment_of_record;  ///< (record_count,), below segment_count
    std::size_t segment_count = 0;
};

/// A shock to every record of a segment.
struct SegmentShock {
    double interest_rate_delta_pct = 0.0;   ///< percentage points
    double collateral_market_impact = 0.0;  ///< fraction, >= -1
    double recovery_degradation = 0.0;      ///< fraction, >= -1
    double default_risk_increment = 0.0;    ///< fraction of the total; below 0 it adds nothing
    double currency_change = 0.0;  ///< fraction, >= -1, of what the segment's currency is worth
};

/// A shock to every record of a book.
struct StressScenario {
    double interest_rate_delta_pct = 0.0;   ///< percentage points
    double collateral_market_impact = 0.0;  ///< fraction, >= -1
    double recovery_degradation = 0.0;      ///< fraction, >= -1
    double default_risk_increment = 0.0;    ///< fraction of the total; below 0 it adds nothing
    std::vector<SegmentShock> segments{};   ///< (segment_count,); not empty: instead of the above

    bool is_segmented() const { return !segments.empty(); }
};

/// The figures of a book under one scenario.
struct ScenarioFigures {
    double interest_rate_pct = 0.0;
    double interest_payment = 0.0;
    double collateral_value = 0.0;
    double collateral_loss = 0.0;
    double distressed_asset_value = 0.0;
    double distressed_asset_loss = 0.0;
    double distressed_asset_recovery = 0.0;
    double default_risk_buffer = 0.0;
    double net_exposure_after_recovery = 0.0;
    double loss_estimate = 0.0;
    double impact_score = 0.0;
};

/// Matrices are scenario-major: cell (s, i) is at s * count + i.
struct StressResult {
    std::vector<ScenarioFigures> figures;  ///< shape (scenario_count,)
    Buffer<double> record_loss;     ///< (scenario_count, record_count); empty at Detail::book
    Buffer<double> allocated_loss;  ///< empty where each record is one position, whose share is 1

    /// Shape (scenario_count, position_count), at Detail::positions.
    std::span<const double> position_loss() const {
        return allocated_loss.empty() ? record_loss : allocated_loss;
    }
};

}  // namespace seawall::debt
