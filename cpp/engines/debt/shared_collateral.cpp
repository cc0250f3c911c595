#include "engines/debt/shared_collateral.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "engines/debt/level_payment.hpp"
#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// A number of a record, or nothing where the cell or the column is absent.
class OptionalNumbers {
  public:
    OptionalNumbers(const Table& records, const char* name)
        : column_(find_column(records, name, ColumnType::float64)) {}

    std::optional<double> operator[](std::size_t row) const {
        if (column_ == nullptr || !column_->is_present(row)) return std::nullopt;
        return column_->float64()[row];
    }

  private:
    const Column* column_;
};

/// The record's debt service over the property's, which is its net cash flow / DSCR: the definition
/// of the ratio. Nothing where the share is not one.
class DebtServiceShares {
  public:
    explicit DebtServiceShares(const Table& records)
        : total_(records, "total_outstanding"),
          original_(records, "original_amount"),
          rate_pct_(records, "interest_rate_pct"),
          net_cash_flow_(records, "net_cash_flow"),
          coverage_ratio_(records, "debt_service_coverage_ratio"),
          months_(find_column(records, "amortization_term_months", ColumnType::int64)) {}

    std::optional<double> operator[](std::size_t row) const {
        const auto net_cash_flow = net_cash_flow_[row];
        const auto coverage_ratio = coverage_ratio_[row];
        if (months_ == nullptr || !months_->is_present(row)) return std::nullopt;
        const auto own =
            annual_debt_service(total_[row], original_[row], rate_pct_[row], months_->int64()[row]);
        if (!own || !net_cash_flow || !coverage_ratio) return std::nullopt;
        const double share = *own / (*net_cash_flow / *coverage_ratio);
        const bool is_possible = share > 0.0 && share <= largest_debt_service_share;  // not NaN
        if (!is_possible) return std::nullopt;
        return std::min(share, 1.0);
    }

  private:
    OptionalNumbers total_, original_, rate_pct_, net_cash_flow_, coverage_ratio_;
    const Column* months_;
};

/// What the tape says of the collateral of its records. Where it has flags, a record without one
/// may share, and is taken to.
class Statements {
  public:
    explicit Statements(const Table& records)
        : flags_(find_column(records, "shared_collateral", ColumnType::boolean)),
          shares_pct_(records, "collateral_share") {
        const auto& numbers = require_column(records, "record", ColumnType::int64).int64();
        for (std::size_t row = 0; row < numbers.size(); ++row) check(row, numbers[row]);
    }

    bool is_shared(std::size_t row) const {
        if (flags_ == nullptr) return shares_pct_[row].has_value();
        return !flags_->is_present(row) || flags_->truths()[row] == Truth::yes;
    }
    std::optional<double> share_pct(std::size_t row) const { return shares_pct_[row]; }

  private:
    void check(std::size_t row, std::int64_t number) const {
        const auto share_pct = shares_pct_[row];
        if (!share_pct) return;
        const auto refuse = [number](const char* message) {
            throw Error(ErrorCode::invalid_input,
                        "collateral_share[" + std::to_string(number) + "]", message);
        };
        const bool is_possible = *share_pct >= 0.0 && *share_pct <= 100.0;  // false for NaN
        if (!is_possible) refuse("must be from 0 to 100");
        if (*share_pct < 100.0 && !is_shared(row)) {
            refuse(
                "must be 100 or absent, as shared_collateral is false: all of the collateral is "
                "the record's own");
        }
    }

    const Column* flags_;
    OptionalNumbers shares_pct_;
};

}  // namespace

std::optional<double> annual_debt_service(std::optional<double> total,
                                          std::optional<double> original,
                                          std::optional<double> rate_pct, std::int64_t months) {
    if (!rate_pct || months < 0) return std::nullopt;
    if (months == 0) {
        if (!total) return std::nullopt;
        return *total * *rate_pct / 100.0 * 365.0 / 360.0;
    }
    if (!original) return std::nullopt;
    constexpr std::int64_t months_a_year = 12;
    return months_a_year * level_payment(*original, *rate_pct / 100.0 / months_a_year, months);
}

std::vector<SharedCollateral> share_collateral(const Table& records, const Table* instruments,
                                               SharedCollateralRule rule) {
    const Statements statements(records);
    const std::vector<std::uint8_t> given = presence(records, "collateral_value");
    const std::vector<std::int64_t> offsets = list_offsets(records, instruments);
    const DebtServiceShares debt_service_shares(records);
    std::vector<SharedCollateral> result;
    for (std::size_t row = 0; row < records.row_count(); ++row) {
        const bool has_instruments = offsets[row] != offsets[row + 1];
        if (!statements.is_shared(row) || (given[row] == 0 && !has_instruments)) continue;
        SharedCollateral entry{.row = row};
        if (const auto share_pct = statements.share_pct(row)) {
            entry.basis = ShareBasis::stated;
            entry.share = *share_pct / 100.0;
        } else if (rule == SharedCollateralRule::by_debt_service && !has_instruments) {
            // Instruments replace the record's own total and rate, on which the share would rest.
            if (const auto share = debt_service_shares[row]) {
                entry.basis = ShareBasis::debt_service;
                entry.share = *share;
            }
        }
        result.push_back(entry);
    }
    return result;
}

}  // namespace seawall::debt
