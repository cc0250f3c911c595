#include "load/load_shape.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

namespace seawall::load {

double shape_duration_s(std::span<const LoadStretch> shape) {
    double duration = 0.0;
    for (const LoadStretch& stretch : shape) duration += stretch.duration_s;
    return duration;
}

double level_at(std::span<const LoadStretch> shape, double time_s) {
    double start = 0.0;
    for (const LoadStretch& stretch : shape) {
        const double within = time_s - start;
        if (within < stretch.duration_s) {
            return stretch.from + (stretch.to - stretch.from) * (within / stretch.duration_s);
        }
        start += stretch.duration_s;
    }
    return 0.0;
}

std::optional<double> first_time_at_level(std::span<const LoadStretch> shape, double level,
                                          double from_s) {
    double start = 0.0;
    for (const LoadStretch& stretch : shape) {
        const double end = start + stretch.duration_s;
        const double earliest = std::max(start, from_s);
        if (earliest < end) {
            const double slope = (stretch.to - stretch.from) / stretch.duration_s;
            if (stretch.from + slope * (earliest - start) >= level) return earliest;
            if (stretch.to >= level) return std::min(start + (level - stretch.from) / slope, end);
        }
        start = end;
    }
    return std::nullopt;
}

std::optional<double> arrival_time_s(std::span<const LoadStretch> shape, std::uint64_t number) {
    double wanted = static_cast<double>(number) + 0.5;
    double start = 0.0;
    for (const LoadStretch& stretch : shape) {
        const double area = 0.5 * (stretch.from + stretch.to) * stretch.duration_s;
        if (wanted <= area) {
            // from·t + slope·t²/2 = wanted; this form of the root has no cancellation.
            const double slope = (stretch.to - stretch.from) / stretch.duration_s;
            const double root =
                std::sqrt(std::max(stretch.from * stretch.from + 2.0 * slope * wanted, 0.0));
            return start + std::min(2.0 * wanted / (stretch.from + root), stretch.duration_s);
        }
        wanted -= area;
        start += stretch.duration_s;
    }
    return std::nullopt;
}

}  // namespace seawall::load
