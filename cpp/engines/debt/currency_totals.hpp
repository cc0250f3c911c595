#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/types.hpp"

namespace seawall::debt {

/// What a dataset owes in one currency.
struct CurrencyTotal {
    std::string currency;
    std::optional<double> rate{};  ///< none: its records are left out
    std::size_t record_count = 0;
    double original_total_outstanding = 0.0;
    std::optional<double> total_outstanding{};  ///< in the book's currency
};

/// By currency: those of the book in order of first appearance, then those left out.
std::vector<CurrencyTotal> currency_totals(const Book& book, const RecordExposure& records,
                                           const Table& unconverted);

}  // namespace seawall::debt
