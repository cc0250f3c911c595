#include "numeric/canonical_lanes.hpp"

#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(canonical_lanes_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using OfOne = double (*)(double);
using OfMany = void (*)(const double*, double*, std::size_t);

/// The places where the bits of many differ from those of one.
std::size_t differences(const std::vector<double>& arguments, OfOne of_one, OfMany of_many) {
    std::vector<double> found(arguments.size());
    of_many(arguments.data(), found.data(), arguments.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto expected = std::bit_cast<std::uint64_t>(of_one(arguments[i]));
        if (std::bit_cast<std::uint64_t>(found[i]) == expected) continue;
        if (count++ == 0) BOOST_TEST_MESSAGE("differs at " << arguments[i]);
    }
    return count;
}

std::vector<double> numbers(std::size_t count, double low, double high) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> any(low, high);
    std::vector<double> values(count);
    for (double& value : values) value = any(random);
    return values;
}

/// Doubles of any bits: of all sizes, NaN and infinities among them.
std::vector<double> any_doubles(std::size_t count) {
    std::mt19937_64 random(8);
    std::vector<double> values(count);
    for (double& value : values) value = std::bit_cast<double>(random());
    return values;
}

/// Each of the values and its neighbours.
std::vector<double> around(const std::vector<double>& values) {
    std::vector<double> result;
    for (const double value : values) {
        double x = value;
        for (int i = 0; i < 20; ++i) x = std::nextafter(x, -infinity);
        for (int i = 0; i < 40; ++i, x = std::nextafter(x, infinity)) result.push_back(x);
    }
    return result;
}

/// Scenarios and indices of all sizes.
struct DrawnPairs {
    static constexpr std::uint64_t seed = 0x0123456789ABCDEF;
    std::vector<std::uint64_t> scenario{0, 1, ~std::uint64_t{0}, 1ULL << 32U, 0xFFFFFFFFU};
    std::vector<std::uint32_t> index{0, 0xFFFFFFFFU, 1, 2, 3};

