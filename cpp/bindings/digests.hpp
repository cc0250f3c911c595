#pragma once

#include <pybind11/pybind11.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "errors/error.hpp"
#include "provenance/sha256.hpp"

namespace seawall::bindings {

inline pybind11::bytes to_python(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline pybind11::bytes to_python(const std::vector<Digest>& digests) {
    return {reinterpret_cast<const char*>(digests.data()), digests.size() * sizeof(Digest)};
}

/// Throws Error(invalid_input) unless the bytes are a whole number of digests.
inline std::vector<Digest> digests_from(std::string_view bytes) {
    if (bytes.size() % sizeof(Digest) != 0) {
        throw Error(ErrorCode::invalid_input, "", "digests have 32 bytes each");
    }
    std::vector<Digest> digests(bytes.size() / sizeof(Digest));
    if (!digests.empty()) std::memcpy(digests.data(), bytes.data(), bytes.size());
    return digests;
}

}  // namespace seawall::bindings
