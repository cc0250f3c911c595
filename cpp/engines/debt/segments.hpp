#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engines/debt/types.hpp"
#include "table/column.hpp"

namespace seawall::debt {

inline constexpr std::size_t max_segments = std::size_t{1} << 16U;

/// What the records of a segment have in common; "" where they do not say.
struct Segment {
    std::string currency;
    std::string collateral_type;
    std::string collateral_region;
    std::string rate_type;
};

struct Segments {
    std::vector<Segment> keys;                     ///< in order of first appearance
    std::vector<std::uint32_t> segment_of_record;  ///< index into keys, (record_count,)

    SegmentIndex index() const {
        return {.segment_of_record = segment_of_record, .segment_count = keys.size()};
    }
};

/// Throws Error(limit_exceeded) beyond max_segments.
Segments make_segments(const Table& records);

/// Sums over the records of a segment.
struct SegmentExposure {
    double total_outstanding = 0.0;
    double collateral_value = 0.0;
    double interest_payment = 0.0;
    double distressed_asset_value = 0.0;
    double distressed_asset_recovery = 0.0;

    SegmentExposure& operator+=(const SegmentExposure& other);
};

/// By segment. Records are added by rising index, in blocks whose sums are added by rising index,
/// which keeps the error of a large segment small. Throws Error(invalid_input) as check does.
std::vector<SegmentExposure> sum_by_segment(const SegmentIndex& segments,
                                            const RecordExposure& records);
std::vector<double> sum_by_segment(const SegmentIndex& segments, std::span<const double> values);

/// How many records each segment has. Throws Error(invalid_input) as check does.
std::vector<std::int64_t> count_by_segment(const SegmentIndex& segments);

/// Throws Error(invalid_input) with a place such as "segment_of_record[17]" unless each of the
/// records has a segment below segment_count.
void check(const SegmentIndex& segments, std::size_t record_count);

}  // namespace seawall::debt
