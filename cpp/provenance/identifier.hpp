#pragma once

#include <span>
#include <string>
#include <string_view>

namespace seawall {

/// Derives an identifier from what it identifies: the prefix, an underscore, and 26 digits of
/// Crockford's base 32 (lower case) that are the first 130 bits of a SHA-256 over the tag
/// "seawall.identifier/1", the prefix and the parts, each after its length in 8 bytes.
/// Throws Error(invalid_input) unless the prefix is a name in lower case of up to 32 characters.
std::string identifier(std::string_view prefix, std::span<const std::string_view> parts);

}  // namespace seawall
