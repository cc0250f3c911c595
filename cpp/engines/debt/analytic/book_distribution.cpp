#include "engines/debt/analytic/book_distribution.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engines/debt/analytic/argument_checks.hpp"
#include "engines/debt/analytic/conditional_losses.hpp"
#include "engines/debt/analytic/half_sums.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t most_loss_units = 10'000'000;
constexpr double most_multiplications = 5e10;

/// The units of all obligors together. Each counts as an entry of the recursion.
std::size_t unit_count(const FactorBook& book) {
    std::size_t sum = 0;
    for (const std::int64_t units : book.loss_units) {
        if (units <= static_cast<std::int64_t>(most_loss_units - sum)) {
            sum += static_cast<std::size_t>(units);
            continue;
        }
        throw Error(ErrorCode::limit_exceeded, "loss_units",
                    "must not sum to more than 10,000,000 units");
    }
    return sum;
}

void check_work(const FactorGrid& grid, std::size_t obligor_count, std::size_t units) {
    const double work = static_cast<double>(grid.node_count()) *
                        static_cast<double>(obligor_count) * static_cast<double>(units + 1);
    if (work <= most_multiplications) return;
    throw Error(ErrorCode::limit_exceeded, "loss_units",
                "so many obligors, units and points of the factors take more than 5e10 "
                "multiplications: use a larger unit");
}

std::size_t units_of(const FactorBook& book, std::size_t i) {
    return static_cast<std::size_t>(book.loss_units[i]);
}

/// For each obligor of a range the losses of all others, under independence: the others' half is
/// added before the range is halved (addition alone, so that no digit is lost).
template <class Visit>
void leave_one_out(const FactorBook& book, std::span<const double> defaults, std::size_t begin,
                   std::size_t end, const ConditionalLosses& losses, const Visit& visit) {
    if (end - begin == 1) return visit(begin, losses.probabilities());
    const std::size_t middle = begin + (end - begin) / 2;
    ConditionalLosses half = losses;
    for (std::size_t i = middle; i < end; ++i) half.add(defaults[i], units_of(book, i));
    leave_one_out(book, defaults, begin, middle, half, visit);
    half = losses;
    for (std::size_t i = begin; i < middle; ++i) half.add(defaults[i], units_of(book, i));
    leave_one_out(book, defaults, middle, end, half, visit);
}

/// E[L_i·L] in units², and P(i defaults and L = V) and P(i defaults and L > V).
struct JointSums {
    std::vector<double> products, at, above;
};

JointSums joint_sums(const FactorBook& book, const ConditionalBook& conditional,
                     const FactorGrid& grid, std::size_t value_at_risk) {
    const std::size_t count = conditional.size();
    JointSums sums{.products = std::vector<double>(count),
                   .at = std::vector<double>(count),
                   .above = std::vector<double>(count)};
    std::vector<double> defaults(count);
    for_each_node(grid, [&](const FactorNode& node) {
        double mean = 0.0;
        for (std::size_t i = 0; i < count; ++i) {
            defaults[i] = conditional.probability(i, node);
            mean += defaults[i] * static_cast<double>(book.loss_units[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto units = static_cast<double>(book.loss_units[i]);
            sums.products[i] +=
                node.weight * defaults[i] * units * (mean + (1.0 - defaults[i]) * units);
        }
        const auto add = [&](std::size_t i, const std::vector<double>& others) {
            const std::size_t units = units_of(book, i);
            const double weight = node.weight * defaults[i];
            const std::size_t first = units > value_at_risk ? 0 : value_at_risk + 1 - units;
            double above = 0.0;
            for (std::size_t k = others.size(); k > first; --k) above += others[k - 1];
            sums.above[i] += weight * above;
            const bool is_reached = units <= value_at_risk && value_at_risk - units < others.size();
            if (is_reached) sums.at[i] += weight * others[value_at_risk - units];
        };
        leave_one_out(book, defaults, 0, count, ConditionalLosses(), add);
    });
    return sums;
}

LatticeDistribution distribution_on(const FactorBook& book, const ConditionalBook& conditional,
                                    const FactorGrid& grid, std::size_t units) {
    HalfSums sums(units + 1);
    ConditionalLosses losses;
    for_each_node(grid, [&](const FactorNode& node) {
        losses.clear();
        for (std::size_t i = 0; i < conditional.size(); ++i) {
            losses.add(conditional.probability(i, node), units_of(book, i));
        }
        std::vector<double>& half = sums.half(node.index_sum);
        const std::vector<double>& conditioned = losses.probabilities();
        for (std::size_t k = 0; k < half.size(); ++k) half[k] += node.weight * conditioned[k];
    });
    return sums.distribution(grid.node_count() > 1);
}

}  // namespace

LatticeDistribution exact_loss_distribution(const FactorBook& book) {
    const ConditionalBook conditional(book);
    const FactorGrid grid = conditional.grid();
    const std::size_t units = unit_count(book);
    check_work(grid, conditional.size(), units);
    return distribution_on(book, conditional, grid, units);
}

LossContributions exact_loss_contributions(const FactorBook& book, double confidence_level) {
    require_open_fraction(confidence_level, "confidence_level");
    const ConditionalBook conditional(book);
    const FactorGrid grid = conditional.grid();
    const std::size_t units = unit_count(book);
    const std::size_t count = conditional.size();
    // Each obligor is added once for every halving.
    check_work(grid, count * static_cast<std::size_t>(std::bit_width(count)), units);
    const LatticeDistribution distribution = distribution_on(book, conditional, grid, units);
    const LatticeMoments moments = lattice_moments(distribution.probabilities);
    const LatticeTail tail = lattice_tail(distribution.probabilities, confidence_level);
    const JointSums sums = joint_sums(book, conditional, grid, tail.value_at_risk);

    const double at = distribution.probabilities[tail.value_at_risk];
    const double beyond = 1.0 - confidence_level;
    LossContributions result;
    for (std::size_t i = 0; i < count; ++i) {
        const auto loss = static_cast<double>(book.loss_units[i]);
        const double expected = loss * book.default_probabilities[i];
        const double given_at = loss * sums.at[i] / at;
        if (moments.standard_deviation > 0.0) {
            result.standard_deviation.push_back((sums.products[i] - expected * moments.mean) /
                                                moments.standard_deviation);
        }
        result.value_at_risk.push_back(given_at);
        result.expected_shortfall.push_back(
            (loss * sums.above[i] + given_at * (beyond - tail.tail_probability)) / beyond);
    }
    return result;
}

}  // namespace seawall::debt
