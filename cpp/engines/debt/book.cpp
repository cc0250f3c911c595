#include "engines/debt/book.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

std::string single_currency(const Table& records) {
    const TextValues& codes = require_column(records, "currency", ColumnType::text).text();
    const std::string first(codes[0]);
    const auto differs = [&](std::size_t row) { return codes[row] != first; };
    std::size_t row = 1;
    while (row < codes.size() && !differs(row)) ++row;
    if (row >= codes.size()) return first;
    std::map<std::string_view, std::size_t> counts;
    for (std::size_t i = 0; i < codes.size(); ++i) ++counts[codes[i]];
    std::string list;
    for (const auto& [code, count] : counts) {
        list += (list.empty() ? "" : ", ") + std::string(code) + " " + std::to_string(count);
    }
    throw Error(
        ErrorCode::currency_mixed, "currency",
        "the book holds several currencies (records: " + list +
            ") and no rates were given; amounts of different currencies are never added up");
}

/// A record that names no obligor stands for itself, whatever others are called.
void group_by_obligor(const Table& records, Book& book) {
    const Column* named = find_column(records, "obligor_id", ColumnType::text);
    const Column& own = require_column(records, "source_record_id", ColumnType::text);
    std::unordered_map<std::string_view, std::int64_t> index;
    index.reserve(records.row_count());
    for (std::size_t row = 0; row < records.row_count(); ++row) {
        const auto next = static_cast<std::int64_t>(book.obligors.size());
        if (named == nullptr || !named->is_present(row)) {
            book.obligors.emplace_back(own.text()[row]);
            book.obligor_of_record.push_back(next);
            continue;
        }
        const std::string_view name = named->text()[row];
        const auto [entry, added] = index.emplace(name, next);
        if (added) book.obligors.emplace_back(name);
        book.obligor_of_record.push_back(entry->second);
    }
}

std::size_t count_missing_rates(const BookTables& tables, const Book& book) {
    std::size_t count = 0;
    const auto record_rates = presence(*tables.records, "interest_rate_pct");
    for (std::size_t i = 0; i < record_rates.size(); ++i) {
        const bool is_position = book.instrument_offsets[i] == book.instrument_offsets[i + 1];
        count += is_position && record_rates[i] == 0 ? 1 : 0;
    }
    if (tables.instruments != nullptr) {
        const auto rates = presence(*tables.instruments, "interest_rate_pct");
        count += static_cast<std::size_t>(std::count(rates.begin(), rates.end(), 0));
    }
    return count;
}

/// A list's values times the factor of their record.
void scale_list(std::vector<double>& values, const std::vector<std::int64_t>& offsets,
                const std::vector<double>& factor_of_record) {
    if (values.empty()) return;
    for (std::size_t record = 0; record < factor_of_record.size(); ++record) {
        const auto end = static_cast<std::size_t>(offsets[record + 1]);
        for (auto i = static_cast<std::size_t>(offsets[record]); i < end; ++i) {
            values[i] *= factor_of_record[record];
        }
    }
}

void convert(const BookTables& tables, const Conversion& conversion, Book& book) {
    book.currency = conversion.currency;
    book.currency_rate = rates_of_records(book.segments, conversion);
    book.original_total_outstanding = stated_totals(*tables.records, tables.instruments);
    for (auto* amounts : {&book.total_outstanding, &book.collateral_value, &book.assets_value}) {
        for (std::size_t i = 0; i < amounts->size(); ++i) (*amounts)[i] *= book.currency_rate[i];
    }
    scale_list(book.instrument_principal, book.instrument_offsets, book.currency_rate);
    scale_list(book.instrument_collateral_value, book.instrument_offsets, book.currency_rate);
    scale_list(book.distressed_asset_value, book.distressed_asset_offsets, book.currency_rate);
}

