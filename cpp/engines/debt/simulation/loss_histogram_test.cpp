#include "engines/debt/simulation/loss_histogram.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(loss_histogram_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Losses = std::vector<std::int64_t>;
using Counts = std::vector<std::uint64_t>;

/// Losses over many orders of magnitude, some 0.
Losses uneven_losses() {
    std::mt19937_64 random(2);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    Losses losses(5000);
    for (auto& loss : losses) {
        loss = unit(random) < 0.1 ? 0 : static_cast<std::int64_t>(std::exp(30.0 * unit(random)));
    }
    return losses;
}

std::string refusal(const Losses& losses, const HistogramBins& bins) {
    try {
        loss_histogram(losses, bins);
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_loss_is_in_the_bin_of_its_edges) {
    const Losses losses = uneven_losses();
    for (const BinScale scale : {BinScale::equal, BinScale::logarithmic}) {
        const LossHistogram histogram = loss_histogram(losses, {.scale = scale, .most = 37});
        const auto& edges = histogram.edge_minor;
        BOOST_TEST(histogram.count.size() == 37U);
        BOOST_TEST(std::ranges::is_sorted(edges, std::less_equal<>()));
        for (std::size_t bin = 0; bin < histogram.count.size(); ++bin) {
            const auto inside = std::ranges::count_if(losses, [&](std::int64_t loss) {
                return loss >= edges[bin] && loss < edges[bin + 1];
            });
            BOOST_TEST(histogram.count[bin] == static_cast<std::uint64_t>(inside));
            BOOST_TEST(histogram.weight[bin] == histogram.count[bin] << 24U);
        }
        BOOST_TEST(std::accumulate(histogram.count.begin(), histogram.count.end(), 0U) == 5000U);
    }
}

BOOST_AUTO_TEST_CASE(equal_bins_differ_by_a_unit_at_most) {
    const LossHistogram histogram = loss_histogram(Losses{-3, 7, 12}, {.most = 5});
    BOOST_TEST(histogram.edge_minor == (Losses{-3, 0, 3, 6, 9, 13}));
    BOOST_TEST(histogram.count == (Counts{1, 0, 0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(logarithmic_bins_grow_by_one_ratio_and_0_has_its_own) {
    const LossHistogram histogram =
        loss_histogram(Losses{0, 0, 100, 999, 99'999}, {.scale = BinScale::logarithmic, .most = 4});
    BOOST_TEST(histogram.edge_minor == (Losses{0, 100, 1000, 10'000, 100'000}));
    BOOST_TEST(histogram.count == (Counts{2, 2, 0, 1}));
}

BOOST_AUTO_TEST_CASE(there_are_no_more_bins_than_losses_have_room_for) {
    BOOST_TEST(loss_histogram(Losses{4, 5, 6}, {.most = 100}).edge_minor == (Losses{4, 5, 6, 7}));
    BOOST_TEST(loss_histogram(Losses{5, 5}, {.most = 100}).edge_minor == (Losses{5, 6}));
    const HistogramBins logarithmic{.scale = BinScale::logarithmic, .most = 100};
    BOOST_TEST(loss_histogram(Losses{0, 0}, logarithmic).edge_minor == (Losses{0, 1}));
    const HistogramBins one{.scale = BinScale::logarithmic, .most = 1};
    BOOST_TEST(loss_histogram(Losses{0, 8}, one).edge_minor == (Losses{0, 9}));
    BOOST_TEST(loss_histogram(Losses{2, 8}, one).edge_minor == (Losses{2, 9}));
    BOOST_TEST(loss_histogram(Losses{1, 2, 3}, logarithmic).edge_minor == (Losses{1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(weights_add_up_by_bin) {
    const Losses losses{1, 9, 9};
    const std::vector<std::uint32_t> weights{5, 7, 11};
    const LossHistogram histogram =
        loss_histogram({.loss_minor = losses, .weight = weights}, {.most = 2});
    BOOST_TEST(histogram.count == (Counts{1, 2}));
    BOOST_TEST(histogram.weight == (Counts{5, 18}));
}

BOOST_AUTO_TEST_CASE(the_largest_losses_have_a_bin) {
    constexpr std::int64_t largest = std::int64_t{1} << 62U;
    for (const BinScale scale : {BinScale::equal, BinScale::logarithmic}) {
        const auto histogram = loss_histogram(Losses{1, largest}, {.scale = scale, .most = 10'000});
        BOOST_TEST(histogram.edge_minor.back() == largest + 1);
        BOOST_TEST(histogram.count.back() == 1U);
    }
    BOOST_TEST(loss_histogram(Losses{-largest, largest}, {.most = 3}).count == (Counts{1, 0, 1}));
}

BOOST_AUTO_TEST_CASE(what_has_no_bins_is_refused) {
    BOOST_TEST(refusal({}, {}) == "losses");
    BOOST_TEST(refusal({1}, {.most = 0}) == "bins");
    BOOST_TEST(refusal({1}, {.most = 10'001}) == "bins");
    BOOST_TEST(refusal({1, -1}, {.scale = BinScale::logarithmic}) == "losses[1]");
    BOOST_TEST(refusal({1, std::int64_t{1} << 62U, (std::int64_t{1} << 62U) + 1}, {}) ==
               "losses[2]");
}

BOOST_AUTO_TEST_SUITE_END()
