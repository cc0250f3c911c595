#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace seawall::debt {

/// Eigenvalues of a symmetric matrix, falling, and its orthonormal eigenvectors by rows.
struct PrincipalAxes {
    std::vector<double> value;
    std::vector<double> axis;  ///< of shape (count, count)

    std::span<const double> row(std::size_t i) const {
        return std::span(axis).subspan(i * value.size(), value.size());
    }
};

/// By Jacobi's rotations, cyclic (G. H. Golub, C. F. Van Loan, "Matrix Computations", 8.5): only
/// additions, multiplications, divisions and roots, hence the same bits on every machine.
/// `matrix` is of shape (count, count).
PrincipalAxes principal_axes(std::vector<double> matrix, std::size_t count);

}  // namespace seawall::debt
