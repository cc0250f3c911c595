#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/debt/analytic/quadrature_axis.hpp"

namespace seawall::debt {

/// Obligors as columns of shape (obligor_count,). Views: the caller keeps the columns alive.
struct FactorBook {
    std::span<const double> default_probabilities;  ///< from 0 to 1
    /// (obligor_count, factor_count) by rows, on independent standard normal factors; the squares
    /// of a row sum to less than 1.
    std::span<const double> loadings;
    std::size_t factor_count = 1;                             ///< 1 or 2
    std::span<const std::int64_t> loss_units;                 ///< of a default, >= 0
    std::optional<double> degrees_of_freedom = std::nullopt;  ///< of a t copula; without: Gaussian
};

/// The places of quadrature of a book: two factors, of which the second may be a single point, and
/// the scale √(W/ν) of a t copula.
struct FactorGrid {
    QuadratureAxis scales, first, second;

    std::size_t node_count() const {
        return scales.points.size() * first.points.size() * second.points.size();
    }
};

struct FactorNode {
    double scale = 1.0;
    double first = 0.0;
    double second = 0.0;
    double weight = 1.0;
    std::size_t index_sum = 0;
};

/// The obligors of a book given the systematic state.
class ConditionalBook {
  public:
    /// Throws Error(invalid_input) on columns of different lengths and values out of range.
    explicit ConditionalBook(const FactorBook& book);

    /// Fine enough for the distribution of the book's losses.
    FactorGrid grid() const;

    std::size_t size() const { return obligors_.size(); }

    /// Of default of obligor i.
    double probability(std::size_t i, const FactorNode& node) const;

  private:
    struct Obligor {
        double threshold, first, second;  // over √(1 − |loadings|²)
    };
    std::vector<Obligor> obligors_;
    std::optional<double> degrees_of_freedom_;
};

/// Calls visit(node) for each node whose weight is not beyond rounding.
template <class Visit>
void for_each_node(const FactorGrid& grid, const Visit& visit) {
    for (std::size_t s = 0; s < grid.scales.points.size(); ++s) {
        for (std::size_t i = 0; i < grid.first.points.size(); ++i) {
            for (std::size_t j = 0; j < grid.second.points.size(); ++j) {
                const double weight =
                    grid.scales.weights[s] * grid.first.weights[i] * grid.second.weights[j];
                if (weight < 1e-25) continue;
                visit(FactorNode{.scale = grid.scales.points[s],
                                 .first = grid.first.points[i],
                                 .second = grid.second.points[j],
                                 .weight = weight,
                                 .index_sum = s + i + j});
            }
        }
    }
}

}  // namespace seawall::debt
