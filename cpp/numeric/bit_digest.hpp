#pragma once

#include <bit>
#include <cstdint>

// For tests: all bits of many figures in one number.
namespace seawall {

/// FNV-1a over the eight bytes of function(i · step), i = first … last: the arguments are exact.
template <class Function>
std::uint64_t bit_digest(const Function& function, int first, int last, double step) {
    std::uint64_t digest = 0xcbf29ce484222325U;
    for (int i = first; i <= last; ++i) {
        const auto bits = std::bit_cast<std::uint64_t>(static_cast<double>(function(i * step)));
        for (unsigned shift = 0; shift < 64; shift += 8) {
            digest = (digest ^ (bits >> shift & 0xffU)) * 0x100000001b3U;
        }
    }
    return digest;
}

}  // namespace seawall
