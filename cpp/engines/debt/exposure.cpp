#include "engines/debt/exposure.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

/// Rows first .. first + count of some columns.
struct Rows {
    std::size_t first = 0;
    std::size_t count = 0;

    template <class T>
    std::span<const T> of(std::span<const T> column) const {
        return column.subspan(first, count);
    }
    std::span<double> of(Buffer<double>& column) const {
        return std::span(column).subspan(first, count);
    }
};

Rows rows_of(std::span<const std::int64_t> offsets, std::size_t record) {
    const auto first = static_cast<std::size_t>(offsets[record]);
    return {.first = first, .count = static_cast<std::size_t>(offsets[record + 1]) - first};
}

std::size_t block_count(std::size_t record_count) {
    return (record_count + ordered_sum_block - 1) / ordered_sum_block;
}

Rows block_rows(std::size_t block, std::size_t record_count) {
    const std::size_t first = block * ordered_sum_block;
    return {.first = first, .count = std::min(ordered_sum_block, record_count - first)};
}

void check_size(std::string_view column, std::size_t size, std::size_t expected) {
    if (size == expected) return;
    refuse_input(std::string(column),
                 "must have " + std::to_string(expected) + " values, not " + std::to_string(size));
}

// The checks flag without a branch, which vectorises; the place is looked for only when there is
// one.

void check_offsets(std::string_view column, std::span<const std::int64_t> offsets,
                   std::size_t row_count) {
    if (offsets.front() != 0) refuse_input(column, 0, "must be 0");
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        const auto next = static_cast<std::uint64_t>(offsets[i + 1]);
        signs |= next | (next - static_cast<std::uint64_t>(offsets[i]));
    }
    if (signs >> 63U != 0) {
        const auto descent = std::is_sorted_until(offsets.begin(), offsets.end());
        refuse_input(column, static_cast<std::size_t>(descent - offsets.begin()),
                     "must not decrease");
    }
    if (static_cast<std::size_t>(offsets.back()) != row_count) {
        refuse_input(column, offsets.size() - 1,
                     "must be the row count " + std::to_string(row_count));
    }
}

void check_values(std::string_view column, std::span<const double> values, double least = 0.0) {
    const auto breaches = [least](double value) {
        return (value >= least ? 0.0 : 1.0) + (value <= largest_value ? 0.0 : 1.0);
    };
    if (ordered_sum(values.size(), [&](std::size_t i) { return breaches(values[i]); }) == 0.0)
        return;
    const auto place = std::find_if(values.begin(), values.end(),
                                    [&](double value) { return breaches(value) > 0.0; });
    refuse_input(column, static_cast<std::size_t>(place - values.begin()),
                 least > 0.0 ? "must be above 0 and at most 1e100" : "must be from 0 to 1e100");
}

void check_flags(std::string_view column, std::span<const std::uint8_t> flags) {
    std::uint8_t largest = 0;
    for (const std::uint8_t flag : flags) largest = std::max(largest, flag);
    if (largest <= 1) return;
    const auto place = std::find_if(flags.begin(), flags.end(), [](auto flag) { return flag > 1; });
    refuse_input(column, static_cast<std::size_t>(place - flags.begin()), "must be 0 or 1");
}

/// n / d, or 0 where d is 0. Divides always, so that the compiler may do it for several records at
/// once.
double ratio(double numerator, double denominator) {
    const bool defined = denominator > 0.0;
    return (defined ? numerator : 0.0) / (defined ? denominator : 1.0);
}

void copy(std::span<const double> from, std::span<double> to) {
    std::copy(from.begin(), from.end(), to.begin());
}

/// The rate weighted by principal. That of one instrument is its own: no division rounds it.
double mean_rate_pct(std::span<const double> principal, std::span<const double> rate_pct,
                     double total) {
    if (principal.size() == 1) return rate_pct.front();
    return ordered_sum(principal.size(),
                       [&](std::size_t i) { return principal[i] * rate_pct[i]; }) /
           total;
}

