#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engines/debt/book_tables.hpp"
#include "engines/debt/segments.hpp"
#include "table/column.hpp"

namespace seawall::debt {

/// The currency that a caller wants a book in.
struct Conversion {
    std::string currency;
    std::map<std::string, double> rates;  ///< units of `currency` for one unit of each
};

inline constexpr double smallest_rate = 1e-12;
inline constexpr double largest_rate = 1e12;

/// Throws Error(invalid_input) with a place such as "currency_rates[JPY]" on a blank currency, on a
/// rate outside smallest_rate .. largest_rate, and on a rate of the book's own currency but 1.
void check(const Conversion& conversion);

/// record, source_row, currency, and total_outstanding in it; one row a record left out. Of no
/// rows.
Table unconverted_table();

/// A book's tables without the records that have no rate, and those records.
struct ConvertibleTables {
    Table records;
    std::optional<Table> instruments, distressed_assets, principal_schedule;
    Table unconverted;

    BookTables tables() const;
};

/// Nothing where every record has a rate. Throws Error(invalid_input) at "currency_rates" where
/// none has.
std::optional<ConvertibleTables> leave_out_unconverted(const BookTables& tables,
                                                       const Segments& segments,
                                                       const Conversion& conversion);

/// The rate of each record, which must have one.
std::vector<double> rates_of_records(const Segments& segments, const Conversion& conversion);

/// Each record's total in its own currency: the sum over its instruments where it has any.
std::vector<double> stated_totals(const Table& records, const Table* instruments);

}  // namespace seawall::debt
