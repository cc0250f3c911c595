#pragma once

#include <cstddef>

#include "engines/debt/collateral_pool.hpp"

namespace seawall::debt {

/// The most rounds that fix what obligors' own estates pay where guarantees run in a circle.
inline constexpr int max_guarantee_rounds = 16;

/// Settles the estates of a group, whose pools are settled, from subsidiaries to parents: what is
/// still missing of the priming claim, administration costs, tiers by seniority, pari passu in
/// each, and what is left to the parent.
///
/// A guaranteed claim proves in two estates for all that its collateral left, up to the limit in
/// the guarantor's (Ivanhoe Building & Loan v. Orr, 295 U.S. 243), and takes from the guarantor no
/// more than what its own estate leaves. What that is rests on other guarantees: the first round
/// takes own estates to pay nothing, each further round takes them to pay what they did in the
/// last, until none pays otherwise or max_guarantee_rounds are over. Then both pay; where the
/// rounds ended too early the estate settled last pays only what is still missing.
void settle_estates(const SettlementContext& context, std::size_t group);

}  // namespace seawall::debt
