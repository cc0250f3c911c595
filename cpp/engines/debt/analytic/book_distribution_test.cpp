#include "engines/debt/analytic/book_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

BOOST_AUTO_TEST_SUITE(book_distribution_test)

using namespace seawall::debt;

namespace {

struct Book {
    std::vector<double> probabilities{0.02, 0.3, 0.08, 0.15, 0.02, 0.5, 0.07};
    std::vector<double> loadings{0.3, 0.5, -0.2, 0.6, 0.0, 0.9, 0.4};
    std::vector<std::int64_t> units{7, 2, 0, 3, 5, 1, 3};

    FactorBook view(std::optional<double> nu) const {
        return {.default_probabilities = probabilities,
                .loadings = loadings,
                .loss_units = units,
                .degrees_of_freedom = nu};
    }
};

/// By its definition: the state of all seven, one after the other.
LossContributions enumerated(const Book& book, std::optional<double> nu, double level) {
    const LatticeDistribution all = exact_loss_distribution(book.view(nu));
    const LatticeTail tail = lattice_tail(all.probabilities, level);
    const auto var = static_cast<std::int64_t>(tail.value_at_risk);
    const ConditionalBook conditional(book.view(nu));
    std::vector<double> at(7);
    std::vector<double> above(7);
    for_each_node(conditional.grid(), [&](const FactorNode& node) {
        for (unsigned state = 0; state < 128; ++state) {
            double probability = node.weight;
            std::int64_t loss = 0;
            for (unsigned i = 0; i < 7; ++i) {
                const double p = conditional.probability(i, node);
                const bool defaults = ((state >> i) & 1U) != 0;
                probability *= defaults ? p : 1.0 - p;
                loss += defaults ? book.units[i] : 0;
            }
            for (unsigned i = 0; i < 7; ++i) {
                if (((state >> i) & 1U) == 0) continue;
                if (loss == var) at[i] += probability;
                if (loss > var) above[i] += probability;
            }
        }
    });
    LossContributions result;
    for (std::size_t i = 0; i < 7; ++i) {
        const auto units = static_cast<double>(book.units[i]);
        const double given = units * at[i] / all.probabilities[tail.value_at_risk];
        result.value_at_risk.push_back(given);
        result.expected_shortfall.push_back(
            (units * above[i] + given * (1.0 - level - tail.tail_probability)) / (1.0 - level));
    }
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(contributions_are_those_of_the_enumerated_states) {
    const Book book;
    for (const std::optional<double> nu : {std::optional<double>{}, {4.0}}) {
        for (const double level : {0.5, 0.9, 0.99}) {
            const LossContributions found = exact_loss_contributions(book.view(nu), level);
            const LossContributions expected = enumerated(book, nu, level);
            for (std::size_t i = 0; i < 7; ++i) {
                BOOST_CHECK_SMALL(found.value_at_risk[i] - expected.value_at_risk[i], 1e-11);
                BOOST_CHECK_SMALL(found.expected_shortfall[i] - expected.expected_shortfall[i],
                                  1e-11);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_single_obligor_is_its_own_book) {
    Book book;
    book.probabilities = {0.1};
    book.loadings = {0.5};
    book.units = {4};
    const LatticeDistribution found = exact_loss_distribution(book.view({}));
    BOOST_TEST(found.probabilities[4] == 0.1, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(found.probabilities[2] == 0.0);
    const LossContributions shares = exact_loss_contributions(book.view({}), 0.95);
    BOOST_TEST(shares.value_at_risk[0] == 4.0, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(without_loadings_the_copula_is_independence) {
    Book book;
    book.loadings.assign(7, 0.0);
    const LatticeDistribution found = exact_loss_distribution(book.view({}));
    BOOST_TEST(found.quadrature_error == 0.0);
    BOOST_TEST(found.probabilities[0] == 0.98 * 0.7 * 0.85 * 0.98 * 0.5 * 0.93,
               boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_SUITE_END()