/// The figures that pool a record's own rows: the debt-level ones first, then what its rows
/// replace.
void pool(const BookColumns& book, Rows block, RecordExposure& records) {
    copy(block.of(book.total_outstanding), block.of(records.total_outstanding));
    copy(block.of(book.interest_rate_pct), block.of(records.interest_rate_pct));
    copy(block.of(book.assets_value), block.of(records.assets_value));
    std::ranges::fill(block.of(records.distressed_asset_value), 0.0);
    std::ranges::fill(block.of(records.distressed_asset_recovery), 0.0);
    for (std::size_t record = block.first; record < block.first + block.count; ++record) {
        const bool given = book.collateral_given[record] != 0;
        records.collateral_value[record] = given ? book.collateral_value[record] : 0.0;
        if (const Rows rows = rows_of(book.instrument_offsets, record); rows.count > 0) {
            const auto principal = rows.of(book.instrument_principal);
            const auto rate_pct = rows.of(book.instrument_interest_rate_pct);
            const double total = ordered_sum(principal);
            records.total_outstanding[record] = total;
            records.interest_rate_pct[record] = mean_rate_pct(principal, rate_pct, total);
            if (!given) {
                records.collateral_value[record] =
                    ordered_sum(rows.of(book.instrument_collateral_value));
            }
        }
        if (const Rows rows = rows_of(book.distressed_asset_offsets, record); rows.count > 0) {
            const auto value = rows.of(book.distressed_asset_value);
            const auto recovery_pct = rows.of(book.distressed_asset_recovery_rate_pct);
            records.distressed_asset_value[record] = ordered_sum(value);
            records.distressed_asset_recovery[record] = ordered_sum(
                rows.count, [&](std::size_t i) { return value[i] * recovery_pct[i] / 100.0; });
        }
    }
}

/// The figures that follow from the pooled ones: one loop a figure, each of which vectorises.
void derive(Rows block, RecordExposure& records) {
    const auto total = block.of(records.total_outstanding);
    const auto rate_pct = block.of(records.interest_rate_pct);
    const auto collateral = block.of(records.collateral_value);
    const auto assets = block.of(records.assets_value);
    const auto recovery = block.of(records.distressed_asset_recovery);
    const auto fill = [block](Buffer<double>& column, const auto& figure) {
        const auto values = block.of(column);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = figure(i);
    };
    fill(records.interest_payment, [=](std::size_t i) { return total[i] * rate_pct[i] / 100.0; });
    fill(records.collateral_shortfall,
         [=](std::size_t i) { return std::max(total[i] - collateral[i], 0.0); });
    fill(records.collateral_coverage_ratio,
         [=](std::size_t i) { return ratio(collateral[i], total[i]); });
    fill(records.leverage_ratio, [=](std::size_t i) { return ratio(total[i], assets[i]); });
    fill(records.net_exposure_after_recovery,
         [=](std::size_t i) { return std::max(total[i] - (collateral[i] + recovery[i]), 0.0); });
}

/// A record whose collateral is withheld is neither covered nor short: that is not known.
void withhold(const BookColumns& book, Rows block, RecordExposure& records) {
    if (book.collateral_withheld.empty()) return;
    for (std::size_t record = block.first; record < block.first + block.count; ++record) {
        if (book.collateral_withheld[record] == 0) continue;
        records.collateral_shortfall[record] = 0.0;
        records.collateral_coverage_ratio[record] = 0.0;
    }
}

/// The positions of a block of records, from row `position` on.
void place_positions(const BookColumns& book, Rows block, const RecordExposure& records,
                     std::size_t position, PositionExposure& positions) {
    for (std::size_t record = block.first; record < block.first + block.count; ++record) {
        const double total = records.total_outstanding[record];
        const double collateral = records.collateral_value[record];
        const double net = records.net_exposure_after_recovery[record];
        const Rows instruments = rows_of(book.instrument_offsets, record);
        if (instruments.count == 0) {
            positions.record[position] = static_cast<std::int64_t>(record);
            positions.principal[position] = total;
            positions.share[position] = 1.0;
            positions.interest_rate_pct[position] = records.interest_rate_pct[record];
            positions.interest_payment[position] = records.interest_payment[record];
            positions.collateral_value[position] = collateral;
            positions.net_exposure[position] = net;
            ++position;
            continue;
        }
        const bool given = book.collateral_given[record] != 0;
        for (std::size_t i = instruments.first; i < instruments.first + instruments.count; ++i) {
            const double principal = book.instrument_principal[i];
            const double rate_pct = book.instrument_interest_rate_pct[i];
            const double share = instruments.count == 1 ? 1.0 : principal / total;
            positions.record[position] = static_cast<std::int64_t>(record);
            positions.principal[position] = principal;
            positions.share[position] = share;
            positions.interest_rate_pct[position] = rate_pct;
            positions.interest_payment[position] = principal * rate_pct / 100.0;
            positions.collateral_value[position] =
                given ? share * collateral : book.instrument_collateral_value[i];
            positions.net_exposure[position] = share * net;
            ++position;
        }
    }
}

