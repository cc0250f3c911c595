#include "numeric/philox.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>

BOOST_AUTO_TEST_SUITE(philox_test)

using seawall::philox4x32_10;
using seawall::PhiloxBlock;

// Random123 (D. E. Shaw Research, BSD-3), tests/kat_vectors at 9545ff64: philox4x32, 10 rounds.
static_assert(philox4x32_10({0, 0, 0, 0}, {0, 0}) ==
              PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(philox4x32_10({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                            {0xffffffff, 0xffffffff}) ==
              PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                            {0xa4093822, 0x299f31d0}) ==
              PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

namespace {

void check_block(PhiloxBlock counter, PhiloxBlock expected) {
    constexpr seawall::PhiloxKey key{0xea3a1155, 0x5ea3a115};
    const PhiloxBlock found = philox4x32_10(counter, key);
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(blocks_of_one_key_are_those_of_an_independent_implementation) {
    check_block({0, 0, 0, 0}, {0x872241da, 0xa97c2c42, 0xacd89a33, 0xf1141e82});
    check_block({0, 1, 0, 0}, {0xc7466796, 0x995b7c2c, 0x11e5475a, 0xf4e8d4f6});
    check_block({1, 0, 0, 0}, {0x54f425a5, 0xf5721a5a, 0xfdf00326, 0x5a1b5337});
    check_block({77, 123456789, 0, 1}, {0xa9ff0830, 0xef352930, 0x08bbd701, 0xcd1e9f6c});
    check_block({1048576, 4294967295, 0, 2}, {0x7f25c7a6, 0xc69d11d7, 0x1e86c63d, 0x15bcb64d});
}

BOOST_AUTO_TEST_SUITE_END()
