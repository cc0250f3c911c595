#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace seawall::bindings {

/// RFC 8785 canonical JSON. What is not a dictionary, list, tuple, text, number, boolean or None is
/// first made one by `plain`. Throws Error with the place: invalid_input for a number that is not
/// finite, an integer beyond 2^53 - 1, text that is not Unicode or a key that is no text;
/// limit_exceeded for more than 64 containers inside each other.
std::string canonical_json(const pybind11::object& value, const pybind11::function& plain);

}  // namespace seawall::bindings
