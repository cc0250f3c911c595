#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engines/debt/types.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// A book of one currency, decoded once from normalised tables into the columns the engine computes
/// on.
struct Book {
    std::string currency;
    std::vector<std::string> obligors;  ///< names, or record ids of records that name none
    std::vector<std::int64_t> obligor_of_record;  ///< index into obligors, (record_count,)
    std::size_t rate_missing_count = 0;           ///< positions without a rate, taken as 0 %
    std::size_t total_missing_count = 0;  ///< records without a total or an instrument, taken as 0

    std::vector<double> total_outstanding;
    std::vector<double> interest_rate_pct;
    std::vector<double> collateral_value;
    std::vector<std::uint8_t> collateral_given;
    std::vector<double> assets_value;
    std::vector<std::int64_t> instrument_offsets;
    std::vector<std::int64_t> distressed_asset_offsets;
    std::vector<std::int64_t> instrument_element;  ///< which of its record's instruments, as read
    std::vector<double> instrument_principal;
    std::vector<double> instrument_interest_rate_pct;
    std::vector<double> instrument_collateral_value;
    std::vector<double> distressed_asset_value;
    std::vector<double> distressed_asset_recovery_rate_pct;

    BookColumns columns() const;
};

/// The normalised tables of a dataset; a null list means that its profile has none.
struct BookTables {
    const Table* records = nullptr;
    const Table* instruments = nullptr;
    const Table* distressed_assets = nullptr;
};

/// Throws Error(invalid_input) for a book without records or without any debt figure, and
/// Error(currency_mixed) for one in several currencies.
Book make_book(const BookTables& tables);

}  // namespace seawall::debt
