#include "engines/debt/simulation/default_set.hpp"

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Book {
    std::vector<std::uint32_t> slot;
    std::vector<double> threshold;
    std::vector<std::int64_t> loss;

    explicit Book(std::vector<std::int64_t> losses)
        : threshold(losses.size(), -1.0), loss(std::move(losses)) {
        for (std::size_t i = 0; i < loss.size(); ++i) slot.push_back(static_cast<std::uint32_t>(i));
    }
    ObligorColumns columns() const {
        return {
            .slot = slot, .default_threshold = threshold, .factor_weight = {}, .loss_minor = loss};
    }
};

std::string place_refused(const Book& book, const std::vector<double>& probability,
                          std::int64_t least) {
    try {
        likeliest_default_set(book.columns(), probability, least);
    } catch (const Error& error) {
        return std::string(code_name(error.code())) + " " + error.where();
    }
    return "none";
}

const std::vector<std::uint32_t> nobody;

BOOST_AUTO_TEST_SUITE(default_set_test)

BOOST_AUTO_TEST_CASE(the_smallest_set_is_the_largest_losses) {
    const Book book({5, 40, 10, 40, 30});
    const DefaultSet found = smallest_default_set(book.columns(), 95);
    const std::vector<std::uint32_t> expected{1, 3, 4};
    BOOST_TEST(found.row == expected, boost::test_tools::per_element());
    BOOST_TEST(found.loss_minor == 110);
}

BOOST_AUTO_TEST_CASE(no_set_of_fewer_defaults_loses_as_much) {
    std::mt19937 random(3);
    std::uniform_int_distribution<std::int64_t> loss(1, 100);
    for (int trial = 0; trial < 20; ++trial) {
        std::vector<std::int64_t> losses(12);
        for (auto& value : losses) value = loss(random);
        const Book book(losses);
        const DefaultSet found = smallest_default_set(book.columns(), 230);
        std::size_t fewest = losses.size();
        for (unsigned pattern = 0; pattern < 1U << 12U; ++pattern) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < 12; ++i) sum += (pattern >> i & 1U) != 0 ? losses[i] : 0;
            if (sum < 230) continue;
            fewest = std::min(fewest, static_cast<std::size_t>(std::popcount(pattern)));
        }
        BOOST_TEST(found.row.size() == fewest);
    }
}

