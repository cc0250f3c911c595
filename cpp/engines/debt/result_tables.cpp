#include "engines/debt/result_tables.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engines/debt/exposure.hpp"

namespace seawall::debt {
namespace {

Column number_column(std::string name, std::span<const double> values) {
    Column column(std::move(name), ColumnType::float64);
    for (const double value : values) column.push(value);
    return column;
}

Column integer_column(std::string name, std::span<const std::int64_t> values) {
    Column column(std::move(name), ColumnType::int64);
    for (const std::int64_t value : values) column.push(value);
    return column;
}

Column source_column(const ResultView& view, std::string_view name) {
    return *view.records.find(name);
}

Column obligor_column(const ResultView& view) {
    Column column("obligor_id", ColumnType::text);
    for (const std::int64_t obligor : view.run.book.obligor_of_record) {
        column.push(std::string_view(view.run.book.obligors[static_cast<std::size_t>(obligor)]));
    }
    return column;
}

/// Which of its record's instruments a position is, as the source counts them; absent for a record
/// that is a position itself.
Column element_column(const Book& book) {
    Column column("element", ColumnType::int64);
    for (std::size_t record = 0; record + 1 < book.instrument_offsets.size(); ++record) {
        const std::int64_t begin = book.instrument_offsets[record];
        const std::int64_t end = book.instrument_offsets[record + 1];
        if (begin == end) column.push_absent();
        for (std::int64_t i = begin; i < end; ++i) {
            column.push(book.instrument_element[static_cast<std::size_t>(i)]);
        }
    }
    return column;
}

/// The rows of a record column, picked position by position.
Column per_position(const Column& column, std::span<const std::int64_t> record) {
    Column result(column.name(), column.type());
    for (const std::int64_t index : record) {
        const auto row = static_cast<std::size_t>(index);
        if (column.type() == ColumnType::text) {
            result.push(column.text()[row]);
        } else {
            result.push(column.int64()[row]);
        }
    }
    return result;
}

/// Absent where a flag is set; no flags: nowhere.
Column known_column(std::string name, std::span<const double> values,
                    const std::vector<std::uint8_t>& unknown) {
    if (unknown.empty()) return number_column(std::move(name), values);
    Column column(std::move(name), ColumnType::float64);
    for (std::size_t i = 0; i < values.size(); ++i) {
        unknown[i] != 0 ? column.push_absent() : column.push(values[i]);
    }
    return column;
}

std::string loss_name(const ResultView& view, std::size_t scenario) {
    return "loss:" + view.scenario_ids[scenario];
}

void add_currencies(const ResultView& view, Table& table) {
    if (view.run.book.currency_rate.empty()) return;
    table.columns.push_back(source_column(view, "currency"));
    table.columns.push_back(number_column("currency_rate", view.run.book.currency_rate));
    table.columns.push_back(
        number_column("original_total_outstanding", view.run.book.original_total_outstanding));
}

}  // namespace

Table record_table(const ResultView& view) {
    const RecordExposure& figures = view.run.exposure.records;
    Table table;
    for (const char* name : {"record", "source_row", "source_system", "source_record_id"}) {
        table.columns.push_back(source_column(view, name));
    }
    table.columns.push_back(obligor_column(view));
    add_currencies(view, table);
    const auto& withheld = view.run.book.collateral_withheld;
    const auto add = [&](std::string name, std::span<const double> values) {
        table.columns.push_back(number_column(std::move(name), values));
    };
    add("total_outstanding", figures.total_outstanding);
    add("interest_rate_pct", figures.interest_rate_pct);
    add("interest_payment", figures.interest_payment);
    add("collateral_value", figures.collateral_value);
    table.columns.push_back(
        known_column("collateral_shortfall", figures.collateral_shortfall, withheld));
    table.columns.push_back(
        known_column("collateral_coverage_ratio", figures.collateral_coverage_ratio, withheld));
    add("assets_value", figures.assets_value);
    add("leverage_ratio", figures.leverage_ratio);
    add("distressed_asset_value", figures.distressed_asset_value);
    add("distressed_asset_recovery", figures.distressed_asset_recovery);
    add("net_exposure_after_recovery", figures.net_exposure_after_recovery);
    for (const std::size_t s : view.shown)
        add(loss_name(view, s), LossRow::of_records(view.run, s).values());
    return table;
}

Table position_table(const ResultView& view) {
    const PositionExposure& figures = view.run.exposure.positions;
    const std::span<const std::int64_t> record = figures.record;
    Table table;
    for (const char* name : {"record", "source_record_id"}) {
        table.columns.push_back(per_position(source_column(view, name), record));
    }
    table.columns.push_back(per_position(obligor_column(view), record));
    table.columns.push_back(element_column(view.run.book));
    const auto add = [&](std::string name, std::span<const double> values) {
        table.columns.push_back(number_column(std::move(name), values));
    };
    add("principal", figures.principal);
    add("interest_rate_pct", figures.interest_rate_pct);
    add("interest_payment", figures.interest_payment);
    add("collateral_value", figures.collateral_value);
    add("net_exposure_after_recovery", figures.net_exposure);
    for (const std::size_t s : view.shown)
        add(loss_name(view, s), LossRow::of_positions(view.run, s).values());
    return table;
}

Table obligor_table(const ResultView& view) {
    const std::vector<std::int64_t>& group = view.run.book.obligor_of_record;
    const std::size_t obligor_count = view.run.book.obligors.size();
    const RecordExposure& figures = view.run.exposure.records;
    Table table;
    Column names("obligor_id", ColumnType::text);
    for (const std::string& name : view.run.book.obligors) names.push(std::string_view(name));
    table.columns.push_back(std::move(names));
    std::vector<std::int64_t> record_count(obligor_count);
    for (const std::int64_t obligor : group) ++record_count[static_cast<std::size_t>(obligor)];
    table.columns.push_back(integer_column("record_count", record_count));
    const auto add = [&](std::string name, std::span<const double> values) {
        table.columns.push_back(
            number_column(std::move(name), sum_by_group(group, obligor_count, values)));
    };
    add("total_outstanding", figures.total_outstanding);
    add("interest_payment", figures.interest_payment);
    add("collateral_value", figures.collateral_value);
    add("assets_value", figures.assets_value);
    add("collateral_shortfall", figures.collateral_shortfall);
    add("distressed_asset_recovery", figures.distressed_asset_recovery);
    add("net_exposure_after_recovery", figures.net_exposure_after_recovery);
    for (const std::size_t s : view.shown)
        add(loss_name(view, s), LossRow::of_records(view.run, s).values());
    return table;
}

Table segment_loss_table(const ResultView& view) {
    const std::vector<Segment>& keys = view.run.book.segments.keys;
    const SegmentIndex segments = view.run.book.segments.index();
    const auto base = sum_by_segment(segments, view.run.exposure.records);
    const auto record_counts = count_by_segment(segments);
    Column scenario("scenario_id", ColumnType::text);
    Column segment("segment", ColumnType::int64);
    Column currency("currency", ColumnType::text);
    Column collateral_type("collateral_type", ColumnType::text);
    Column collateral_region("collateral_region", ColumnType::text);
    Column rate_type("rate_type", ColumnType::text);
    Column record_count("record_count", ColumnType::int64);
    Column loss("loss", ColumnType::float64);
    Column total("total_outstanding", ColumnType::float64);
    Column collateral("collateral_value", ColumnType::float64);
    for (const std::size_t s : view.shown) {
        const auto losses = sum_by_segment(segments, LossRow::of_records(view.run, s).values());
        for (std::size_t g = 0; g < segments.segment_count; ++g) {
            scenario.push(std::string_view(view.scenario_ids[s]));
            segment.push(static_cast<std::int64_t>(g));
            currency.push(std::string_view(keys[g].currency));
            collateral_type.push(std::string_view(keys[g].collateral_type));
            collateral_region.push(std::string_view(keys[g].collateral_region));
            rate_type.push(std::string_view(keys[g].rate_type));
            record_count.push(record_counts[g]);
            loss.push(losses[g]);
            total.push(base[g].total_outstanding);
            collateral.push(base[g].collateral_value);
        }
    }
    Table table;
    for (Column* column : {&scenario, &segment, &currency, &collateral_type, &collateral_region,
                           &rate_type, &record_count, &loss, &total, &collateral}) {
        table.columns.push_back(std::move(*column));
    }
    return table;
}

Table shared_collateral_table(const Table& records, const Book& book) {
    std::vector<std::uint8_t> is_shared(records.row_count());
    Column basis("basis", ColumnType::text);
    Column share("share", ColumnType::float64);
    Column stated("stated_value", ColumnType::float64);
    Column counted("counted_value", ColumnType::float64);
    for (const SharedCollateral& shared : book.shared_collateral) {
        is_shared[shared.row] = 1;
        basis.push(basis_name(shared.basis));
        shared.basis == ShareBasis::withheld ? share.push_absent() : share.push(shared.share);
        stated.push(shared.stated_value);
        counted.push(shared.counted_value);
    }
    Table table;
    for (const char* name : {"record", "source_record_id"}) {
        table.columns.push_back(records.find(name)->filtered(is_shared));
    }
    for (Column* column : {&basis, &share, &stated, &counted}) {
        table.columns.push_back(std::move(*column));
    }
    return table;
}

}  // namespace seawall::debt
