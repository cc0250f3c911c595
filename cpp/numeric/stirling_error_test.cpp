#include "numeric/stirling_error.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

BOOST_AUTO_TEST_SUITE(stirling_error_test)

using seawall::stirling_error;

BOOST_AUTO_TEST_CASE(what_stirlings_formula_leaves_out_is_known_to_1e_16) {
    struct Figure {
        double a, error;
    };
    static constexpr Figure figures[] = {
        // mpmath 1.4.1, 50 digits
        {0.5, 0x1.3a37a020b8c22p-3},          {0.75, 0x1.b340c3c5af9c9p-4},
        {1.0, 0x1.4c071bcda0a5bp-4},          {1.05, 0x1.3cec505bf20f1p-4},
        {2.0, 0x1.52a9b923ea649p-5},          {7.3, 0x1.75d4c87c1ce69p-7},
        {15.99, 0x1.5580982995fc2p-8},        {16.0, 0x1.5549f7dd113bcp-8},
        {100.0, 0x1.b4e7bbdd9cecdp-11},       {500000.0, 0x1.65e9f80f28ecap-23},
        {500000000.0, 0x1.6e80fe033c8c6p-33},
    };
    for (const auto& [a, error] : figures) {
        BOOST_TEST_CONTEXT("a = " << a) BOOST_TEST(std::abs(stirling_error(a) - error) < 1e-16);
    }
}

BOOST_AUTO_TEST_CASE(factorials_follow_from_it) {
    const double sixth = std::sqrt(2.0 * std::acos(-1.0) * 6.0) * std::pow(6.0 / std::exp(1.0), 6) *
                         std::exp(stirling_error(6.0));
    BOOST_TEST(std::abs(sixth - 720.0) < 1e-11);
}

BOOST_AUTO_TEST_SUITE_END()
