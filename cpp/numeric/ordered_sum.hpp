#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace seawall {

/// The terms of one block. Work split at multiples of this, with the block sums added in index
/// order, gives the bits of one ordered_sum over the whole.
inline constexpr std::size_t ordered_sum_block = 1024;

/// term(0) + … + term(count − 1), count <= ordered_sum_block, in an order that is part of the
/// contract for the bits: term i is added to lane i mod 8 by rising i, and the lanes l, each from
/// +0, are added as
/// ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7)). Eight independent chains vectorise on any
/// instruction set without reassociation.
template <class Term>
double ordered_block_sum(std::size_t count, const Term& term) {
    std::array<double, 8> lanes{};
    const std::size_t whole = count - count % lanes.size();
    for (std::size_t i = 0; i < whole; i += lanes.size()) {
        for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[lane] += term(i + lane);
    }
    for (std::size_t i = whole; i < count; ++i) lanes[i - whole] += term(i);
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// term(0) + … + term(count − 1): blocks of ordered_sum_block terms, their sums added to +0 by
/// rising index.
template <class Term>
double ordered_sum(std::size_t count, const Term& term) {
    if (count == 1) return 0.0 + term(0);  // the same bits, and most sums of a flat tape
    double total = 0.0;
    for (std::size_t begin = 0; begin < count; begin += ordered_sum_block) {
        total += ordered_block_sum(std::min(ordered_sum_block, count - begin),
                                   [&](std::size_t i) { return term(begin + i); });
    }
    return total;
}

inline double ordered_sum(std::span<const double> values) {
    return ordered_sum(values.size(), [values](std::size_t i) { return values[i]; });
}

}  // namespace seawall
