#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall::debt {

inline constexpr std::size_t max_sweep_quarters = 40;
/// Scenarios that one call computes, whatever the width of a register; the last block is padded.
inline constexpr std::size_t sweep_lanes = 16;

/// What the quarters of one instrument need, constants multiplied out. Drivers are given by where
/// their first quarter begins in SweepBlock::drivers.
struct SweepInstrument {
    double balance;
    double scheduled_principal;
    double quarter_spread;  ///< spread / 4
    double income;          ///< a quarter, >= 0
    double dscr_limit;
    double ltv_collateral;  ///< collateral after haircut · LTV limit
    double collateral;      ///< after haircut
    double sale_proceeds;   ///< 1 − sale cost
    double prior_claims;
    double unrecovered;  ///< 1 − unsecured recovery
    std::size_t index;   ///< rates / 4
    std::size_t income_factor;
    std::size_t collateral_factor;
    std::size_t currency_factor;  ///< in minor units
};

/// Some instruments under sweep_lanes scenarios. Drivers and sums are rows of sweep_lanes, aligned
/// to 64 bytes; the kernels add to the sums, a row a quarter, and take from the breaches.
struct SweepBlock {
    const SweepInstrument* instruments;
    std::size_t instrument_count;
    const double* drivers;
    std::size_t quarter_count;
    bool rates_may_be_negative;  ///< and then count as 0; without them a step is shorter
    std::int64_t* loss_minor;
    std::int64_t* breach_count;  ///< the instruments, less each that is in no breach
    std::int64_t* default_count;
};

/// One kernel, compiled for several instruction sets. Call those that is_supported names.
void sweep_block_baseline(const SweepBlock& block);
void sweep_block_avx2(const SweepBlock& block);
void sweep_block_avx512(const SweepBlock& block);

}  // namespace seawall::debt
