#pragma once

#include <cstddef>
#include <span>
#include <string>

// What closed forms are given; each throws Error(invalid_input) at the place of what is no number
// of its range.
namespace seawall::debt {

/// From 0 to 1.
void require_fraction(double value, const std::string& place);

/// From 0, below 1.
void require_fraction_below_1(double value, const std::string& place);

/// Between 0 and 1, both excluded: where a form has no limit at the ends.
void require_open_fraction(double value, const std::string& place);

/// From -1 to 1.
void require_correlation(double value, const std::string& place);

void require_finite(double value, const std::string& place);

/// Above 0 and finite.
void require_positive(double value, const std::string& place);

/// Of a t copula, from 2 to 1e6: beyond it the copula is Gaussian to five digits.
void require_degrees_of_freedom(double value);

void require_size(std::size_t size, std::size_t expected, const std::string& place);

void require_fractions(std::span<const double> values, const char* name);

}  // namespace seawall::debt