    DrawnPairs() {
        std::mt19937_64 random(9);
        for (int i = 0; i < 1'000'003; ++i) {
            scenario.push_back(random() >> (random() % 64));
            index.push_back(static_cast<std::uint32_t>(random() >> (32 + random() % 32)));
        }
    }
    UniformLanes lanes(std::uint32_t stream) const {
        return {.seed_low = static_cast<std::uint32_t>(seed),
                .seed_high = static_cast<std::uint32_t>(seed >> 32U),
                .stream = stream,
                .scenario = scenario.data(),
                .index = index.data(),
                .count = scenario.size()};
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_have_the_bits_of_the_function_of_one) {
    std::vector<double> edges{0.0,    -0.0,    infinity, -infinity, nan,    -nan, 37.5,  -37.5,
                              -38.4,  38.4,    -39.0,    39.0,      4.0625, 4.0,  -4.0,  -4.0625,
                              5e-324, -5e-324, 1e-300,   -1e-300,   8.2,    -8.2, 1e308, -1e308};
    for (int i = 0; i <= 66; ++i) edges.push_back(-i / 16.0);  // where the nearest knot changes
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            for (const double reach : {1e-8, 1.0, 4.2, 8.0, 38.0}) {
                BOOST_TEST(differences(numbers(1'000'000, -reach, reach), &normal_cdf,
                                       lanes.normal_cdf) == 0U);
            }
            BOOST_TEST(differences(any_doubles(1'000'000), &normal_cdf, lanes.normal_cdf) == 0U);
            BOOST_TEST(differences(edges, &normal_cdf, lanes.normal_cdf) == 0U);
            BOOST_TEST(differences(around(edges), &normal_cdf, lanes.normal_cdf) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_have_the_bits_of_the_function_of_one) {
    std::vector<double> tails;
    for (const double exponent : numbers(1'000'000, -740.0, 0.0)) {
        tails.push_back(std::exp(exponent));
        tails.push_back(1.0 - std::exp(exponent / 20.0));
    }
    const std::vector<double> edges{
        0.0,           1.0,     0.075,   0.925,         0.5,    0x1p-36,
        1.0 - 0x1p-36, 0x1p-54, 0x1p-53, 1.0 - 0x1p-53, -0.0,   nan,
        infinity,      -0.1,    1.1,     5e-324,        1e-308, 1.3887943864964021e-11};
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            for (const double least : {0.0, 0.9, 1.0 - 1e-6, 1.0 - 1e-12}) {
                BOOST_TEST(differences(numbers(1'000'000, least, 1.0), &normal_quantile,
                                       lanes.normal_quantile) == 0U);
            }
            BOOST_TEST(differences(tails, &normal_quantile, lanes.normal_quantile) == 0U);
            BOOST_TEST(
                differences(any_doubles(1'000'000), &normal_quantile, lanes.normal_quantile) == 0U);
            BOOST_TEST(differences(edges, &normal_quantile, lanes.normal_quantile) == 0U);
            BOOST_TEST(differences(around(edges), &normal_quantile, lanes.normal_quantile) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(powers_of_e_have_the_bits_of_the_function_of_one) {
    const auto of_one = [](double x) { return canonical_exp(x); };
    const std::vector<double> edges{0.0, -0.0,   infinity, -infinity, nan,   705.0,
                                    1.0, -705.0, 710.0,    -746.0,    -7e-9, 5e-324};
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            for (const double reach : {1e-8, 1.0, 50.0, 760.0}) {
                BOOST_TEST(differences(numbers(1'000'000, -reach, reach), of_one,
                                       lanes.exponential) == 0U);
            }
            BOOST_TEST(differences(any_doubles(1'000'000), of_one, lanes.exponential) == 0U);
            BOOST_TEST(differences(around(edges), of_one, lanes.exponential) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(uniforms_are_those_of_the_stream) {
    std::mt19937_64 random(9);
    std::vector<std::uint64_t> scenario{0, 1, ~std::uint64_t{0}, 1ULL << 32U, 0xFFFFFFFFU};
    std::vector<std::uint32_t> index{0, 0xFFFFFFFFU, 1, 2, 3};
    for (int i = 0; i < 1'000'000; ++i) {
        scenario.push_back(random() >> (random() % 64));
        index.push_back(static_cast<std::uint32_t>(random() >> (32 + random() % 32)));
    }
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        std::vector<double> found(scenario.size());
        lanes.uniform_53({.seed_low = 0x89ABCDEFU,
                          .seed_high = 0x01234567U,
                          .stream = 4,
                          .scenario = scenario.data(),
                          .index = index.data(),
                          .count = scenario.size()},
                         found.data());
        std::size_t differing = 0;
        for (std::size_t i = 0; i < scenario.size(); ++i) {
            const double expected = stream_uniform_53(0x0123456789ABCDEFU, RandomStream::recovery,
                                                      scenario[i], index[i]);
            differing += found[i] == expected ? 0 : 1;
        }
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            BOOST_TEST(differing == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(first_uniforms_are_those_of_the_stream_for_any_number_of_both) {
    const DrawnPairs pairs;
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        std::size_t differing = 0;
        for (std::size_t scenarios = 0; scenarios < 40; ++scenarios) {
            for (std::size_t count = 1; count < 6; ++count) {
                std::vector<double> found(scenarios * count + 1, -1.0);
                lanes.first_uniforms_53({.seed_low = 0x89ABCDEFU,
                                         .seed_high = 0x01234567U,
                                         .stream = 4,
                                         .scenario = pairs.scenario.data(),
                                         .scenario_count = scenarios,
                                         .count = count},
                                        found.data());
                for (std::size_t i = 0; i < scenarios * count; ++i) {
                    const double expected = stream_uniform_53(
                        DrawnPairs::seed, RandomStream::recovery, pairs.scenario[i / count],
                        static_cast<std::uint32_t>(i % count));
                    differing += found[i] == expected ? 0 : 1;
                }
                differing += found.back() == -1.0 ? 0 : 1;  // nothing behind them is written
            }
        }
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            BOOST_TEST(differing == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_of_any_number_of_tails_and_middles_are_those_of_one) {
    std::mt19937_64 random(10);
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        std::size_t differing = 0;
        for (const double tails : {0.0, 0.02, 0.5, 1.0}) {
            for (std::size_t count = 0; count < 1600; count += 1 + count / 8) {
                std::vector<double> values = numbers(count + 1, 0.1, 0.9);
                for (double& value : values) {
                    const double u = static_cast<double>(random() >> 11U) * 0x1p-53;
                    if (u < tails) value = std::ldexp(value, -static_cast<int>(random() % 60));
                }
                const std::vector<double> all = values;
                lanes.normal_quantile(values.data(), values.data(), count);
                for (std::size_t i = 0; i < count; ++i) {
                    differing += values[i] == normal_quantile(all[i]) ? 0 : 1;
                }
                differing += values[count] == all[count] ? 0 : 1;
            }
        }
        BOOST_TEST_CONTEXT(lanes.instruction_set) {
            BOOST_TEST(differing == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(any_number_of_arguments_has_as_many_results_and_may_be_overwritten) {
    const std::vector<double> all = numbers(40, 0.01, 0.99);
    for (const CanonicalLanes& lanes : usable_canonical_lanes()) {
        for (std::size_t count = 0; count < 20; ++count) {
            std::vector<double> values = all;
            lanes.normal_quantile(values.data(), values.data(), count);
            lanes.normal_cdf(values.data() + 20, values.data() + 20, count);
            for (std::size_t i = 0; i < 20; ++i) {
                BOOST_TEST(values[i] == (i < count ? normal_quantile(all[i]) : all[i]));
                BOOST_TEST(values[20 + i] == (i < count ? normal_cdf(all[20 + i]) : all[20 + i]));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_widest_registers_are_used_unasked) {
    const std::vector<double> p = numbers(11, 0.0, 1.0);
    std::vector<double> x(p.size()), back(p.size()), drawn(2);
    normal_quantile_lanes(p, x);
    normal_cdf_lanes(x, back);
    for (std::size_t i = 0; i < p.size(); ++i) {
        BOOST_TEST(x[i] == normal_quantile(p[i]));
        BOOST_TEST(back[i] == normal_cdf(x[i]));
    }
    const std::vector<std::uint64_t> scenario{3, 4};
    const std::vector<std::uint32_t> index{8, 5};
    uniform_53_lanes(0x5ea3a115ea3a1155, RandomStream::recovery, scenario, index, drawn);
    std::vector<std::uint64_t> draw(2);
    default_uniform_48_lanes(0x5ea3a115ea3a1155, scenario, index, draw);
    for (std::size_t i = 0; i < 2; ++i) {
        BOOST_TEST(draw[i] == default_uniform_48(0x5ea3a115ea3a1155, scenario[i], index[i]));
        BOOST_TEST(drawn[i] == stream_uniform_53(0x5ea3a115ea3a1155, RandomStream::recovery,
                                                 scenario[i], index[i]));
    }
    std::vector<double> first(6);
    first_uniforms_53_lanes(0x5ea3a115ea3a1155, RandomStream::factors, scenario, first);
    for (std::uint32_t i = 0; i < 6; ++i) {
        BOOST_TEST(first[i] == stream_uniform_53(0x5ea3a115ea3a1155, RandomStream::factors,
                                                 scenario[i / 3], i % 3));
    }
}

BOOST_AUTO_TEST_SUITE_END()