/// The position at which each block of records begins, and last the position count.
std::vector<std::size_t> position_starts(const BookColumns& book) {
    std::vector<std::size_t> starts{0};
    for (std::size_t block = 0; block < block_count(book.record_count()); ++block) {
        const Rows rows = block_rows(block, book.record_count());
        const auto offsets = book.instrument_offsets.subspan(rows.first, rows.count + 1);
        auto count = static_cast<std::size_t>(offsets.back() - offsets.front());
        for (std::size_t i = 0; i < rows.count; ++i) count += offsets[i] == offsets[i + 1] ? 1 : 0;
        starts.push_back(starts.back() + count);
    }
    return starts;
}

void resize(RecordExposure& records, std::size_t record_count) {
    for (Buffer<double>* column :
         {&records.total_outstanding, &records.interest_rate_pct, &records.collateral_value,
          &records.assets_value, &records.interest_payment, &records.collateral_shortfall,
          &records.collateral_coverage_ratio, &records.leverage_ratio,
          &records.distressed_asset_value, &records.distressed_asset_recovery,
          &records.net_exposure_after_recovery}) {
        column->resize(record_count);
    }
}

void resize(PositionExposure& positions, std::size_t position_count) {
    positions.record.resize(position_count);
    for (Buffer<double>* column :
         {&positions.principal, &positions.share, &positions.interest_rate_pct,
          &positions.interest_payment, &positions.collateral_value, &positions.net_exposure}) {
        column->resize(position_count);
    }
}

/// The sums of a block of records, while its columns are in the cache.
ExposureFigures sum_block(const BookColumns& book, Rows block, RecordExposure& records) {
    const auto sum = [block](Buffer<double>& column) { return ordered_sum(block.of(column)); };
    const double total = sum(records.total_outstanding);
    const auto coverable = [&](std::size_t i) {
        const std::size_t record = block.first + i;
        return book.collateral_withheld[record] != 0 ? 0.0 : records.total_outstanding[record];
    };
    return {.total_outstanding = total,
            .coverable_outstanding =
                book.collateral_withheld.empty() ? total : ordered_sum(block.count, coverable),
            .collateral_value = sum(records.collateral_value),
            .assets_value = sum(records.assets_value),
            .interest_payment = sum(records.interest_payment),
            .collateral_shortfall = sum(records.collateral_shortfall),
            .distressed_asset_value = sum(records.distressed_asset_value),
            .distressed_asset_recovery = sum(records.distressed_asset_recovery),
            .net_exposure_after_recovery = sum(records.net_exposure_after_recovery)};
}

ExposureFigures combine(std::span<const ExposureFigures> block_sums) {
    ExposureFigures book;
    for (const ExposureFigures& block : block_sums) {
        book.total_outstanding += block.total_outstanding;
        book.coverable_outstanding += block.coverable_outstanding;
        book.collateral_value += block.collateral_value;
        book.assets_value += block.assets_value;
        book.interest_payment += block.interest_payment;
        book.collateral_shortfall += block.collateral_shortfall;
        book.distressed_asset_value += block.distressed_asset_value;
        book.distressed_asset_recovery += block.distressed_asset_recovery;
        book.net_exposure_after_recovery += block.net_exposure_after_recovery;
    }
    book.interest_rate_pct = ratio(100.0 * book.interest_payment, book.total_outstanding);
    book.collateral_coverage_ratio = ratio(book.collateral_value, book.coverable_outstanding);
    book.leverage_ratio = ratio(book.total_outstanding, book.assets_value);
    book.distressed_asset_recovery_ratio =
        ratio(book.distressed_asset_recovery, book.distressed_asset_value);
    return book;
}

}  // namespace

