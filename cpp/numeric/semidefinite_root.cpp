#include "numeric/semidefinite_root.hpp"

#include <algorithm>
#include <cmath>

#include "errors/error.hpp"

namespace seawall {
namespace {

/// What a step of the decomposition leaves, over the rows that were no pivot yet.
struct Remainder {
    std::size_t size;
    std::vector<double> values;
    std::vector<std::size_t> open;  ///< rows left, ascending

    double at(std::size_t row, std::size_t column) const { return values[row * size + column]; }

    std::size_t largest_pivot() const {
        return *std::ranges::max_element(
            open, [&](std::size_t a, std::size_t b) { return at(a, a) < at(b, b); });
    }
};

}  // namespace

SemidefiniteRoot semidefinite_root(const SymmetricMatrix& matrix, double tolerance) {
    const std::size_t size = matrix.size;
    Remainder rest{.size = size,
                   .values = {matrix.values.begin(), matrix.values.end()},
                   .open = std::vector<std::size_t>(size)};
    for (std::size_t k = 0; k < size; ++k) rest.open[k] = k;
    SemidefiniteRoot root{.values = std::vector<double>(size * size), .pivot = {}};
    while (!rest.open.empty()) {
        const std::size_t pivot = rest.largest_pivot();
        const bool is_pivot = rest.at(pivot, pivot) > tolerance;  // false for NaN
        if (!is_pivot) break;
        const std::size_t step = root.rank();
        const double scale = std::sqrt(rest.at(pivot, pivot));
        for (const std::size_t row : rest.open) {
            root.values[row * size + step] = row == pivot ? scale : rest.at(row, pivot) / scale;
        }
        root.pivot.push_back(pivot);
        std::erase(rest.open, pivot);
        for (const std::size_t row : rest.open) {
            for (const std::size_t column : rest.open) {
                rest.values[row * size + column] -=
                    root.values[row * size + step] * root.values[column * size + step];
            }
        }
    }
    // A positive semidefinite remainder with no pivot above the tolerance has no entry above it.
    for (const std::size_t row : rest.open) {
        for (const std::size_t column : rest.open) {
            if (std::abs(rest.at(row, column)) <= tolerance) continue;
            throw Error(ErrorCode::invalid_input, matrix.place(row, column),
                        "the matrix is not positive semidefinite");
        }
    }
    return root;
}

}  // namespace seawall
