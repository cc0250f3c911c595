#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/amendment.hpp"
#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"
#include "engines/debt/covenant.hpp"
#include "engines/debt/loan_terms.hpp"
#include "engines/debt/path_case.hpp"
#include "engines/debt/path_order.hpp"
#include "engines/debt/payment_plan.hpp"

namespace seawall::debt {

/// Rows of a path order that are computed together: whole groups of obligors, and what is theirs.
struct TileRange {
    struct Rows {
        std::size_t begin = 0, end = 0;
        std::size_t count() const { return end - begin; }
    };
    Rows groups, obligors, records, positions;

    bool has_assumptions = false;  ///< of prepayment or default
    bool has_floating = false;     ///< positions
    bool has_one_position_a_record = false;
};

/// Positions of a tile unless one group has more: a step's flows of them stay in the fast cache.
inline constexpr std::size_t tile_positions = 256;

/// Terms of positions as the loops over a step take them, of shape (position_count,).
struct StepTerms {
    std::vector<double> amortises_from;     ///< the step; infinite: never in the horizon
    std::vector<double> matures_in;         ///< the step; 0: none of the horizon's
    std::vector<double> includes_interest;  ///< 1 where the instalment does, else 0
    std::vector<double> is_floating;        ///< 1 or 0
};

/// A book made ready for paths over one horizon. Columns are in the order of `order`.
struct PathBook {
    Horizon horizon;
    PathOrder order;
    std::vector<TileRange> tiles{};  ///< the same for every case and number of threads
    std::size_t segment_count = 0;
    AssumedTerms assumed{};

    LoanTerms terms{};
    PaymentPlan plan{};
    std::vector<double> payment_default{};     ///< fraction of the balance at each payment
    std::vector<double> payment_prepayment{};  ///< likewise, of what is left
    std::vector<std::int64_t> instrument_of_position{};  ///< row of the book; −1: the record is it
    std::vector<std::uint32_t> segment_of_position{};
    std::vector<std::uint32_t> obligor_of_position{};
    /// Positions whose instalment is computed on the way, rising.
    std::vector<std::uint32_t> levelled_positions{};
    std::vector<std::uint32_t> maturing_positions{};  ///< in the horizon, rising
    StepTerms step_terms{};

    // Of each record.
    std::vector<std::uint32_t> segment_of_record{};
    std::vector<double> rate_pct_of_record{};  ///< of its positions by balance; 0 without one
    std::vector<double> collateral_value{};    ///< NaN where withheld or none is stated
    std::vector<std::uint8_t> collateral_withheld{};
    std::vector<double> distressed_asset_recovery{};
    std::vector<double> revenue{}, costs{}, losses{}, cash{}, unencumbered_assets_value{};
    std::vector<std::uint8_t> income_known{};
    /// By covenant: its own limits as plain ratios; NaN where the tape states none.
    std::array<std::vector<double>, covenant_count> covenant_limit{};
};

/// Throws Error(invalid_input) and what its parts throw.
PathBook make_path_book(const BookTables& tables, const Book& book, const Horizon& horizon,
                        std::span<const Amendment> amendments = {});

/// What of a balance is left after so many years, where `rate` of it leaves in each.
double survival(double rate, double years);

}  // namespace seawall::debt
