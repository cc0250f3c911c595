#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/debt_paths.hpp"
#include "engines/debt/recovery.hpp"

namespace seawall::debt {

/// What tiles of a case add up to: 64 bits hold each, and have to hold all of them.
struct RecoverySums {
    std::int64_t claims_minor = 0, values_minor = 0, enterprise_values_minor = 0;
};

/// Settles one tile of a case after another, in the same memory.
class TileRecovery {
  public:
    TileRecovery(const PathBook& book, const RecoveryBook& claims, const CasePaths& paths,
                 const RecoverySettings& settings, CaseRecovery& result)
        : book_(book), claims_(claims), paths_(paths), settings_(settings), result_(result) {}

    RecoverySums run(std::size_t tile);

  private:
    WaterfallBatch batch() const;
    std::int64_t minor(double amount, const char* place) const;
    void set_amounts();
    void add_estate(std::size_t obligor);
    void add_administration();
    void set_enterprise_values();
    void put(const Settlement& from, CaseSettlement& to) const;
    void put_cost_of_carry();

    const PathBook& book_;
    const RecoveryBook& claims_;
    const CasePaths& paths_;
    const RecoverySettings& settings_;
    CaseRecovery& result_;

    const TileRange* range_ = nullptr;  ///< of the tile in hand
    const TileClaims* tile_ = nullptr;
    std::vector<std::int64_t> claim_, pool_, free_assets_, administration_, priming_, secured_;
    std::vector<std::int64_t> enterprise_value_;
    std::vector<double> pool_value_, haircut_, sale_cost_;
    Settlement liquidation_, going_concern_;
    SettlementScratch scratch_;
    RecoveryValue value_;
};

}  // namespace seawall::debt
