#include "engines/debt/simulation/reverse_search_axes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace seawall::debt {
namespace {

constexpr int most_sweeps = 60;

/// The rotation of the axes p and q that makes their entry 0.
struct Rotation {
    double cosine = 1.0, sine = 0.0;
};

Rotation rotation_of(double pp, double pq, double qq) {
    const double ratio = (qq - pp) / (2.0 * pq);
    const double root = std::sqrt(1.0 + ratio * ratio);
    const double tangent = 1.0 / (ratio >= 0.0 ? ratio + root : ratio - root);
    const double cosine = 1.0 / std::sqrt(1.0 + tangent * tangent);
    return {.cosine = cosine, .sine = tangent * cosine};
}

void rotate(double& one, double& other, const Rotation& by) {
    const double kept = one;
    one = by.cosine * kept - by.sine * other;
    other = by.sine * kept + by.cosine * other;
}

}  // namespace

PrincipalAxes principal_axes(std::vector<double> matrix, std::size_t count) {
    std::vector<double> axes(count * count);
    for (std::size_t i = 0; i < count; ++i) axes[i * count + i] = 1.0;
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
        bool is_diagonal = true;
        for (std::size_t p = 0; p < count; ++p) {
            for (std::size_t q = p + 1; q < count; ++q) {
                const double pq = matrix[p * count + q];
                const double pp = matrix[p * count + p];
                const double qq = matrix[q * count + q];
                if (std::abs(pq) <= 0x1p-54 * std::sqrt(std::abs(pp)) * std::sqrt(std::abs(qq))) {
                    continue;
                }
                is_diagonal = false;
                const Rotation by = rotation_of(pp, pq, qq);
                for (std::size_t i = 0; i < count; ++i) {
                    rotate(matrix[i * count + p], matrix[i * count + q], by);
                }
                for (std::size_t i = 0; i < count; ++i) {
                    rotate(matrix[p * count + i], matrix[q * count + i], by);
                }
                for (std::size_t i = 0; i < count; ++i) {
                    rotate(axes[p * count + i], axes[q * count + i], by);
                }
            }
        }
        if (is_diagonal) break;
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t i) { return matrix[i * count + i]; });
    PrincipalAxes found;
    for (const std::size_t i : order) {
        found.value.push_back(matrix[i * count + i]);
        const auto first = axes.begin() + static_cast<std::ptrdiff_t>(i * count);
        found.axis.insert(found.axis.end(), first, first + static_cast<std::ptrdiff_t>(count));
    }
    return found;
}

}  // namespace seawall::debt
