#pragma once

#include <cstdint>

namespace seawall {

/// digits · 10^exponent, with 17 digits at most.
struct Decimal {
    std::uint64_t digits = 0;
    int exponent = 0;
};

/// The shortest decimal that reads back as a finite double from 0, and of those the nearest: what
/// was written, where that had 15 digits at most.
Decimal shortest_decimal(double value);

}  // namespace seawall
