#include "engines/debt/book.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

#include "table/error.hpp"

namespace seawall::debt {
namespace {

const Column* find_column(const Table& table, std::string_view name, ColumnType type) {
    const Column* column = table.find(name);
    if (column != nullptr && column->type() != type) {
        throw Error(ErrorCode::invalid_input, std::string(name), "the column has another type");
    }
    return column;
}

/// The column's numbers with 0 where a cell is absent; all 0 where the tape has no such column.
std::vector<double> numbers(const Table* table, std::string_view name) {
    if (table == nullptr) return {};
    const Column* column = find_column(*table, name, ColumnType::float64);
    if (column == nullptr) return std::vector<double>(table->row_count());
    std::vector<double> values = column->float64();
    for (std::size_t row = 0; row < values.size() && column->absent_count() > 0; ++row) {
        if (!column->is_present(row)) values[row] = 0.0;
    }
    return values;
}

std::vector<std::uint8_t> presence(const Table& table, std::string_view name) {
    const Column* column = find_column(table, name, ColumnType::float64);
    return column == nullptr ? std::vector<std::uint8_t>(table.row_count()) : column->presence();
}

const std::vector<std::int64_t>& record_numbers(const Table& table) {
    const Column* column = find_column(table, "record", ColumnType::int64);
    if (column == nullptr) throw Error(ErrorCode::invalid_input, "record", "the column is missing");
    return column->int64();
}

/// Where each record's rows begin in a list whose rows are ordered by record.
std::vector<std::int64_t> offsets(const std::vector<std::int64_t>& records, const Table* list) {
    std::vector<std::int64_t> result(records.size() + 1);
    if (list == nullptr) return result;
    const auto& owners = record_numbers(*list);
    std::size_t row = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        result[i] = static_cast<std::int64_t>(row);
        while (row < owners.size() && owners[row] == records[i]) ++row;
    }
    if (row != owners.size()) {
        throw Error(ErrorCode::invalid_input, "record[" + std::to_string(row) + "]",
                    "a list row belongs to no record");
    }
    result.back() = static_cast<std::int64_t>(row);
    return result;
}

std::string single_currency(const Table& records) {
    const Column* column = find_column(records, "currency", ColumnType::text);
    if (column == nullptr)
        throw Error(ErrorCode::invalid_input, "currency", "the column is missing");
    const TextValues& codes = column->text();
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
    const Column* own = find_column(records, "source_record_id", ColumnType::text);
    if (own == nullptr)
        throw Error(ErrorCode::invalid_input, "source_record_id", "the column is missing");
    std::unordered_map<std::string_view, std::int64_t> index;
    index.reserve(records.row_count());
    for (std::size_t row = 0; row < records.row_count(); ++row) {
        const auto next = static_cast<std::int64_t>(book.obligors.size());
        if (named == nullptr || !named->is_present(row)) {
            book.obligors.emplace_back(own->text()[row]);
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

}  // namespace

BookColumns Book::columns() const {
    return {.total_outstanding = total_outstanding,
            .interest_rate_pct = interest_rate_pct,
            .collateral_value = collateral_value,
            .collateral_given = collateral_given,
            .assets_value = assets_value,
            .instrument_offsets = instrument_offsets,
            .distressed_asset_offsets = distressed_asset_offsets,
            .instrument_principal = instrument_principal,
            .instrument_interest_rate_pct = instrument_interest_rate_pct,
            .instrument_collateral_value = instrument_collateral_value,
            .distressed_asset_value = distressed_asset_value,
            .distressed_asset_recovery_rate_pct = distressed_asset_recovery_rate_pct};
}

Book make_book(const BookTables& tables) {
    const Table& records = *tables.records;
    if (records.row_count() == 0) {
        throw Error(ErrorCode::invalid_input, "records", "the book holds no record");
    }
    if (tables.instruments == nullptr && records.find("total_outstanding") == nullptr) {
        throw Error(ErrorCode::invalid_input, "total_outstanding",
                    "the profile gives neither total_outstanding nor instruments");
    }
    Book book;
    book.currency = single_currency(records);
    group_by_obligor(records, book);
    const auto& numbers_of_records = record_numbers(records);
    book.total_outstanding = numbers(&records, "total_outstanding");
    book.interest_rate_pct = numbers(&records, "interest_rate_pct");
    book.collateral_value = numbers(&records, "collateral_value");
    book.collateral_given = presence(records, "collateral_value");
    book.assets_value = numbers(&records, "assets_value");
    book.instrument_offsets = offsets(numbers_of_records, tables.instruments);
    if (tables.instruments != nullptr) {
        const Column* element = find_column(*tables.instruments, "element", ColumnType::int64);
        if (element == nullptr) {
            throw Error(ErrorCode::invalid_input, "element", "the column is missing");
        }
        book.instrument_element = element->int64();
    }
    book.instrument_principal = numbers(tables.instruments, "principal");
    book.instrument_interest_rate_pct = numbers(tables.instruments, "interest_rate_pct");
    book.instrument_collateral_value = numbers(tables.instruments, "collateral_value");
    book.distressed_asset_offsets = offsets(numbers_of_records, tables.distressed_assets);
    book.distressed_asset_value = numbers(tables.distressed_assets, "value");
    book.distressed_asset_recovery_rate_pct =
        numbers(tables.distressed_assets, "recovery_rate_pct");
    book.rate_missing_count = count_missing_rates(tables, book);
    const auto totals = presence(records, "total_outstanding");
    for (std::size_t i = 0; i < totals.size(); ++i) {
        const bool has_none = book.instrument_offsets[i] == book.instrument_offsets[i + 1];
        book.total_missing_count += has_none && totals[i] == 0 ? 1 : 0;
    }
    return book;
}

}  // namespace seawall::debt
