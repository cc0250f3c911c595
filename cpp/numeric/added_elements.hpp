#pragma once

#include <cstddef>
#include <vector>

namespace seawall {

/// Adds to each number the one in its place; there are as many of both.
template <class Number>
void add_elements(const std::vector<Number>& from, std::vector<Number>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

}  // namespace seawall
