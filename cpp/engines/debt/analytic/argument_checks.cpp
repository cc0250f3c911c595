#include "engines/debt/analytic/argument_checks.hpp"

#include <cmath>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void require(bool is_met, const std::string& place, const char* message) {
    if (!is_met) throw Error(ErrorCode::invalid_input, place, message);
}

}  // namespace

// Every comparison is false for NaN.
void require_fraction(double value, const std::string& place) {
    require(value >= 0.0 && value <= 1.0, place, "must be from 0 to 1");
}

void require_fraction_below_1(double value, const std::string& place) {
    require(value >= 0.0 && value < 1.0, place, "must be from 0, below 1");
}

void require_open_fraction(double value, const std::string& place) {
    require(value > 0.0 && value < 1.0, place, "must be above 0 and below 1");
}

void require_correlation(double value, const std::string& place) {
    require(value >= -1.0 && value <= 1.0, place, "must be from -1 to 1");
}

void require_finite(double value, const std::string& place) {
    require(std::isfinite(value), place, "must be finite");
}

void require_positive(double value, const std::string& place) {
    require(value > 0.0 && std::isfinite(value), place, "must be above 0");
}

void require_degrees_of_freedom(double value) {
    require(value >= 2.0 && value <= 1e6, "degrees_of_freedom", "must be from 2 to 1,000,000");
}

void require_size(std::size_t size, std::size_t expected, const std::string& place) {
    if (size == expected) return;
    throw Error(ErrorCode::invalid_input, place,
                "must have " + std::to_string(expected) + " values, not " + std::to_string(size));
}

void require_fractions(std::span<const double> values, const char* name) {
    for (std::size_t i = 0; i < values.size(); ++i) require_fraction(values[i], place_of(name, i));
}

}  // namespace seawall::debt
