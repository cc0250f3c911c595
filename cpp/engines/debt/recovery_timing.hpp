#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

inline constexpr int max_recovery_months = 1'200;

/// When the money of a settlement comes.
struct RecoveryTiming {
    int months_to_sale = 0;          ///< of collateral
    int months_to_distribution = 0;  ///< of dividends, a guarantor's too
};

/// What claims are paid, all of shape (claim_count,); amounts are minor units, >= 0.
struct RecoveryColumns {
    std::span<const std::int64_t> from_collateral_minor, from_estate_minor, from_guarantee_minor;
    std::span<const double> rate;  ///< a year, as a fraction, compounded monthly; above −12
};

/// All of shape (claim_count,). Carry is negative where the rate is.
struct RecoveryValue {
    std::vector<std::int64_t> collateral_minor;     ///< present value
    std::vector<std::int64_t> dividends_minor;      ///< present value
    std::vector<std::int64_t> cost_of_carry_minor;  ///< what is paid − its present value
};

/// amount · (1 + rate / 12)^−months, half to even. Resizes `value`.
/// Throws Error(invalid_input) with a place such as "rate[17]" on ragged columns, on months outside
/// 0 .. max_recovery_months and on a rate of −12 or below or that is not finite;
/// Error(limit_exceeded) on an amount or a present value beyond 2^53, or a rate whose power
/// overflows.
void value_recoveries(const RecoveryColumns& recoveries, const RecoveryTiming& timing,
                      RecoveryValue& value);

}  // namespace seawall::debt
