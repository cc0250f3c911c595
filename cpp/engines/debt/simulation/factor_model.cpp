#include "engines/debt/simulation/factor_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// What rounding can leave of a pivot that should be 0, a factor: a few units of the last place of
/// a diagonal of 1.
constexpr double rounding_per_factor = 0x1p-49;
/// Of the entries of a correlation that was itself computed. They are used as they stand.
constexpr double rounding_of_entries = 1e-12;
constexpr double most_degrees_of_freedom = 1e9;

std::string entry(std::size_t row, std::size_t column) {
    return "factors.correlation[" + std::to_string(row) + "][" + std::to_string(column) + "]";
}

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
    throw Error(ErrorCode::invalid_input, place, message);
}

void check(const FactorModel& model) {
    const std::size_t count = model.factor_count;
    if (count == 0 || count > max_factors) refuse("factors.factor_count", "must be from 1 to 64");
    if (model.correlation.size() != count * count) {
        refuse("factors.correlation", "must have the shape (factors, factors)");
    }
    const bool is_student =
        model.degrees_of_freedom > 2.0 && model.degrees_of_freedom <= most_degrees_of_freedom;
    if (!is_student && !model.is_gaussian()) {
        refuse("factors.degrees_of_freedom",
               "must be above 2 and at most 1e9; infinity is the Gaussian copula");
    }
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t column = 0; column <= row; ++column) {
            const double value = model.correlation[row * count + column];
            if (row == column && !(std::abs(value - 1.0) <= rounding_of_entries)) {
                refuse(entry(row, row), "must be 1");
            }
            if (!(std::abs(value) <= 1.0 + rounding_of_entries)) {
                refuse(entry(row, column), "must be from -1 to 1");
            }
            if (value != model.correlation[column * count + row]) {
                refuse(entry(row, column), "must equal " + entry(column, row));
            }
        }
    }
}

/// What a step of the decomposition leaves, over the factors that were no pivot yet.
struct Remainder {
    std::size_t count;
    std::vector<double> values;
    std::vector<std::size_t> open;  ///< factors left, ascending

    double at(std::size_t row, std::size_t column) const { return values[row * count + column]; }

    std::size_t largest_pivot() const {
        return *std::ranges::max_element(
            open, [&](std::size_t a, std::size_t b) { return at(a, a) < at(b, b); });
    }
};

/// A positive semidefinite remainder with no pivot above the tolerance has no entry above it.
void check_negligible(const Remainder& rest, double tolerance) {
    for (const std::size_t row : rest.open) {
        for (const std::size_t column : rest.open) {
            if (std::abs(rest.at(row, column)) <= tolerance) continue;
            refuse(entry(row, column), "the matrix is not positive semidefinite");
        }
    }
}

}  // namespace

std::vector<double> correlation_root(const FactorModel& model) {
    check(model);
    const std::size_t count = model.factor_count;
    const double tolerance = rounding_per_factor * static_cast<double>(count);
    Remainder rest{.count = count,
                   .values = {model.correlation.begin(), model.correlation.end()},
                   .open = std::vector<std::size_t>(count)};
    for (std::size_t k = 0; k < count; ++k) rest.open[k] = k;
    std::vector<double> root(count * count);
    for (std::size_t step = 0; step < count; ++step) {
        const std::size_t pivot = rest.largest_pivot();
        if (rest.at(pivot, pivot) <= tolerance) {
            check_negligible(rest, tolerance);
            break;
        }
        const double scale = std::sqrt(rest.at(pivot, pivot));
        for (const std::size_t row : rest.open) {
            root[row * count + step] = row == pivot ? scale : rest.at(row, pivot) / scale;
        }
        std::erase(rest.open, pivot);
        for (const std::size_t row : rest.open) {
            for (const std::size_t column : rest.open) {
                rest.values[row * count + column] -=
                    root[row * count + step] * root[column * count + step];
            }
        }
    }
    return root;
}

}  // namespace seawall::debt
