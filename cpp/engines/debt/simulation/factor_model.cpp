#include "engines/debt/simulation/factor_model.hpp"

#include <cmath>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// Of the entries of a correlation that was itself computed. They are used as they stand.
constexpr double rounding_of_entries = 1e-12;
constexpr double most_degrees_of_freedom = 1e9;

std::string correlation_place(std::size_t row, std::size_t column) {
    return "factors.correlation[" + std::to_string(row) + "][" + std::to_string(column) + "]";
}

void check(const FactorModel& model) {
    const std::size_t count = model.factor_count;
    if (count == 0 || count > max_factors)
        refuse_input("factors.factor_count", "must be from 1 to 64");
    if (model.correlation.size() != count * count) {
        refuse_input("factors.correlation", "must have the shape (factors, factors)");
    }
    const bool is_student =
        model.degrees_of_freedom > 2.0 && model.degrees_of_freedom <= most_degrees_of_freedom;
    if (!is_student && !model.is_gaussian()) {
        refuse_input("factors.degrees_of_freedom",
                     "must be above 2 and at most 1e9; infinity is the Gaussian copula");
    }
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t column = 0; column <= row; ++column) {
            const double value = model.correlation[row * count + column];
            if (row == column && !(std::abs(value - 1.0) <= rounding_of_entries)) {
                refuse_input(correlation_place(row, row), "must be 1");
            }
            if (!(std::abs(value) <= 1.0 + rounding_of_entries)) {
                refuse_input(correlation_place(row, column), "must be from -1 to 1");
            }
            if (value != model.correlation[column * count + row]) {
                refuse_input(correlation_place(row, column),
                             "must equal " + correlation_place(column, row));
            }
        }
    }
}

}  // namespace

SemidefiniteRoot pivoted_correlation_root(const FactorModel& model) {
    check(model);
    return semidefinite_root(
        {.size = model.factor_count, .values = model.correlation, .place = correlation_place},
        rounding_per_row * static_cast<double>(model.factor_count));
}

std::vector<double> correlation_root(const FactorModel& model) {
    return pivoted_correlation_root(model).values;
}

}  // namespace seawall::debt
