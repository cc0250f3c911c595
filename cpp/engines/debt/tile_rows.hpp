#pragma once

#include <cstddef>
#include <cstdint>

#include "engines/debt/step_drivers.hpp"

// What the loops over one step of a tile read and write: rows of one step, or columns of the tile,
// that do not overlap. Conditions are doubles, 1 or 0, so that all lanes are as wide.
namespace seawall::debt {

/// What a position's rate rests on.
struct RateRows {
    std::size_t count;
    const double *rate_pct, *spread_pct, *floor_pct, *cap_pct, *is_floating;
    const std::uint32_t* segment;
    const StepDrivers* drivers;  ///< of each segment
    double* rate;                ///< a year, as a fraction
};

/// Level payments as level_payment has them.
struct LevelRows {
    std::size_t count;
    const double *amount, *rate;  ///< the rate of one period, as a fraction
    const std::uint64_t* payment_count;
    std::uint64_t largest_count;
    double *growth, *power;  ///< room to work in
    double* payment;
};

/// What falls due of positions.
struct DueRows {
    std::size_t count;
    double step;
    const double* years_of_class;  ///< below 0 where the step has no payment
    const std::uint32_t* class_of_position;
    const double *is_alive, *rate;
    const double* amortises_from;     ///< the step; infinite: never
    const double* matures_in;         ///< the step; 0: none of the horizon's
    const double* includes_interest;  ///< the instalment does
    const double* principal_arrears;
    const double *payment_default, *payment_prepayment;  ///< null where all are 0
    double *balance, *instalment;
    double *interest_due, *principal_due, *maturity_due;
    double *prepaid, *defaulted;  ///< not written where nothing is assumed
};

/// Business of records, those of one obligor and segment added up.
struct BusinessRows {
    std::size_t count;
    const double *revenue, *costs, *losses;  ///< a year
    const std::uint32_t* segment;
    std::size_t segment_count;  ///< of the book
    const double *revenue_earned, *revenue_received, *costs_incurred, *costs_paid,
        *losses_incurred;        ///< of each segment, for 1 a year
    const StepDrivers* drivers;  ///< of each segment
    const double* is_alive;      ///< of the obligor
    double *receipts, *payments, *income;
};

/// How obligors settle that owe nothing from before and can pay all that is due.
struct SettleRows {
    std::size_t count;
    const double *is_alive, *income_known, *in_arrears;
    const double *receipts, *payments, *interest_due, *principal_due, *maturity_due;
    const double *cash_before, *cash_limit;
    double *cash, *operating_shortfall, *interest_paid, *principal_paid;
    double* is_settled;  ///< 0: this one is not of that kind, and its other cells say nothing
};

/// Sums over the steps, of each obligor.
struct ObligorSumRows {
    std::size_t count;
    double months_before;  ///< the step
    const double *operating_shortfall, *cash;
    double *operating_sum, *lowest_cash, *runway;
};

inline constexpr std::size_t summed_row_count = 11, weighted_row_count = 4;

/// Rows whose sums are wanted, as they are or each element times its weight.
struct SummedRows {
    std::size_t count;
    const double* row[summed_row_count];
    double* sum[summed_row_count];
    const double *weighted[weighted_row_count], *weight[weighted_row_count];
    double* weighted_sum[weighted_row_count];
};

/// What positions pay. Parts are those of their obligors, and of their records' maturities.
struct PayRows {
    std::size_t count;
    bool pays_all;         ///< all parts are 1, and nothing is in arrears but of the defaulted
    bool has_assumptions;  ///< else nothing is prepaid
    const double *interest_due, *principal_due, *maturity_due, *prepaid;
    const double *interest_part, *principal_part, *maturity_part;
    const double *interest_arrears_part, *principal_arrears_part;
    double *balance, *interest_arrears, *principal_arrears;
    double *interest_paid, *principal_paid, *maturity_paid;  ///< null where steps are not kept
    double *sum_interest_due, *sum_interest_paid, *sum_principal_paid, *sum_maturity_due,
        *sum_maturity_paid;
};

/// The loops for one instruction set. All sets give the same bits.
struct TileKernels {
    void (*set_rates)(const RateRows&);
    void (*level)(const LevelRows&);
    void (*fall_due)(const DueRows&);
    void (*operate)(const BusinessRows&);
    void (*settle)(const SettleRows&);
    void (*pay)(const PayRows&);
    void (*sum_obligors)(const ObligorSumRows&);
    /// result[i] = a[i] * b[i].
    void (*multiply)(std::size_t count, const double* a, const double* b, double* result);
    /// sum[i] += a[i].
    void (*add)(std::size_t count, const double* a, double* sum);
    /// The sum of a row: eight sums of every eighth element, added in a fixed order.
    double (*sum)(std::size_t count, const double* row);
    void (*sum_rows)(const SummedRows&);
    /// The same of elements that are not NaN.
    double (*sum_of_known)(std::size_t count, const double* row);
};

extern const TileKernels tile_kernels_baseline;
extern const TileKernels tile_kernels_avx2;
extern const TileKernels tile_kernels_avx512;

}  // namespace seawall::debt
