#pragma once

#include <cstddef>
#include <vector>

#include "engines/debt/simulation/reverse_search_surface.hpp"

namespace seawall::debt {

/// Directions of unit length to start from, the same for the same book: both ways along each axis
/// of z and of v, along the principal axes of Σ loss·b·b', up to eight, and along `random_count`
/// normal draws.
std::vector<SearchPoint> start_directions(const ObligorGroups& groups, std::size_t dimension,
                                          std::size_t random_count);

}  // namespace seawall::debt
