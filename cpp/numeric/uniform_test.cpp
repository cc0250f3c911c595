#include "numeric/uniform.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>

BOOST_AUTO_TEST_SUITE(uniform_test)

using namespace seawall;

namespace {

constexpr std::uint64_t seed = 0x5ea3a115ea3a1155;

}  // namespace

BOOST_AUTO_TEST_CASE(uniforms_of_a_stream_are_those_of_an_independent_implementation) {
    // Decimal figures of the nearest doubles, by Python's integers and repr.
    const auto check = [](RandomStream stream, std::uint64_t scenario, std::uint32_t block,
                          double first, double second) {
        BOOST_TEST(stream_uniform_53(seed, stream, scenario, 2 * block) == first);
        BOOST_TEST(stream_uniform_53(seed, stream, scenario, 2 * block + 1) == second);
    };
    check(RandomStream::factors, 0, 0, 0.5278664740412615, 0.675180089646418);
    check(RandomStream::factors, 1, 0, 0.7784180395768612, 0.06990476580259336);
    check(RandomStream::factors, 0, 1, 0.3318503885433945, 0.9919435471184503);
    check(RandomStream::mixing, 123456789, 77, 0.6640477294415248, 0.03411620897270001);
    check(RandomStream::default_high, 4294967295, 1048576, 0.49667022535014765,
          0.11924399367647959);
}

BOOST_AUTO_TEST_CASE(a_scenario_number_has_64_bits_in_the_counter) {
    BOOST_TEST((stream_block(seed, RandomStream::recovery, 0x123456789abcdef0, 5) ==
                philox4x32_10({5, 0x9abcdef0, 0x12345678, 4}, {0xea3a1155, 0x5ea3a115})));
}

BOOST_AUTO_TEST_CASE(the_least_and_the_largest_uniform_are_inside_0_and_1) {
    BOOST_TEST(uniform_53(0, 0) == 0x1p-54);
    BOOST_TEST(uniform_53(0, 1U << 11U) == 0x1.8p-53);
    BOOST_TEST(uniform_53(0xffffffff, 0xffffffff) == 1.0 - 0x1p-53);
    BOOST_TEST(uniform_53(0xffffffff, 0xfffff7ff) == 1.0 - 0x1p-52);  // ties to even
}

BOOST_AUTO_TEST_CASE(slots_take_the_halves_of_a_block_low_half_first) {
    const PhiloxBlock words = stream_block(seed, RandomStream::default_high, 7, 3);
    for (std::uint32_t word = 0; word < 4; ++word) {
        BOOST_TEST(default_high_16(seed, 7, 24 + 2 * word) == (words[word] & 0xffffU));
        BOOST_TEST(default_high_16(seed, 7, 24 + 2 * word + 1) == words[word] >> 16U);
    }
}

BOOST_AUTO_TEST_CASE(a_default_uniform_has_its_own_low_32_bits) {
    const PhiloxBlock words = stream_block(seed, RandomStream::default_low, 7, 6);
    for (std::uint32_t word = 0; word < 4; ++word) {
        const std::uint64_t uniform = default_uniform_48(seed, 7, 24 + word);
        BOOST_TEST(uniform % 0x100000000 == words[word]);
        BOOST_TEST(uniform / 0x100000000 == default_high_16(seed, 7, 24 + word));
    }
}

BOOST_AUTO_TEST_CASE(no_two_slots_share_a_default_uniform) {
    std::set<std::uint64_t> uniforms;
    for (std::uint32_t slot = 0; slot < 1000; ++slot) {
        uniforms.insert(default_uniform_48(seed, 0, slot));
    }
    BOOST_TEST(uniforms.size() == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