/// Leaves each record its own part of the collateral that it shares.
void apply_shares(Book& book) {
    for (SharedCollateral& shared : book.shared_collateral) {
        const bool given = book.collateral_given[shared.row] != 0;
        const auto begin = static_cast<std::size_t>(book.instrument_offsets[shared.row]);
        const auto end = static_cast<std::size_t>(book.instrument_offsets[shared.row + 1]);
        const auto of_instruments =
            std::span(book.instrument_collateral_value).subspan(begin, end - begin);
        double& own = book.collateral_value[shared.row];
        shared.stated_value = given ? own : ordered_sum(of_instruments);
        own *= shared.share;
        for (double& value : of_instruments) value *= shared.share;
        shared.counted_value = given ? own : ordered_sum(of_instruments);
        if (shared.basis == ShareBasis::withheld) {
            book.collateral_withheld.resize(book.total_outstanding.size());
            book.collateral_withheld[shared.row] = 1;
        }
    }
}

}  // namespace

BookColumns Book::columns() const {
    return {.total_outstanding = total_outstanding,
            .interest_rate_pct = interest_rate_pct,
            .collateral_value = collateral_value,
            .collateral_given = collateral_given,
            .collateral_withheld = collateral_withheld,
            .assets_value = assets_value,
            .instrument_offsets = instrument_offsets,
            .distressed_asset_offsets = distressed_asset_offsets,
            .instrument_principal = instrument_principal,
            .instrument_interest_rate_pct = instrument_interest_rate_pct,
            .instrument_collateral_value = instrument_collateral_value,
            .distressed_asset_value = distressed_asset_value,
            .distressed_asset_recovery_rate_pct = distressed_asset_recovery_rate_pct};
}

Book make_book(const BookTables& tables, const BookOptions& options) {
    const Table& records = *tables.records;
    if (options.conversion) check(*options.conversion);
    if (records.row_count() == 0) {
        throw Error(ErrorCode::invalid_input, "records", "the book holds no record");
    }
    if (tables.instruments == nullptr && records.find("total_outstanding") == nullptr) {
        throw Error(ErrorCode::invalid_input, "total_outstanding",
                    "no record states it, and the profile has no instruments");
    }
    require_column(records, "currency", ColumnType::text);
    Book book;
    book.segments = make_segments(records);
    if (!options.conversion) {
        book.currency = single_currency(records);
    } else if (auto kept = leave_out_unconverted(tables, book.segments, *options.conversion)) {
        book = make_book(kept->tables(), options);
        book.kept_records = std::move(kept->records);
        book.kept_instruments = std::move(kept->instruments);
        book.kept_principal_schedule = std::move(kept->principal_schedule);
        book.unconverted = std::move(kept->unconverted);
        return book;
    }
    group_by_obligor(records, book);
    book.total_outstanding = numbers(&records, "total_outstanding");
    book.interest_rate_pct = numbers(&records, "interest_rate_pct");
    book.collateral_value = numbers(&records, "collateral_value");
    book.collateral_given = presence(records, "collateral_value");
    book.assets_value = numbers(&records, "assets_value");
    book.instrument_offsets = list_offsets(records, tables.instruments);
    if (tables.instruments != nullptr) {
        book.instrument_element =
            require_column(*tables.instruments, "element", ColumnType::int64).int64();
    }
    book.instrument_principal = numbers(tables.instruments, "principal");
    book.instrument_interest_rate_pct = numbers(tables.instruments, "interest_rate_pct");
    book.instrument_collateral_value = numbers(tables.instruments, "collateral_value");
    book.distressed_asset_offsets = list_offsets(records, tables.distressed_assets);
    book.distressed_asset_value = numbers(tables.distressed_assets, "value");
    book.distressed_asset_recovery_rate_pct =
        numbers(tables.distressed_assets, "recovery_rate_pct");
    book.rate_missing_count = count_missing_rates(tables, book);
    const auto totals = presence(records, "total_outstanding");
    for (std::size_t i = 0; i < totals.size(); ++i) {
        const bool has_none = book.instrument_offsets[i] == book.instrument_offsets[i + 1];
        book.total_missing_count += has_none && totals[i] == 0 ? 1 : 0;
    }
    if (options.conversion) convert(tables, *options.conversion, book);
    book.shared_collateral =
        share_collateral(records, tables.instruments, options.shared_collateral);
    apply_shares(book);
    return book;
}

}  // namespace seawall::debt
