#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/loss_book_fixture.hpp"
#include "numeric/uniform.hpp"

namespace seawall::debt::fixture {

/// Probabilities of a book by quarter, up to those of its obligors: rising at a rate of each
/// obligor's own, some of them standing still or 0 for a while.
inline std::vector<double> rising_probabilities(const LossBook& book, std::size_t quarter_count) {
    std::vector<double> cumulative;
    for (std::size_t i = 0; i < book.obligors.size(); ++i) {
        for (std::size_t q = 1; q <= quarter_count; ++q) {
            const double time = static_cast<double>(q) / static_cast<double>(quarter_count);
            double share = std::pow(time, 0.5 + 0.1 * static_cast<double>(i % 20));
            if (i % 7 == 0) share = time < 0.5 ? 0.0 : 1.0;
            if (i % 7 == 1) share = 1.0;
            cumulative.push_back(q == quarter_count ? book.default_probability[i]
                                                    : share * book.default_probability[i]);
        }
    }
    return cumulative;
}

inline DefaultQuarters quarters_of(const StandardObligors& obligors, const Factors& factors,
                                   const std::vector<double>& cumulative) {
    return {obligors,
            factors.model(),
            {.quarter_count = cumulative.size() / obligors.obligor_count(),
             .cumulative_default_probability = cumulative}};
}

inline constexpr std::uint8_t none = 255;
/// The quarter of each obligor's default in each of 16 scenarios by R5's rule, or none.
inline std::vector<std::uint8_t> quarters_literally(const LossBook& book, const Factors& factors,
                                                    const std::vector<double>& cumulative,
                                                    std::uint64_t seed) {
    const std::size_t quarter_count = cumulative.size() / book.obligors.size();
    const std::vector<double> root = correlation_root(factors.model());
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    const std::vector<double> x = default_thresholds(cumulative, factors.model());
    std::vector<std::uint8_t> result;
    for (std::size_t i = 0; i < book.obligors.size(); ++i) {
        std::vector<float> loading(factors.model().factor_count);
        standardise_loading(book.obligors[i].factor_weight, root, loading);
        for (std::uint64_t scenario = 0; scenario < block_scenarios; ++scenario) {
            std::vector<double> z(loading.size());
            draw_factors(seed, scenario, z);
            const std::uint64_t draw = default_uniform_48(seed, scenario, book.obligors[i].slot);
            std::uint64_t limit = 0;
            std::uint8_t found = none;
            for (std::size_t q = 0; q < quarter_count && found == none; ++q) {
                limit = std::max(
                    limit, conditional_default_limit(
                               standardise_threshold(x[i * quarter_count + q], loading), loading,
                               {.factor = z, .mixing_root = mixing.root(seed, scenario)}));
                if (draw < limit) found = static_cast<std::uint8_t>(q);
            }
            result.push_back(found);
        }
    }
    return result;
}

}  // namespace seawall::debt::fixture
