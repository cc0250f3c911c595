#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

/// Pairs (obligor, group), each an index from 0 on. Spans of one length: the caller keeps them
/// alive. A pair may be listed twice.
struct GroupMemberships {
    std::size_t obligor_count = 0;
    std::size_t group_count = 0;
    std::span<const std::uint32_t> obligor;  ///< below obligor_count
    std::span<const std::uint32_t> group;    ///< below group_count
};

/// Sets of obligors that groups connect, directly or over other obligors and groups.
struct ConnectedObligors {
    std::vector<std::uint32_t> component_of_obligor;  ///< (obligor_count,), by first appearance
    std::size_t component_count = 0;                  ///< an obligor without a group is one
};

/// The transitive closure of common membership: who defaults with whom, or whose claims one
/// waterfall must settle. The order of the pairs changes nothing. Throws Error(invalid_input) at
/// "obligor[i]" or "group[i]" on an index that is too large, and on ragged spans.
ConnectedObligors connect_obligors(const GroupMemberships& memberships);

}  // namespace seawall::debt