BOOST_AUTO_TEST_CASE(certain_defaults_count_first_and_excluded_ones_never) {
    Book book({50, 40, 30, 20});
    book.threshold[0] = -infinity;
    book.threshold[2] = infinity;
    const DefaultSet found = smallest_default_set(book.columns(), 65);
    const std::vector<std::uint32_t> expected{1};
    BOOST_TEST(found.row == expected, boost::test_tools::per_element());
    BOOST_TEST(found.certain_loss_minor == 30);
    BOOST_CHECK_THROW(smallest_default_set(book.columns(), 91), Error);
    BOOST_TEST(smallest_default_set(book.columns(), 30).row == nobody,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(equal_losses_are_taken_by_slot) {
    Book book({10, 10, 10});
    book.slot = {7, 3, 5};
    const std::vector<std::uint32_t> expected{1, 2};
    BOOST_TEST(smallest_default_set(book.columns(), 20).row == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_likeliest_set_is_that_of_all_patterns) {
    std::mt19937 random(7);
    std::uniform_int_distribution<std::int64_t> loss(1, 100);
    std::uniform_real_distribution<double> unit(0.001, 0.7);
    for (int trial = 0; trial < 30; ++trial) {
        std::vector<std::int64_t> losses(12);
        std::vector<double> probability(12);
        for (auto& value : losses) value = loss(random);
        for (auto& value : probability) value = unit(random) * unit(random);
        const auto found = likeliest_default_set(Book(losses).columns(), probability, 300);
        double best = -infinity;
        for (unsigned pattern = 0; pattern < 1U << 12U; ++pattern) {
            std::int64_t sum = 0;
            double log_probability = 0.0;
            for (std::size_t i = 0; i < 12; ++i) {
                const bool is_in = (pattern >> i & 1U) != 0;
                sum += is_in ? losses[i] : 0;
                log_probability += std::log(is_in ? probability[i] : 1.0 - probability[i]);
            }
            if (sum >= 300) best = std::max(best, log_probability);
        }
        BOOST_TEST(found.is_exact);
        BOOST_TEST(found.log_probability == best, boost::test_tools::tolerance(1e-12));
        BOOST_TEST(found.log_probability_bound == found.log_probability);
        std::int64_t sum = 0;
        for (const std::uint32_t row : found.set.row) sum += losses[row];
        BOOST_TEST(sum == found.set.loss_minor);
        BOOST_TEST(sum >= 300);
    }
}

BOOST_AUTO_TEST_CASE(obligors_likelier_to_default_than_not_default) {
    const auto found =
        likeliest_default_set(Book({10, 10, 10}).columns(), std::vector{0.9, 0.2, 1.0}, 15);
    const std::vector<std::uint32_t> expected{0, 2};
    BOOST_TEST(found.set.row == expected, boost::test_tools::per_element());
    BOOST_TEST(found.log_probability == std::log(0.9 * 0.8), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(a_search_cut_short_says_so_and_bounds_what_it_missed) {
    std::mt19937 random(9);
    std::uniform_int_distribution<std::int64_t> loss(1'000'000, 9'000'000);
    std::uniform_real_distribution<double> unit(0.01, 0.4);
    std::vector<std::int64_t> losses(400);
    std::vector<double> probability(400);
    for (auto& value : losses) value = loss(random);
    for (auto& value : probability) value = unit(random);
    const Book book(losses);
    const auto cut = likeliest_default_set(book.columns(), probability, 900'000'000, 300);
    const auto longer = likeliest_default_set(book.columns(), probability, 900'000'000, 100'000);
    BOOST_TEST(!cut.is_exact);
    BOOST_TEST(cut.set.loss_minor >= 900'000'000);
    BOOST_TEST(cut.log_probability <= longer.log_probability);
    BOOST_TEST(longer.log_probability <= cut.log_probability_bound);
    BOOST_TEST(cut.log_probability_bound - cut.log_probability < 1.0);
}

BOOST_AUTO_TEST_CASE(the_order_of_the_rows_does_not_matter) {
    Book book({30, 20, 20, 50, 10, 20});
    book.slot = {4, 9, 2, 8, 1, 6};
    const std::vector<double> probability{0.1, 0.05, 0.05, 0.01, 0.3, 0.05};
    Book turned = book;
    std::ranges::reverse(turned.slot);
    std::ranges::reverse(turned.loss);
    std::vector<double> turned_probability = probability;
    std::ranges::reverse(turned_probability);
    const auto one = likeliest_default_set(book.columns(), probability, 45);
    const auto other = likeliest_default_set(turned.columns(), turned_probability, 45);
    std::vector<std::uint32_t> slots_of_one;
    std::vector<std::uint32_t> slots_of_other;
    for (const auto row : one.set.row) slots_of_one.push_back(book.slot[row]);
    for (const auto row : other.set.row) slots_of_other.push_back(turned.slot[row]);
    BOOST_TEST(slots_of_one == slots_of_other, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_with_its_place) {
    const Book book({10, 20});
    BOOST_TEST(place_refused(book, {0.1, 0.1}, 31) == "invalid_input least_loss_minor");
    BOOST_TEST(place_refused(book, {0.1, 0.0}, 11) == "invalid_input least_loss_minor");
    BOOST_TEST(place_refused(book, {0.1, 0.1}, 0) == "invalid_input least_loss_minor");
    BOOST_TEST(place_refused(book, {0.1}, 5) == "invalid_input default_probability");
    BOOST_TEST(place_refused(book, {0.1, 1.1}, 5) == "invalid_input default_probability[1]");
    BOOST_TEST(place_refused(book, {std::nan(""), 0.1}, 5) ==
               "invalid_input default_probability[0]");
    BOOST_TEST(place_refused(Book({10, -1}), {0.1, 0.1}, 5) ==
               "invalid_input obligors.loss_minor[1]");
    Book ragged({10, 20});
    ragged.threshold.pop_back();
    BOOST_TEST(place_refused(ragged, {0.1, 0.1}, 5) == "invalid_input obligors");
    BOOST_TEST(place_refused(Book({std::numeric_limits<std::int64_t>::max(), 1}), {0.1, 0.1}, 5) ==
               "limit_exceeded obligors.loss_minor");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
