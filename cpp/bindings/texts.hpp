#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace seawall::bindings {

/// Objects that are many lie far apart: those so many steps ahead are fetched while one is worked
/// on.
inline constexpr std::size_t fetched_ahead = 16;
inline constexpr std::size_t line_bytes = 64;
inline constexpr std::size_t start_bytes = 2 * line_bytes;  // all of most rows and of most texts

void fetch(const void* object, std::size_t bytes);

/// The bytes (UTF-8) of each text, as long as the texts are there. Throws Error(invalid_input) for
/// one that is not Unicode.
std::vector<std::string_view> views_of(const pybind11::typing::List<pybind11::str>& texts);

}  // namespace seawall::bindings
