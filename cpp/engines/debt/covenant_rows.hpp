#pragma once

#include <cstddef>
#include <cstdint>

// What the loops over the units of a covenant, obligors or records, read and write in one step.
namespace seawall::debt {

/// Which figures a ratio rests on is the covenant's; others may be null.
struct RatioRows {
    std::size_t count;
    std::uint64_t bit;                            ///< of the step
    double yearly;                                ///< what makes a year of the window
    const double *income, *interest, *principal;  ///< of the window
    const double* debt;
    const double *balance, *collateral;
    const double* gate;  ///< 0, or NaN where nothing is tested
    double *worst, *last;
    // Null where nothing is marked: no record has a limit.
    double* ratio;
    std::uint64_t* tested;
};

/// The loops for one instruction set. All sets give the same bits.
struct CovenantKernels {
    void (*dscr)(const RatioRows&);
    void (*icr)(const RatioRows&);
    void (*ltv)(const RatioRows&);
    void (*leverage)(const RatioRows&);
    void (*debt_yield)(const RatioRows&);
    /// Sets the bit of marks where the ratio is above its limit, or below it.
    void (*mark_above)(std::size_t count, const double* ratio, const double* limit,
                       std::uint64_t bit, std::uint64_t* marks);
    void (*mark_below)(std::size_t count, const double* ratio, const double* limit,
                       std::uint64_t bit, std::uint64_t* marks);
    /// The sums of `months` rows of a matrix, 2 or more, the first at `row`, added by rising row.
    void (*sum_window)(std::size_t count, const double* row, std::size_t months, double* sum);
};

extern const CovenantKernels covenant_kernels_baseline;
extern const CovenantKernels covenant_kernels_avx2;
extern const CovenantKernels covenant_kernels_avx512;

}  // namespace seawall::debt
