#include "provenance/canonical_number.hpp"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

BOOST_AUTO_TEST_SUITE(canonical_number_test)

using seawall::append_json_number;

namespace {

std::string json(double number) {
    std::string out;
    append_json_number(out, number);
    return out;
}

std::string json_of_bits(std::uint64_t bits) {
    return json(std::bit_cast<double>(bits));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_samples_of_rfc_8785_appendix_b_are_reproduced) {
    BOOST_TEST(json_of_bits(0x0000000000000000) == "0");
    BOOST_TEST(json_of_bits(0x8000000000000000) == "0");
    BOOST_TEST(json_of_bits(0x0000000000000001) == "5e-324");
    BOOST_TEST(json_of_bits(0x8000000000000001) == "-5e-324");
    BOOST_TEST(json_of_bits(0x7fefffffffffffff) == "1.7976931348623157e+308");
    BOOST_TEST(json_of_bits(0xffefffffffffffff) == "-1.7976931348623157e+308");
    BOOST_TEST(json_of_bits(0x4340000000000000) == "9007199254740992");
    BOOST_TEST(json_of_bits(0xc340000000000000) == "-9007199254740992");
    BOOST_TEST(json_of_bits(0x4430000000000000) == "295147905179352830000");
    BOOST_TEST(json_of_bits(0x44b52d02c7e14af5) == "9.999999999999997e+22");
    BOOST_TEST(json_of_bits(0x44b52d02c7e14af6) == "1e+23");
    BOOST_TEST(json_of_bits(0x44b52d02c7e14af7) == "1.0000000000000001e+23");
    BOOST_TEST(json_of_bits(0x444b1ae4d6e2ef4e) == "999999999999999700000");
    BOOST_TEST(json_of_bits(0x444b1ae4d6e2ef4f) == "999999999999999900000");
    BOOST_TEST(json_of_bits(0x444b1ae4d6e2ef50) == "1e+21");
    BOOST_TEST(json_of_bits(0x3eb0c6f7a0b5ed8c) == "9.999999999999997e-7");
    BOOST_TEST(json_of_bits(0x3eb0c6f7a0b5ed8d) == "0.000001");
    BOOST_TEST(json_of_bits(0x41b3de4355555553) == "333333333.3333332");
    BOOST_TEST(json_of_bits(0x41b3de4355555554) == "333333333.33333325");
    BOOST_TEST(json_of_bits(0x41b3de4355555555) == "333333333.3333333");
    BOOST_TEST(json_of_bits(0x41b3de4355555556) == "333333333.3333334");
    BOOST_TEST(json_of_bits(0x41b3de4355555557) == "333333333.33333343");
    BOOST_TEST(json_of_bits(0xbecbf647612f3696) == "-0.0000033333333333333333");
    BOOST_TEST(json_of_bits(0x43143ff3c1cb0959) == "1424953923781206.2");
}

BOOST_AUTO_TEST_CASE(every_number_reads_back_as_itself) {
    std::uint64_t bits = 1;
    for (int i = 0; i < 200'000; ++i) {
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        const auto number = std::bit_cast<double>(bits);
        if (!std::isfinite(number)) continue;
        BOOST_REQUIRE_EQUAL(std::strtod(json(number).c_str(), nullptr), number);
    }
}

BOOST_AUTO_TEST_CASE(it_is_appended_to_what_is_there) {
    std::string out = "[";
    append_json_number(out, -1.5);
    BOOST_TEST(out == "[-1.5");
}

BOOST_AUTO_TEST_SUITE_END()