void check(const BookColumns& book) {
    const std::size_t records = book.record_count();
    check_size("interest_rate_pct", book.interest_rate_pct.size(), records);
    check_size("collateral_value", book.collateral_value.size(), records);
    check_size("collateral_given", book.collateral_given.size(), records);
    check_size("assets_value", book.assets_value.size(), records);
    check_size("instrument_offsets", book.instrument_offsets.size(), records + 1);
    check_size("distressed_asset_offsets", book.distressed_asset_offsets.size(), records + 1);
    const std::size_t instruments = book.instrument_principal.size();
    check_size("instrument_interest_rate_pct", book.instrument_interest_rate_pct.size(),
               instruments);
    check_size("instrument_collateral_value", book.instrument_collateral_value.size(), instruments);
    const std::size_t assets = book.distressed_asset_value.size();
    check_size("distressed_asset_recovery_rate_pct", book.distressed_asset_recovery_rate_pct.size(),
               assets);

    check_offsets("instrument_offsets", book.instrument_offsets, instruments);
    check_offsets("distressed_asset_offsets", book.distressed_asset_offsets, assets);

    check_values("total_outstanding", book.total_outstanding);
    check_values("interest_rate_pct", book.interest_rate_pct);
    check_values("collateral_value", book.collateral_value);
    check_flags("collateral_given", book.collateral_given);
    if (!book.collateral_withheld.empty()) {
        check_size("collateral_withheld", book.collateral_withheld.size(), records);
        check_flags("collateral_withheld", book.collateral_withheld);
    }
    check_values("assets_value", book.assets_value);
    check_values("instrument_principal", book.instrument_principal,
                 std::numeric_limits<double>::denorm_min());
    check_values("instrument_interest_rate_pct", book.instrument_interest_rate_pct);
    check_values("instrument_collateral_value", book.instrument_collateral_value);
    check_values("distressed_asset_value", book.distressed_asset_value);
    check_values("distressed_asset_recovery_rate_pct", book.distressed_asset_recovery_rate_pct);
}

Exposure measure_exposure(const BookColumns& book, const ComputeOptions& options) {
    check(book);
    const std::size_t record_count = book.record_count();
    const std::size_t blocks = block_count(record_count);
    const bool with_positions = options.detail == Detail::positions;
    Exposure exposure;
    resize(exposure.records, record_count);
    std::vector<std::size_t> starts;
    if (with_positions) {
        starts = position_starts(book);
        resize(exposure.positions, starts.back());
    }
    std::vector<ExposureFigures> block_sums(blocks);
    const bool complete = parallel_for(blocks, options.parallel, [&](std::size_t block) {
        const Rows rows = block_rows(block, record_count);
        pool(book, rows, exposure.records);
        derive(rows, exposure.records);
        withhold(book, rows, exposure.records);
        block_sums[block] = sum_block(book, rows, exposure.records);
        if (with_positions) {
            place_positions(book, rows, exposure.records, starts[block], exposure.positions);
        }
        options.parallel.control.advance(rows.count);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "measure_exposure", "stopped by the caller");
    exposure.figures = combine(block_sums);
    exposure.figures.distressed_asset_count =
        static_cast<std::int64_t>(book.distressed_asset_value.size());
    if (record_count == 1) {
        exposure.figures.interest_rate_pct = exposure.records.interest_rate_pct.front();
    }
    return exposure;
}

std::vector<double> sum_by_group(std::span<const std::int64_t> group_of_record,
                                 std::size_t group_count, std::span<const double> values) {
    check_size("values", values.size(), group_of_record.size());
    std::vector<double> sums(group_count);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto group =
            static_cast<std::size_t>(group_of_record[i]);  // below 0: beyond any count
        if (group >= group_count) {
            refuse_input("group_of_record", i,
                         "must be from 0 to below " + std::to_string(group_count));
        }
        sums[group] += values[i];
    }
    return sums;
}

}  // namespace seawall::debt
