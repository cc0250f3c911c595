#include "numeric/rounded_share.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>

BOOST_AUTO_TEST_SUITE(rounded_share_test)

using seawall::rounded_share;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 62U;

}  // namespace

BOOST_AUTO_TEST_CASE(half_a_unit_goes_to_the_even_one) {
    BOOST_TEST(rounded_share(1, 0.5) == 0);
    BOOST_TEST(rounded_share(3, 0.5) == 2);
    BOOST_TEST(rounded_share(5, 0.5) == 2);
    BOOST_TEST(rounded_share(10, 0.25) == 2);
    BOOST_TEST(rounded_share(14, 0.25) == 4);
    BOOST_TEST(rounded_share(1, std::nextafter(0.5, 1.0)) == 1);
}

BOOST_AUTO_TEST_CASE(a_product_is_rounded_once_and_exactly) {
    // 2^53 + 1 is no double: its half is half a unit above an even number.
    BOOST_TEST(rounded_share((std::int64_t{1} << 53U) + 1, 0.5) == std::int64_t{1} << 52U);
    BOOST_TEST(rounded_share((std::int64_t{1} << 53U) + 3, 0.5) == (std::int64_t{1} << 52U) + 2);
    // (2^62 - 1)·(1 - 2^-53) = 2^62 - 512 - 1 + 2^-53
    BOOST_TEST(rounded_share(largest - 1, 1.0 - 0x1p-53) == largest - 513);
    BOOST_TEST(rounded_share(largest, 1.0 / 3.0) == 1537228672809129216);  // its double, times 2^62
}

BOOST_AUTO_TEST_CASE(the_limits_are_exact) {
    for (const std::int64_t amount : {std::int64_t{0}, std::int64_t{1}, largest}) {
        BOOST_TEST(rounded_share(amount, 1.0) == amount);
        BOOST_TEST(rounded_share(amount, 0.0) == 0);
        BOOST_TEST(rounded_share(amount, 5e-324) == 0);
    }
    BOOST_TEST(rounded_share(largest, 0x1p-63) == 0);
    BOOST_TEST(rounded_share(largest, 0x1.8p-63) == 1);
    BOOST_TEST(rounded_share(largest, 0x1p-62) == 1);
    BOOST_TEST(rounded_share(largest, 0x1.8p-62) == 2);
}

BOOST_AUTO_TEST_CASE(more_than_the_whole_is_exact_too) {
    BOOST_TEST(rounded_share(3, 1.5) == 4);
    BOOST_TEST(rounded_share(5, 1.5) == 8);
    BOOST_TEST(rounded_share(7, 1e9) == 7'000'000'000);
    BOOST_TEST(rounded_share(largest / 4, 3.5) == largest / 8 * 7);
    BOOST_TEST(rounded_share(1'023, 0x1p52 - 0.5) == 1'023 * (std::int64_t{1} << 52U) - 512);
}

BOOST_AUTO_TEST_CASE(small_amounts_are_rounded_as_the_processor_does) {
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> any(0.0, 1.0);
    for (int i = 0; i < 100'000; ++i) {
        const double share = static_cast<float>(any(random));  // 24 bits: the product is exact
        const auto amount = static_cast<std::int64_t>(random() >> 36U);
        BOOST_TEST(static_cast<double>(rounded_share(amount, share)) ==
                   std::nearbyint(static_cast<double>(amount) * share));
    }
}

BOOST_AUTO_TEST_SUITE_END()
