#include "load/load_shape.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <optional>

BOOST_AUTO_TEST_SUITE(load_shape_test)

using namespace seawall::load;

namespace {

constexpr std::array<LoadStretch, 3> hill{
    {{10.0, 0.0, 100.0}, {5.0, 100.0, 100.0}, {5.0, 20.0, 20.0}}};

}  // namespace

BOOST_AUTO_TEST_CASE(a_level_rises_in_a_straight_line_and_is_nothing_after_the_end) {
    BOOST_TEST(level_at(hill, 0.0) == 0.0);
    BOOST_TEST(level_at(hill, 2.5) == 25.0);
    BOOST_TEST(level_at(hill, 12.0) == 100.0);
    BOOST_TEST(level_at(hill, 15.0) == 20.0);
    BOOST_TEST(level_at(hill, 20.0) == 0.0);
    BOOST_TEST(shape_duration_s(hill) == 20.0);
}

BOOST_AUTO_TEST_CASE(a_level_is_met_when_the_line_reaches_it) {
    BOOST_TEST(first_time_at_level(hill, 50.0, 0.0).value_or(-1.0) == 5.0);
    BOOST_TEST(first_time_at_level(hill, 50.0, 7.0).value_or(-1.0) == 7.0);
    BOOST_TEST(first_time_at_level(hill, 20.0, 16.0).value_or(-1.0) == 16.0);
    BOOST_TEST(!first_time_at_level(hill, 50.0, 15.0).has_value());
    BOOST_TEST(!first_time_at_level(hill, 101.0, 0.0).has_value());
}

BOOST_AUTO_TEST_CASE(a_constant_rate_has_evenly_spaced_arrivals) {
    constexpr std::array<LoadStretch, 1> even{{{0.1, 100.0, 100.0}}};
    BOOST_TEST(arrival_time_s(even, 0).value_or(-1.0) == 0.005,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(arrival_time_s(even, 9).value_or(-1.0) == 0.095,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(!arrival_time_s(even, 10).has_value());
}

BOOST_AUTO_TEST_CASE(arrivals_are_as_many_as_the_area_under_the_levels) {
    std::uint64_t count = 0;
    double before = 0.0;
    while (const std::optional<double> time = arrival_time_s(hill, count)) {
        BOOST_REQUIRE(*time > before);
        before = *time;
        ++count;
    }
    BOOST_TEST(count == 500U + 500U + 100U);
    // A rising rate: t = sqrt(2·(number + 1/2)/slope).
    BOOST_TEST(arrival_time_s(hill, 124).value_or(-1.0) == 4.98998997994986,
               boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
