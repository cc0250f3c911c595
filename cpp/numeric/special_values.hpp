#pragma once

#include <limits>

namespace seawall {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// A figure that is not known, as columns have it.
inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

}  // namespace seawall
