#include "engines/debt/analytic/pool_moments.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engines/debt/analytic/argument_checks.hpp"
#include "engines/debt/analytic/default_threshold.hpp"
#include "engines/debt/analytic/joint_default.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double most_bivariate = 1e7;

struct Group {
    double probability = 0.0;
    double threshold = 0.0;
    std::span<const double> loadings;
    double losses = 0.0;          // their sum
    double losses_squared = 0.0;  // the sum of their squares
};

std::span<const double> row_of(const MomentBook& book, std::size_t i) {
    return book.loadings.subspan(i * book.factor_count, book.factor_count);
}

double product(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void check(const MomentBook& book) {
    const std::size_t count = book.default_probabilities.size();
    require_fractions(book.default_probabilities, "default_probabilities");
    require_size(book.loadings.size(), count * book.factor_count, "loadings");
    require_size(book.losses.size(), count, "losses");
    if (book.degrees_of_freedom) require_degrees_of_freedom(*book.degrees_of_freedom);
    for (std::size_t i = 0; i < count; ++i) {
        const std::span<const double> row = row_of(book, i);
        if (!(product(row, row) < 1.0)) {
            throw Error(ErrorCode::invalid_input, place_of("loadings", i),
                        "must have squares that sum to less than 1");
        }
        if (!(book.losses[i] >= 0.0) || std::isinf(book.losses[i])) {
            throw Error(ErrorCode::invalid_input, place_of("losses", i), "must be 0 or more");
        }
    }
}

/// Obligors that default for sure or never have no variance and are in no group.
std::vector<Group> groups_of(const MomentBook& book) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < book.losses.size(); ++i) {
        const double p = book.default_probabilities[i];
        if (p > 0.0 && p < 1.0 && book.losses[i] > 0.0) order.push_back(i);
    }
    const auto is_before = [&](std::size_t i, std::size_t j) {
        const double p = book.default_probabilities[i];
        const double q = book.default_probabilities[j];
        if (p != q) return p < q;
        return std::ranges::lexicographical_compare(row_of(book, i), row_of(book, j));
    };
    // Stable: the order of equal rows, and with it the sums, is the book's.
    std::ranges::stable_sort(order, is_before);
    std::vector<Group> groups;
    for (std::size_t n = 0; n < order.size(); ++n) {
        const std::size_t i = order[n];
        if (n == 0 || is_before(order[n - 1], i)) {
            const double p = book.default_probabilities[i];
            groups.push_back({.probability = p,
                              .threshold = default_threshold(p, book.degrees_of_freedom),
                              .loadings = row_of(book, i)});
        }
        groups.back().losses += book.losses[i];
        groups.back().losses_squared += book.losses[i] * book.losses[i];
    }
    return groups;
}

void check_work(std::size_t group_count, std::size_t point_count) {
    const auto count = static_cast<double>(group_count);
    if (0.5 * count * (count + 1.0) * static_cast<double>(point_count) <= most_bivariate) return;
    throw Error(ErrorCode::limit_exceeded, "default_probabilities",
                "so many unlike obligors take more than 10,000,000 bivariate probabilities");
}

double variance_of(const std::vector<Group>& groups, std::optional<double> degrees_of_freedom) {
    double least = 0.5;
    for (const Group& g : groups) {
        least = std::min({least, g.probability, 1.0 - g.probability});
    }
    const JointDefault joint(degrees_of_freedom, least);
    check_work(groups.size(), joint.point_count());
    double variance = 0.0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Group& g = groups[i];
        variance += g.losses_squared * g.probability * (1.0 - g.probability);
        for (std::size_t j = i; j < groups.size(); ++j) {
            const Group& h = groups[j];
            // Each pair counts twice; of one group's pairs none is of an obligor with itself.
            const double weight =
                i == j ? g.losses * g.losses - g.losses_squared : 2.0 * g.losses * h.losses;
            const double correlation = product(g.loadings, h.loadings);
            const bool is_independent = correlation == 0.0 && !degrees_of_freedom;
            if (weight <= 0.0 || is_independent) continue;
            variance += weight * (joint.probability(g.threshold, h.threshold, correlation) -
                                  g.probability * h.probability);
        }
    }
    return variance;
}

}  // namespace

PoolMoments pool_moments(const MomentBook& book) {
    check(book);
    PoolMoments moments;
    for (std::size_t i = 0; i < book.losses.size(); ++i) {
        moments.expected_loss += book.default_probabilities[i] * book.losses[i];
    }
    const std::vector<Group> groups = groups_of(book);
    if (groups.empty()) return moments;
    moments.standard_deviation =
        std::sqrt(std::max(0.0, variance_of(groups, book.degrees_of_freedom)));
    return moments;
}

}  // namespace seawall::debt
