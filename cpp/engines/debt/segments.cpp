#include "engines/debt/segments.hpp"

#include <algorithm>
#include <array>

#include "engines/debt/numbering.hpp"
#include "engines/debt/text_codes.hpp"
#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

template <class Sum, class Term>
std::vector<Sum> sum_by_segment(const SegmentIndex& segments, const Term& term) {
    const auto segment = segments.segment_of_record;
    std::vector<Sum> sums(segments.segment_count);
    std::vector<Sum> block_sums(segments.segment_count);
    for (std::size_t begin = 0; begin < segment.size(); begin += ordered_sum_block) {
        const std::size_t end = std::min(begin + ordered_sum_block, segment.size());
        for (std::size_t i = begin; i < end; ++i) block_sums[segment[i]] += term(i);
        for (std::size_t i = begin; i < end; ++i) {
            sums[segment[i]] += block_sums[segment[i]];
            block_sums[segment[i]] = {};  // the segment's next record adds 0
        }
    }
    return sums;
}

}  // namespace

Segments make_segments(const Table& records) {
    const std::array<TextCodes, 4> parts{
        text_codes(records, "currency"), text_codes(records, "collateral_type"),
        text_codes(records, "collateral_region"), text_codes(records, "rate_type")};
    Segments segments;
    segments.segment_of_record.resize(records.row_count());
    Numbering numbering;
    for (std::size_t row = 0; row < records.row_count(); ++row) {
        std::uint64_t key = 0;
        for (const TextCodes& part : parts) key = (key << 16U) | part.code_of_row[row];
        const std::uint32_t number = numbering.number(key);
        segments.segment_of_record[row] = number;
        if (number < segments.keys.size()) continue;
        if (number == max_segments) {
            throw Error(ErrorCode::limit_exceeded, "records", "a book has at most 65,536 segments");
        }
        const auto code = [row](const TextCodes& part) {
            return part.codes[part.code_of_row[row]];
        };
        segments.keys.push_back({.currency = code(parts[0]),
                                 .collateral_type = code(parts[1]),
                                 .collateral_region = code(parts[2]),
                                 .rate_type = code(parts[3])});
    }
    return segments;
}

SegmentExposure& SegmentExposure::operator+=(const SegmentExposure& other) {
    total_outstanding += other.total_outstanding;
    collateral_value += other.collateral_value;
    interest_payment += other.interest_payment;
    distressed_asset_value += other.distressed_asset_value;
    distressed_asset_recovery += other.distressed_asset_recovery;
    return *this;
}

std::vector<SegmentExposure> sum_by_segment(const SegmentIndex& segments,
                                            const RecordExposure& records) {
    check(segments, records.total_outstanding.size());
    return sum_by_segment<SegmentExposure>(segments, [&](std::size_t i) {
        return SegmentExposure{.total_outstanding = records.total_outstanding[i],
                               .collateral_value = records.collateral_value[i],
                               .interest_payment = records.interest_payment[i],
                               .distressed_asset_value = records.distressed_asset_value[i],
                               .distressed_asset_recovery = records.distressed_asset_recovery[i]};
    });
}

std::vector<double> sum_by_segment(const SegmentIndex& segments, std::span<const double> values) {
    check(segments, values.size());
    return sum_by_segment<double>(segments, [values](std::size_t i) { return values[i]; });
}

std::vector<std::int64_t> count_by_segment(const SegmentIndex& segments) {
    check(segments, segments.segment_of_record.size());
    std::vector<std::int64_t> counts(segments.segment_count);
    for (const std::uint32_t segment : segments.segment_of_record) ++counts[segment];
    return counts;
}

void check(const SegmentIndex& segments, std::size_t record_count) {
    const auto segment = segments.segment_of_record;
    if (segment.size() != record_count) {
        throw Error(ErrorCode::invalid_input, "segment_of_record",
                    "must have " + std::to_string(record_count) + " values, not " +
                        std::to_string(segment.size()));
    }
    const auto place = std::ranges::find_if(
        segment, [&](std::uint32_t index) { return index >= segments.segment_count; });
    if (place == segment.end()) return;
    throw Error(ErrorCode::invalid_input,
                "segment_of_record[" + std::to_string(place - segment.begin()) + "]",
                "must be below " + std::to_string(segments.segment_count));
}

}  // namespace seawall::debt
