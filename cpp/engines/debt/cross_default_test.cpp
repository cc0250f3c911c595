#include "engines/debt/cross_default.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(cross_default_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

using Numbers = std::vector<std::uint32_t>;

struct Pairs {
    std::size_t obligor_count = 0, group_count = 0;
    Numbers obligor, group;

    GroupMemberships view() const {
        return {.obligor_count = obligor_count,
                .group_count = group_count,
                .obligor = obligor,
                .group = group};
    }
};

Pairs random_pairs(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Pairs pairs{.obligor_count = 60, .group_count = 30, .obligor = {}, .group = {}};
    const std::size_t count = random() % 70;
    for (std::size_t i = 0; i < count; ++i) {
        pairs.obligor.push_back(static_cast<std::uint32_t>(random() % pairs.obligor_count));
        pairs.group.push_back(static_cast<std::uint32_t>(random() % pairs.group_count));
    }
    return pairs;
}

/// Floods from each obligor that has no component yet, one pass over all pairs after another.
Numbers flooded(const Pairs& pairs) {
    constexpr std::uint32_t none = UINT32_MAX;
    Numbers component(pairs.obligor_count, none);
    std::uint32_t next = 0;
    for (std::size_t seed = 0; seed < pairs.obligor_count; ++seed) {
        if (component[seed] != none) continue;
        component[seed] = next;
        for (bool grows = true; grows;) {
            grows = false;
            for (std::size_t i = 0; i < pairs.obligor.size(); ++i) {
                for (std::size_t j = 0; j < pairs.obligor.size(); ++j) {
                    if (pairs.group[i] != pairs.group[j]) continue;
                    std::uint32_t& reached = component[pairs.obligor[j]];
                    if (component[pairs.obligor[i]] != next || reached == next) continue;
                    reached = next;
                    grows = true;
                }
            }
        }
        ++next;
    }
    return component;
}

std::string place_of_refusal(const Pairs& pairs) {
    try {
        connect_obligors(pairs.view());
    } catch (const Error& error) {
        return error.code() == ErrorCode::invalid_input ? error.where() : "another code";
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(obligors_are_connected_over_several_groups) {
    const Pairs pairs{
        .obligor_count = 6, .group_count = 3, .obligor = {5, 3, 3, 1, 2}, .group = {0, 0, 1, 1, 2}};
    const auto connected = connect_obligors(pairs.view());
    BOOST_TEST(connected.component_of_obligor == (Numbers{0, 1, 2, 1, 3, 1}));
    BOOST_TEST(connected.component_count == 4U);
}

BOOST_AUTO_TEST_CASE(the_components_are_those_that_flooding_finds) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Pairs pairs = random_pairs(seed);
        const Numbers expected = flooded(pairs);
        const auto connected = connect_obligors(pairs.view());
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_TEST(connected.component_of_obligor == expected);
            BOOST_TEST(connected.component_count == std::ranges::max(expected) + 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_pairs_changes_nothing) {
    std::mt19937_64 random(7);
    Pairs pairs = random_pairs(7);
    const Numbers before = connect_obligors(pairs.view()).component_of_obligor;
    for (int round = 0; round < 20; ++round) {
        for (std::size_t i = pairs.obligor.size(); i > 1; --i) {
            const std::size_t other = random() % i;
            std::swap(pairs.obligor[i - 1], pairs.obligor[other]);
            std::swap(pairs.group[i - 1], pairs.group[other]);
        }
        BOOST_TEST(connect_obligors(pairs.view()).component_of_obligor == before);
    }
}

BOOST_AUTO_TEST_CASE(an_obligor_without_a_group_stands_alone) {
    const auto connected =
        connect_obligors({.obligor_count = 3, .group_count = 0, .obligor = {}, .group = {}});
    BOOST_TEST(connected.component_of_obligor == (Numbers{0, 1, 2}));
    BOOST_TEST(connect_obligors({}).component_count == 0U);
}

BOOST_AUTO_TEST_CASE(an_index_that_is_too_large_is_refused_at_its_place) {
    const auto pairs = [](Numbers obligor, Numbers group) {
        return Pairs{.obligor_count = 2,
                     .group_count = 2,
                     .obligor = std::move(obligor),
                     .group = std::move(group)};
    };
    BOOST_TEST(place_of_refusal(pairs({0, 1}, {0, 1})) == "none");
    BOOST_TEST(place_of_refusal(pairs({0, 2}, {0, 1})) == "obligor[1]");
    BOOST_TEST(place_of_refusal(pairs({0, 1}, {2, 1})) == "group[0]");
    BOOST_TEST(place_of_refusal(pairs({0, 1}, {1})) == "group");
}

BOOST_AUTO_TEST_SUITE_END()
