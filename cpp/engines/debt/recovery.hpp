#pragma once

#include <cstddef>
#include <cstdint>

#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/recovery_book.hpp"
#include "engines/debt/recovery_timing.hpp"
#include "engines/debt/waterfall.hpp"
#include "numeric/buffer.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// What a sale and a reorganisation cost and bring. Fractions; NaN: not asked.
struct RecoverySettings {
    double haircut = 0.0;
    double sale_cost = 0.0;
    double administration_cost = 0.0;  ///< of free assets and surpluses of pools
    double enterprise_multiple = 0.0;  ///< of a year's income; NaN: by the cap rate
    double cap_rate = 0.0;             ///< NaN: by the multiple; both NaN: no going concern
    RecoveryTiming timing;
    double priming_amount = 0.0;  ///< lent to each group with a defaulted obligor, to its first
};

bool asks_going_concern(const RecoverySettings& settings);

/// What a settlement leaves to whom, rows in path order. Empty where none is asked.
struct CaseSettlement {
    // Of positions.
    Buffer<std::int64_t> from_collateral_minor, from_estate_minor;
    Buffer<std::int64_t> from_guarantee_minor;  ///< empty where nothing is guaranteed
    // Of obligors.
    Buffer<std::int64_t> equity_minor;
    Buffer<std::int64_t> administration_paid_minor, priming_paid_minor;  ///< empty: none is asked
    // Of groups, as GroupFigures has them.
    Buffer<std::int64_t> value_minor, paid_to_creditors_minor, sale_cost_minor;
    Buffer<WaterfallTier> fulcrum;
    Buffer<std::uint8_t> is_known;

    /// 0 where the column is empty.
    static std::int64_t any_minor(const Buffer<std::int64_t>& column, std::size_t row) {
        return column.empty() ? 0 : column[row];
    }
    /// What a position is paid by its guarantor.
    std::int64_t guaranteed_minor(std::size_t position) const {
        return any_minor(from_guarantee_minor, position);
    }
    /// What a position is paid in all.
    std::int64_t paid_minor(std::size_t position) const {
        return from_collateral_minor[position] + from_estate_minor[position] +
               guaranteed_minor(position);
    }
};

/// What a case leaves to whom. Amounts in minor units.
struct CaseRecovery {
    Buffer<std::int64_t> claim_minor;  ///< of each position; 0 where its group does not settle
    Buffer<std::int64_t> cost_of_carry_minor;  ///< of what the liquidation pays each position
    CaseSettlement liquidation;
    CaseSettlement going_concern;
    Buffer<BetterForCreditors> better;  ///< of each group; empty without a going concern
};

/// Same bits on any thread count. The columns are of the memory, if any. Throws as the waterfall
/// does, and Error(cancelled).
CaseRecovery recover(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                     const RecoverySettings& settings, const ParallelOptions& options,
                     std::pmr::memory_resource* memory = nullptr);

}  // namespace seawall::debt
