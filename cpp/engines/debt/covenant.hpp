#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engines/debt/breach_path.hpp"
#include "numeric/buffer.hpp"

namespace seawall::debt {

enum class Covenant : std::uint8_t { dscr, icr, ltv, leverage, debt_yield };
inline constexpr std::size_t covenant_count = 5;

constexpr std::string_view covenant_name(Covenant covenant) {
    switch (covenant) {
        case Covenant::dscr:
            return "dscr";
        case Covenant::icr:
            return "icr";
        case Covenant::ltv:
            return "ltv";
        case Covenant::leverage:
            return "leverage";
        case Covenant::debt_yield:
            return "debt_yield";
    }
    return "dscr";
}

/// Whether the limit is the most that is allowed; of the others it is the least.
constexpr bool limits_from_above(Covenant covenant) {
    return covenant == Covenant::ltv || covenant == Covenant::leverage;
}

inline constexpr double adequate_dscr = 1.25;
inline constexpr double marginal_dscr = 1.0;

/// The steps 1 … months of some obligors and their records, in the book's currency. Views: the
/// caller keeps them alive. Matrices are step-major: cell (m, i) is at (m − 1) * count + i. Amounts
/// must be finite where they are known; that is the caller's contract and is not looked at here.
struct CovenantSteps {
    std::size_t months = 0;  ///< at most max_covenant_steps
    std::size_t obligor_count = 0;
    std::size_t record_count = 0;

    // Shape (months, obligor_count).
    std::span<const double> income;         ///< of the month
    std::span<const double> interest_due;   ///< >= 0
    std::span<const double> principal_due;  ///< >= 0, scheduled: without maturities
    std::span<const double> debt;           ///< >= 0, at the step's end

    // Shape (obligor_count,).
    std::span<const std::uint8_t> income_known;  ///< 0: no ratio on income is tested
    std::span<const std::int32_t> default_step;  ///< the last step that is tested; 0: none defaults

    // Shape (months, record_count).
    std::span<const double> balance;     ///< >= 0, at the step's end
    std::span<const double> collateral;  ///< >= 0, stressed

    // Shape (record_count,).
    std::span<const std::uint8_t> collateral_known;
    std::span<const std::uint32_t> obligor_of_record;  ///< below obligor_count
};

/// By covenant, each of shape (record_count,) as plain ratios (1.25, 0.65), above 0; NaN: the
/// record has no such limit. Empty: none has.
using CovenantLimits = std::array<std::span<const double>, covenant_count>;

struct CovenantTerms {
    CovenantLimits limits;
    std::int32_t test_months = 3;  ///< the window of a test, fewer in the first steps; >= 1
    std::int32_t cure_months = 0;
    std::int32_t reset_step = 0;    ///< from this step on the reset limits hold; 0: never
    CovenantLimits reset_limits{};  ///< empty: the limits stay
};

/// NaN stands for unknown, at this inner interface only. All are of shape (covenant_count,
/// record_count): covenant c of record r is at c * record_count + r.
struct CovenantPaths {
    std::size_t record_count = 0;
    Buffer<std::uint8_t> first_breach_step;  ///< 1, 2, …; 0: never
    Buffer<std::uint8_t> breach_steps;
    Buffer<std::uint8_t> in_breach_at_end;  ///< at the last test
    Buffer<std::uint8_t> cured;             ///< breached, and each breach over in cure_months
    /// The least of ratio / limit − 1, of maxima 1 − ratio / limit; NaN: never tested against a
    /// limit; −infinity: a maximum on an income or a value of 0.
    Buffer<double> worst_headroom;
    Buffer<double> worst_ratio;  ///< the least, of maxima the greatest; NaN: never known
    Buffer<double> last_ratio;   ///< of the last test; NaN: never known

    /// Room for so many records, indeterminate.
    void resize(std::size_t record_count, std::pmr::memory_resource* memory = nullptr);
};

/// Rows that one call fills and the next reuses; holds no result.
struct CovenantScratch {
    std::vector<double> income, interest, principal;  ///< of the window, (obligor_count,)
    /// 0, or NaN where a ratio cannot be or is no longer tested: added to what it rests on.
    std::vector<double> income_gate, collateral_gate;
    std::vector<std::uint32_t> defaulting_obligors, records_of_defaulting;
    std::vector<double> ratio, record_ratio;  ///< of one covenant in one step
    std::array<std::vector<double>, covenant_count> worst, worst_before_reset, last;
    std::array<std::vector<std::uint64_t>, covenant_count> tested, breached;
};

/// Tests at the end of each step, over a window of sums W of `test_months` steps, added by rising
/// step: DSCR = W income / (W interest + W principal); ICR = W income / W interest; leverage = debt
/// / income of a year and debt yield = income of a year / debt with W income · (12 / its months);
/// LTV = balance / collateral of the record. A minimum whose divisor is not above 0 is not tested:
/// nothing is owed. A maximum whose divisor is not above 0 is infinite, and breached, while there
/// is debt. A limit that is met to the last bit is kept. The records' results go into rows
/// `first_record` … of `paths`, which has room for them; resizes `scratch`. Throws
/// Error(invalid_input) on ragged spans, at "obligor_of_record[i]" on an index that is too large
/// and at a place such as "limits.dscr[17]" on a limit of 0 or less or an infinite one;
/// Error(limit_exceeded) beyond max_covenant_steps.
void test_covenants(const CovenantSteps& steps, const CovenantTerms& terms,
                    std::size_t first_record, CovenantPaths& paths, CovenantScratch& scratch);

}  // namespace seawall::debt
