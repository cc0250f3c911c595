#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engines/debt/book_tables.hpp"
#include "engines/debt/currencies.hpp"
#include "engines/debt/segments.hpp"
#include "engines/debt/shared_collateral.hpp"
#include "engines/debt/types.hpp"

namespace seawall::debt {

/// A book in one currency, decoded once from normalised tables into the columns the engine computes
/// on. Its amounts are converted, and shared collateral is the record's own part.
struct Book {
    std::string currency;
    std::vector<std::string> obligors;  ///< names, or record ids of records that name none
    std::vector<std::int64_t> obligor_of_record;  ///< index into obligors, (record_count,)
    std::size_t rate_missing_count = 0;           ///< positions without a rate, taken as 0 %
    std::size_t total_missing_count = 0;  ///< records without a total or an instrument, taken as 0
    Segments segments;
    /// Where not all records have a rate: those that do, and their lists.
    std::optional<Table> kept_records, kept_instruments, kept_principal_schedule;
    Table unconverted = unconverted_table();  ///< those that do not
    /// Of each record, (record_count,); both empty unless the book was converted.
    std::vector<double> currency_rate, original_total_outstanding;
    std::vector<SharedCollateral> shared_collateral;
    std::vector<std::uint8_t> collateral_withheld;  ///< (record_count,); empty: of none

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

struct BookOptions {
    std::optional<Conversion> conversion{};  ///< none: the records must be in one currency
    SharedCollateralRule shared_collateral = SharedCollateralRule::withheld;
};

/// Throws Error(invalid_input) for a book without records or without any debt figure,
/// Error(currency_mixed) for one in several currencies without a conversion, and what its parts
/// throw.
Book make_book(const BookTables& tables, const BookOptions& options = {});

}  // namespace seawall::debt
