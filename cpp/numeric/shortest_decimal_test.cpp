#include "numeric/shortest_decimal.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

BOOST_AUTO_TEST_SUITE(shortest_decimal_test)

using namespace seawall;

namespace {

void check(double value, std::uint64_t digits, int exponent) {
    const Decimal found = shortest_decimal(value);
    BOOST_TEST(found.digits == digits);
    BOOST_TEST(found.exponent == exponent);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_decimal_is_what_was_written) {
    check(1.003, 1003, -3);
    check(0.1, 1, -1);
    check(50.0, 5, 1);
    check(123456.0, 123456, 0);
    check(1e22, 1, 22);
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_range_have_few_digits_or_seventeen) {
    check(0.0, 0, 0);
    check(std::numeric_limits<double>::denorm_min(), 5, -324);
    check(std::numeric_limits<double>::max(), 17976931348623157, 292);
    check(0.1 + 0.2, 30000000000000004, -17);
}

BOOST_AUTO_TEST_SUITE_END()
