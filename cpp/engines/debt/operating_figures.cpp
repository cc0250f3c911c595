#include "engines/debt/operating_figures.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// Amounts of the records by name, in the book's currency.
class Amounts {
  public:
    Amounts(const Table& records, const Book& book, std::string_view name)
        : column_(find_column(records, name, ColumnType::float64)), book_(&book) {}

    std::optional<double> operator[](std::size_t row) const {
        if (column_ == nullptr || !column_->is_present(row)) return std::nullopt;
        const double rate = book_->currency_rate.empty() ? 1.0 : book_->currency_rate[row];
        return column_->float64()[row] * rate;
    }

  private:
    const Column* column_;
    const Book* book_;
};

std::vector<double> held(const Table& records, const Book& book, std::string_view name) {
    const Amounts amounts(records, book, name);
    std::vector<double> values(records.row_count());
    for (std::size_t row = 0; row < values.size(); ++row) {
        values[row] = amounts[row].value_or(0.0);
        if (values[row] >= 0.0 && values[row] <= largest_value) continue;
        throw Error(
            ErrorCode::invalid_input,
            std::string(name) + "[" + std::to_string(records.find("record")->int64()[row]) + "]",
            "must be from 0 to 1e100");
    }
    return values;
}

/// How much of a record's property is the record's: 1 unless its collateral is shared.
struct Shares {
    std::vector<double> share;
    std::vector<std::uint8_t> withheld;

    Shares(const Book& book, std::size_t record_count)
        : share(record_count, 1.0), withheld(record_count) {
        for (const SharedCollateral& shared : book.shared_collateral) {
            share[shared.row] = shared.share;
            withheld[shared.row] = shared.basis == ShareBasis::withheld ? 1 : 0;
        }
    }
};

/// Income as one figure of records whose share of the property is not known.
class CoveredIncome {
  public:
    CoveredIncome(const Table& records, const Book& book)
        : ratio_(find_column(records, "debt_service_coverage_ratio", ColumnType::float64)),
          months_(find_column(records, "amortization_term_months", ColumnType::int64)),
          original_(records, book, "original_amount"),
          book_(&book) {}

    std::optional<double> operator[](std::size_t row) const {
        const bool is_position =
            book_->instrument_offsets[row] == book_->instrument_offsets[row + 1];
        if (ratio_ == nullptr || !ratio_->is_present(row) || !is_position) return std::nullopt;
        if (months_ == nullptr || !months_->is_present(row)) return std::nullopt;
        const auto service =
            annual_debt_service(book_->total_outstanding[row], original_[row],
                                book_->interest_rate_pct[row], months_->int64()[row]);
        return service ? std::optional(ratio_->float64()[row] * *service) : std::nullopt;
    }

  private:
    const Column* ratio_;
    const Column* months_;
    Amounts original_;
    const Book* book_;
};

}  // namespace

OperatingFigures read_operating_figures(const BookTables& tables, const Book& book) {
    const Table& records = *tables.records;
    const std::size_t count = records.row_count();
    const Amounts revenue(records, book, "revenue");
    const Amounts expenses(records, book, "operating_expenses");
    const Amounts net_cash_flow(records, book, "net_cash_flow");
    const Amounts net_operating_income(records, book, "net_operating_income");
    const Amounts ebitda(records, book, "ebitda");
    const CoveredIncome covered(records, book);
    const Shares shares(book, count);
    OperatingFigures figures{
        .revenue = std::vector<double>(count),
        .costs = std::vector<double>(count),
        .losses = std::vector<double>(count),
        .income_known = std::vector<std::uint8_t>(count),
        .cash = held(records, book, "cash"),
        .unencumbered_assets_value = held(records, book, "unencumbered_assets_value")};
    for (std::size_t row = 0; row < count; ++row) {
        const std::optional<double> stated_revenue = revenue[row];
        const std::optional<double> stated_expenses = expenses[row];
        std::optional<double> income = net_cash_flow[row];
        if (!income) income = net_operating_income[row];
        if (!income) income = ebitda[row];
        if (!income && stated_revenue && stated_expenses) {
            income = *stated_revenue - *stated_expenses;
        }
        double share = shares.share[row];
        if (shares.withheld[row] != 0) {
            const auto own = covered[row];
            const bool has_property = own && income && *income > 0.0;
            share = has_property ? *own / *income : 1.0;
            if (!has_property) income = own;
        }
        if (!income) continue;
        figures.income_known[row] = 1;
        if (stated_revenue && *stated_revenue >= std::max(*income, 0.0)) {
            figures.revenue[row] = *stated_revenue * share;
            figures.costs[row] = (*stated_revenue - *income) * share;
        } else {
            figures.revenue[row] = std::max(*income, 0.0) * share;
            figures.losses[row] = std::max(-*income, 0.0) * share;
        }
    }
    return figures;
}

}  // namespace seawall::debt
