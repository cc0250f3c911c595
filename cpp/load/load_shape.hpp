#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace seawall::load {

/// A stretch of a load over time: users or arrivals a second go from one level to the other in a
/// straight line.
struct LoadStretch {
    double duration_s = 0.0;  // > 0
    double from = 0.0;        // >= 0
    double to = 0.0;          // >= 0
};

double shape_duration_s(std::span<const LoadStretch> shape);

/// The level at a time from the start; 0 from the end on.
double level_at(std::span<const LoadStretch> shape, double time_s);

/// The first time, not before `from_s`, at which the level is `level` or more.
std::optional<double> first_time_at_level(std::span<const LoadStretch> shape, double level,
                                          double from_s);

/// When arrival `number` (from 0) is due: as the area under the levels passes number + 1/2, so that
/// a stretch of whole area has as many arrivals, whatever the last bits of the area are.
std::optional<double> arrival_time_s(std::span<const LoadStretch> shape, std::uint64_t number);

}  // namespace seawall::load
