#pragma once

#include <string>

#include "errors/error.hpp"

namespace seawall::load {

/// Throws invalid_input, with its place, unless a condition is met.
inline void require(bool is_met, const std::string& where, const char* message) {
    if (!is_met) throw Error(ErrorCode::invalid_input, where, message);
}

}  // namespace seawall::load
