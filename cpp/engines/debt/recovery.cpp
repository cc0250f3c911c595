#include "engines/debt/recovery.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engines/debt/tile_recovery.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

__extension__ using WideSum = __int128;

CaseSettlement sized_settlement(const PathOrder& order, const RecoveryBook& claims,
                                const RecoverySettings& settings,
                                std::pmr::memory_resource* memory) {
    CaseSettlement s;
    place(order.position_count(), memory, s.from_collateral_minor, s.from_estate_minor);
    const auto is_guaranteed = [](const TileClaims& tile) { return !tile.guarantor.empty(); };
    if (std::ranges::any_of(claims.tiles, is_guaranteed)) {
        place(order.position_count(), memory, s.from_guarantee_minor);
    }
    place(order.obligor_count(), memory, s.equity_minor);
    if (settings.administration_cost != 0.0) {
        place(order.obligor_count(), memory, s.administration_paid_minor);
    }
    if (settings.priming_amount != 0.0) place(order.obligor_count(), memory, s.priming_paid_minor);
    place(order.group_count(), memory, s.value_minor, s.paid_to_creditors_minor, s.sale_cost_minor,
          s.fulcrum, s.is_known);
    return s;
}

void check_sum(const std::vector<RecoverySums>& sums, std::int64_t RecoverySums::* part,
               const char* place) {
    WideSum total = 0;
    for (const RecoverySums& tile : sums) total += tile.*part;
    if (total > std::numeric_limits<std::int64_t>::max()) {
        throw Error(ErrorCode::limit_exceeded, place,
                    "a book adds up to less than 2^63 minor units");
    }
}

}  // namespace

bool asks_going_concern(const RecoverySettings& settings) {
    return !std::isnan(settings.enterprise_multiple) || !std::isnan(settings.cap_rate);
}

CaseRecovery recover(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                     const RecoverySettings& settings, const ParallelOptions& options,
                     std::pmr::memory_resource* memory) {
    constexpr std::size_t tiles_a_task = 8;  // they reuse one tile's memory
    CaseRecovery recovery;
    place(book.order.position_count(), memory, recovery.claim_minor, recovery.cost_of_carry_minor);
    recovery.liquidation = sized_settlement(book.order, claims, settings, memory);
    if (asks_going_concern(settings)) {
        recovery.going_concern = sized_settlement(book.order, claims, settings, memory);
        place(book.order.group_count(), memory, recovery.better);
    }
    std::vector<RecoverySums> sums(book.tiles.size());
    const std::size_t tasks = (sums.size() + tiles_a_task - 1) / tiles_a_task;
    const bool complete = parallel_for(tasks, options, [&](std::size_t task) {
        TileRecovery tile(book, claims, paths, settings, recovery);
        const std::size_t end = std::min((task + 1) * tiles_a_task, sums.size());
        for (std::size_t t = task * tiles_a_task; t < end; ++t) sums[t] = tile.run(t);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "paths", "stopped by the caller");
    check_sum(sums, &RecoverySums::claims_minor, "amount_minor");
    check_sum(sums, &RecoverySums::values_minor, "value_minor");
    check_sum(sums, &RecoverySums::enterprise_values_minor, "enterprise_value_minor");
    return recovery;
}

}  // namespace seawall::debt
