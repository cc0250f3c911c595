#include "engines/debt/currencies.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string_view>

#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

std::string rate_place(std::string_view currency) {
    return "currency_rates[" + std::string(currency) + "]";
}

std::optional<double> rate_of(const Conversion& conversion, const std::string& currency) {
    if (currency == conversion.currency) return 1.0;
    const auto found = conversion.rates.find(currency);
    return found == conversion.rates.end() ? std::nullopt : std::optional(found->second);
}

Table filtered(const Table& table, const std::vector<std::uint8_t>& keep) {
    Table result;
    for (const Column& column : table.columns) result.columns.push_back(column.filtered(keep));
    return result;
}

/// The rows of a list whose record is kept.
Table filtered_list(const Table& list, const Table& records,
                    const std::vector<std::uint8_t>& keep_record) {
    const std::vector<std::int64_t> offsets = list_offsets(records, &list);
    std::vector<std::uint8_t> keep(list.row_count());
    for (std::size_t i = 0; i < keep_record.size(); ++i) {
        std::fill(keep.begin() + offsets[i], keep.begin() + offsets[i + 1], keep_record[i]);
    }
    return filtered(list, keep);
}

Table left_out_records(const BookTables& tables, const std::vector<std::uint8_t>& left_out) {
    const Table& records = *tables.records;
    const std::vector<double> totals = stated_totals(records, tables.instruments);
    Column total("total_outstanding", ColumnType::float64);
    for (const double value : totals) total.push(value);
    Table table;
    for (const Column& column : unconverted_table().columns) {
        const bool is_total = column.name() == total.name();
        const Column& all =
            is_total ? total : require_column(records, column.name(), column.type());
        table.columns.push_back(all.filtered(left_out));
    }
    return table;
}

}  // namespace

void check(const Conversion& conversion) {
    if (conversion.currency.empty()) {
        throw Error(ErrorCode::invalid_input, "currency", "must not be blank");
    }
    for (const auto& [currency, rate] : conversion.rates) {
        const bool is_possible = rate >= smallest_rate && rate <= largest_rate;  // false for NaN
        if (!is_possible) {
            throw Error(ErrorCode::invalid_input, rate_place(currency),
                        "must be from 1e-12 to 1e12");
        }
        if (currency == conversion.currency && rate != 1.0) {
            throw Error(ErrorCode::invalid_input, rate_place(currency),
                        "must be 1: it is the book's currency");
        }
    }
}

Table unconverted_table() {
    Table table;
    table.columns.emplace_back("record", ColumnType::int64);
    table.columns.emplace_back("source_row", ColumnType::int64);
    table.columns.emplace_back("currency", ColumnType::text);
    table.columns.emplace_back("total_outstanding", ColumnType::float64);
    return table;
}

BookTables ConvertibleTables::tables() const {
    return {.records = &records,
            .instruments = instruments ? &*instruments : nullptr,
            .distressed_assets = distressed_assets ? &*distressed_assets : nullptr,
            .principal_schedule = principal_schedule ? &*principal_schedule : nullptr};
}

std::optional<ConvertibleTables> leave_out_unconverted(const BookTables& tables,
                                                       const Segments& segments,
                                                       const Conversion& conversion) {
    std::vector<std::uint8_t> has_rate;
    has_rate.reserve(segments.keys.size());
    for (const Segment& segment : segments.keys) {
        has_rate.push_back(rate_of(conversion, segment.currency) ? 1 : 0);
    }
    const auto missing = std::ranges::count(has_rate, 0);
    if (missing == 0) return std::nullopt;
    if (static_cast<std::size_t>(missing) == has_rate.size()) {
        throw Error(ErrorCode::invalid_input, "currency_rates",
                    "no record could be converted to " + conversion.currency +
                        ": none of their currencies has a rate");
    }
    const Table& records = *tables.records;
    std::vector<std::uint8_t> keep(records.row_count());
    std::vector<std::uint8_t> left_out(records.row_count());
    for (std::size_t i = 0; i < keep.size(); ++i) {
        keep[i] = has_rate[segments.segment_of_record[i]];
        left_out[i] = keep[i] == 0 ? 1 : 0;
    }
    const auto kept_list = [&](const Table* list) {
        return list == nullptr ? std::nullopt : std::optional(filtered_list(*list, records, keep));
    };
    return ConvertibleTables{.records = filtered(records, keep),
                             .instruments = kept_list(tables.instruments),
                             .distressed_assets = kept_list(tables.distressed_assets),
                             .principal_schedule = kept_list(tables.principal_schedule),
                             .unconverted = left_out_records(tables, left_out)};
}

std::vector<double> rates_of_records(const Segments& segments, const Conversion& conversion) {
    std::vector<double> rates;
    rates.reserve(segments.keys.size());
    for (const Segment& segment : segments.keys) {
        // No record without a rate is left here: a NaN would be seen in every figure.
        rates.push_back(rate_of(conversion, segment.currency)
                            .value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    std::vector<double> result(segments.segment_of_record.size());
    std::ranges::transform(segments.segment_of_record, result.begin(),
                           [&](std::uint32_t segment) { return rates[segment]; });
    return result;
}

std::vector<double> stated_totals(const Table& records, const Table* instruments) {
    std::vector<double> totals = numbers(&records, "total_outstanding");
    if (instruments == nullptr) return totals;
    const std::vector<std::int64_t> offsets = list_offsets(records, instruments);
    const std::vector<double> principals = numbers(instruments, "principal");
    for (std::size_t i = 0; i < totals.size(); ++i) {
        const auto begin = static_cast<std::size_t>(offsets[i]);
        const auto count = static_cast<std::size_t>(offsets[i + 1]) - begin;
        if (count > 0) totals[i] = ordered_sum(std::span(principals).subspan(begin, count));
    }
    return totals;
}

}  // namespace seawall::debt
