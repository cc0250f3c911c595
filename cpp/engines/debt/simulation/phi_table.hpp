#pragma once

#include <cstdint>

namespace seawall::debt {

/// 2^16·(Φ(t) − ½) for 0 <= t < 4 in steps of 1/8192 by 64 chords, each shifted by half of what it
/// would be off at most: base + fraction·slope.
struct PhiTable {
    alignas(64) std::uint16_t base[64];
    alignas(64) std::uint16_t slope[64];
};

/// The table that the AVX-512 kernel reads.
extern const PhiTable phi_table;

}  // namespace seawall::debt
