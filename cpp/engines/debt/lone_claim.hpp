#pragma once

#include <cstddef>

#include "engines/debt/collateral_pool.hpp"

namespace seawall::debt {

/// Settles a group of one estate that one claim stands against, with at most one pool: most groups
/// of most books. The same as for all groups, without lists of one.
void settle_lone_claim(const SettlementContext& context, std::size_t group);

}  // namespace seawall::debt
