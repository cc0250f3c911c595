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
    for (const std::int64_t obligor : view.book.obligor_of_record) {
        column.push(std::string_view(view.book.obligors[static_cast<std::size_t>(obligor)]));
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

std::span<const double> scenario_row(std::span<const double> matrix, std::size_t scenario,
                                     std::size_t scenario_count) {
    const std::size_t width = matrix.size() / scenario_count;
    return matrix.subspan(scenario * width, width);
}

}  // namespace

Table record_table(const ResultView& view) {
    const RecordExposure& figures = view.exposure.records;
    Table table;
    for (const char* name : {"record", "source_row", "source_system", "source_record_id"}) {
        table.columns.push_back(source_column(view, name));
    }
    table.columns.push_back(obligor_column(view));
    const auto add = [&](const char* name, std::span<const double> values) {
        table.columns.push_back(number_column(name, values));
    };
    add("total_outstanding", figures.total_outstanding);
    add("interest_rate_pct", figures.interest_rate_pct);
    add("interest_payment", figures.interest_payment);
    add("collateral_value", figures.collateral_value);
    add("collateral_shortfall", figures.collateral_shortfall);
    add("collateral_coverage_ratio", figures.collateral_coverage_ratio);
    add("assets_value", figures.assets_value);
    add("leverage_ratio", figures.leverage_ratio);
    add("distressed_asset_value", figures.distressed_asset_value);
    add("distressed_asset_recovery", figures.distressed_asset_recovery);
    add("net_exposure_after_recovery", figures.net_exposure_after_recovery);
    const std::size_t count = view.scenario_ids.size();
    for (std::size_t s = 0; s < count; ++s) {
        table.columns.push_back(number_column("loss:" + view.scenario_ids[s],
                                              scenario_row(view.stress.record_loss, s, count)));
    }
    return table;
}

Table position_table(const ResultView& view) {
    const PositionExposure& figures = view.exposure.positions;
    const std::span<const std::int64_t> record = figures.record;
    Table table;
    for (const char* name : {"record", "source_record_id"}) {
        table.columns.push_back(per_position(source_column(view, name), record));
    }
    table.columns.push_back(per_position(obligor_column(view), record));
    table.columns.push_back(element_column(view.book));
    const auto add = [&](const char* name, std::span<const double> values) {
        table.columns.push_back(number_column(name, values));
    };
    add("principal", figures.principal);
    add("interest_rate_pct", figures.interest_rate_pct);
    add("interest_payment", figures.interest_payment);
    add("collateral_value", figures.collateral_value);
    add("net_exposure_after_recovery", figures.net_exposure);
    const std::size_t count = view.scenario_ids.size();
    for (std::size_t s = 0; s < count; ++s) {
        table.columns.push_back(number_column("loss:" + view.scenario_ids[s],
                                              scenario_row(view.stress.position_loss(), s, count)));
    }
    return table;
}

Table obligor_table(const ResultView& view) {
    const std::vector<std::int64_t>& group = view.book.obligor_of_record;
    const std::size_t obligor_count = view.book.obligors.size();
    const RecordExposure& figures = view.exposure.records;
    Table table;
    Column names("obligor_id", ColumnType::text);
    for (const std::string& name : view.book.obligors) names.push(std::string_view(name));
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
    const std::size_t count = view.scenario_ids.size();
    for (std::size_t s = 0; s < count; ++s) {
        add("loss:" + view.scenario_ids[s], scenario_row(view.stress.record_loss, s, count));
    }
    return table;
}

}  // namespace seawall::debt
