#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace seawall {

/// The places of texts in ascending order of their bytes, of equal ones the first first. In UTF-8
/// that is the order of their code points.
std::vector<std::size_t> text_order(std::span<const std::string_view> texts);

}  // namespace seawall
