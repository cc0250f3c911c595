#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/types.hpp"

namespace seawall::debt {

/// How a total is spread over groups: obligors, segments, or any other code of a record. Shares are
/// fractions of the total, NaN where the total is 0.
struct Concentration {
    double total = 0.0;                  ///< in the book's currency, as the next
    std::vector<double> amount;          ///< (group_count,)
    std::vector<double> share;           ///< (group_count,)
    std::vector<std::uint32_t> largest;  ///< groups by falling amount, then by rising number
    double largest_share = 0.0;          ///< of the groups in `largest` together
    double herfindahl_index = 0.0;  ///< Σ share², from 1 / group_count to 1; the agencies' / 10,000
};

/// Of amounts of shape (record_count,), >= 0. A group's records are added by rising index, in
/// blocks whose sums are added by rising index; the total as ordered_sum adds the groups. `largest`
/// has at most `largest_count` groups. Throws Error(invalid_input) as check of a SegmentIndex does,
/// and at "amount[i]" on one below 0 or not finite.
Concentration measure_concentration(const SegmentIndex& groups, std::span<const double> amounts,
                                    std::size_t largest_count);

/// The groups whose share is above `limit`, a fraction of the total, by rising number.
std::vector<std::uint32_t> groups_above(const Concentration& concentration, double limit);

}  // namespace seawall::debt
