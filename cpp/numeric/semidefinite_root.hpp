#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace seawall {

/// L with L·Lᵀ a symmetric positive semidefinite matrix.
struct SemidefiniteRoot {
    std::vector<double> values;      ///< L, of shape (size, size); columns beyond the rank are 0
    std::vector<std::size_t> pivot;  ///< the row that each column of the rank was made of

    std::size_t rank() const { return pivot.size(); }
};

/// What rounding can leave of a pivot that should be 0, a row: a few units of the last place of a
/// diagonal of 1.
inline constexpr double rounding_per_row = 0x1p-49;

/// A symmetric matrix, and where an entry of it stands in what was given.
struct SymmetricMatrix {
    std::size_t size = 0;
    std::span<const double> values;  ///< of shape (size, size)
    std::function<std::string(std::size_t row, std::size_t column)> place;
};

/// Cholesky's with diagonal pivoting (N. J. Higham, "Accuracy and Stability of Numerical
/// Algorithms", 10.3), rows in the order of the matrix: row pivot[k] is 0 behind column k. Pivots
/// up to the tolerance count as 0. Throws Error(invalid_input) at the place of an entry where the
/// matrix is not positive semidefinite.
SemidefiniteRoot semidefinite_root(const SymmetricMatrix& matrix, double tolerance);

}  // namespace seawall
