#include "engines/debt/currency_totals.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "engines/debt/record_columns.hpp"
#include "engines/debt/segments.hpp"
#include "engines/debt/text_codes.hpp"

namespace seawall::debt {
namespace {

/// The currency of each record of a book, whose segments have one each.
TextCodes book_currencies(const Segments& segments) {
    TextCodes currencies;
    std::vector<std::uint32_t> currency_of_segment;
    for (const Segment& segment : segments.keys) {
        const auto known = std::ranges::find(currencies.codes, segment.currency);
        currency_of_segment.push_back(static_cast<std::uint32_t>(known - currencies.codes.begin()));
        if (known == currencies.codes.end()) currencies.codes.push_back(segment.currency);
    }
    for (const std::uint32_t segment : segments.segment_of_record) {
        currencies.code_of_row.push_back(currency_of_segment[segment]);
    }
    return currencies;
}

/// Counts, and totals in each currency.
std::vector<CurrencyTotal> totals_of(const TextCodes& currencies, std::span<const double> totals) {
    std::vector<CurrencyTotal> result;
    result.reserve(currencies.codes.size());
    for (const std::string& code : currencies.codes) result.push_back({.currency = code});
    const std::vector<double> sums = sum_by_segment(
        {.segment_of_record = currencies.code_of_row, .segment_count = currencies.codes.size()},
        totals);
    for (std::size_t i = 0; i < sums.size(); ++i) result[i].original_total_outstanding = sums[i];
    for (const std::uint32_t code : currencies.code_of_row) ++result[code].record_count;
    return result;
}

}  // namespace

std::vector<CurrencyTotal> currency_totals(const Book& book, const RecordExposure& records,
                                           const Table& unconverted) {
    const TextCodes currencies = book_currencies(book.segments);
    const bool converted = !book.currency_rate.empty();
    std::vector<CurrencyTotal> result =
        totals_of(currencies, converted ? std::span<const double>(book.original_total_outstanding)
                                        : std::span<const double>(records.total_outstanding));
    const std::vector<CurrencyTotal> own = totals_of(currencies, records.total_outstanding);
    for (std::size_t i = 0; i < result.size(); ++i) {
        const auto place = std::ranges::find(currencies.code_of_row, i);
        result[i].rate = converted ? book.currency_rate[static_cast<std::size_t>(
                                         place - currencies.code_of_row.begin())]
                                   : 1.0;
        result[i].total_outstanding = own[i].original_total_outstanding;
    }
    if (unconverted.row_count() > 0) {
        const auto left_out = totals_of(
            text_codes(unconverted, "currency"),
            require_column(unconverted, "total_outstanding", ColumnType::float64).float64());
        result.insert(result.end(), left_out.begin(), left_out.end());
    }
    return result;
}

}  // namespace seawall::debt
