#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "engines/debt/covenant.hpp"

namespace seawall::debt::fixture {

/// What CovenantSteps views, owned.
struct CovenantTile {
    std::size_t months = 0, obligor_count = 0, record_count = 0;
    std::vector<double> income, interest_due, principal_due, debt, balance, collateral;
    std::vector<std::uint8_t> income_known, collateral_known;
    std::vector<std::int32_t> default_step;
    std::vector<std::uint32_t> obligor_of_record;

    CovenantSteps view() const {
        return {.months = months,
                .obligor_count = obligor_count,
                .record_count = record_count,
                .income = income,
                .interest_due = interest_due,
                .principal_due = principal_due,
                .debt = debt,
                .income_known = income_known,
                .default_step = default_step,
                .balance = balance,
                .collateral = collateral,
                .collateral_known = collateral_known,
                .obligor_of_record = obligor_of_record};
    }
};

/// What CovenantTerms views, owned.
struct TileTerms {
    std::array<std::vector<double>, covenant_count> limits{}, reset_limits{};
    std::int32_t test_months = 3, cure_months = 0, reset_step = 0;

    std::vector<double>& limit(Covenant covenant) {
        return limits[static_cast<std::size_t>(covenant)];
    }
    CovenantTerms view() const {
        CovenantTerms terms{.limits = {},
                            .test_months = test_months,
                            .cure_months = cure_months,
                            .reset_step = reset_step};
        for (std::size_t c = 0; c < covenant_count; ++c) {
            terms.limits[c] = limits[c];
            terms.reset_limits[c] = reset_limits[c];
        }
        return terms;
    }
};

inline CovenantPaths run(const CovenantTile& tile, const TileTerms& terms) {
    CovenantPaths results;
    CovenantScratch scratch;
    results.resize(tile.record_count);
    test_covenants(tile.view(), terms.view(), 0, results, scratch);
    return results;
}

/// Where the results of the only record have this covenant.
inline std::size_t at(Covenant covenant) {
    return static_cast<std::size_t>(covenant);
}

/// One obligor with one record, all amounts 0 and known.
inline CovenantTile one_record(std::size_t months) {
    const std::vector<double> zeros(months);
    return {.months = months,
            .obligor_count = 1,
            .record_count = 1,
            .income = zeros,
            .interest_due = zeros,
            .principal_due = zeros,
            .debt = zeros,
            .balance = zeros,
            .collateral = zeros,
            .income_known = {1},
            .collateral_known = {1},
            .default_step = {0},
            .obligor_of_record = {0}};
}

/// Amounts with zeros and, of income, losses among them; every third tile has a record each.
inline CovenantTile random_tile(std::mt19937_64& random) {
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    CovenantTile tile;
    tile.months = 1 + random() % 24;
    tile.obligor_count = 1 + random() % 9;
    const bool is_one_each = random() % 3 == 0;
    tile.record_count = is_one_each ? tile.obligor_count : random() % 14;
    const auto amounts = [&](std::size_t count, double least, double most) {
        std::vector<double> values(tile.months * count);
        for (double& value : values) {
            value = random() % 8 == 0 ? 0.0 : least + (most - least) * unit(random);
        }
        return values;
    };
    tile.income = amounts(tile.obligor_count, -4.0, 16.0);
    tile.interest_due = amounts(tile.obligor_count, 1.0, 5.0);
    tile.principal_due = amounts(tile.obligor_count, 0.0, 3.0);
    tile.debt = amounts(tile.obligor_count, 300.0, 900.0);
    tile.balance = amounts(tile.record_count, 300.0, 900.0);
    tile.collateral = amounts(tile.record_count, 500.0, 1500.0);
    for (std::size_t o = 0; o < tile.obligor_count; ++o) {
        tile.income_known.push_back(random() % 6 != 0);
        const bool defaults = random() % 4 == 0;
        tile.default_step.push_back(defaults ? static_cast<std::int32_t>(1 + random() % tile.months)
                                             : 0);
    }
    for (std::size_t r = 0; r < tile.record_count; ++r) {
        tile.collateral_known.push_back(random() % 6 != 0);
        tile.obligor_of_record.push_back(
            static_cast<std::uint32_t>(is_one_each ? r : random() % tile.obligor_count));
    }
    return tile;
}

inline TileTerms random_terms(std::mt19937_64& random, const CovenantTile& tile) {
    constexpr std::array middle{1.25, 2.0, 0.65, 6.0, 0.1};
    std::uniform_real_distribution<double> factor(0.5, 1.5);
    const auto draw = [&](std::size_t c) {
        std::vector<double> limits(random() % 4 == 0 ? 0 : tile.record_count);
        for (double& limit : limits) {
            limit = random() % 5 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                      : middle[c] * factor(random);
        }
        return limits;
    };
    TileTerms terms;
    for (std::size_t c = 0; c < covenant_count; ++c) {
        terms.limits[c] = draw(c);
        terms.reset_limits[c] = draw(c);
    }
    terms.test_months = static_cast<std::int32_t>(1 + random() % 13);
    terms.cure_months = static_cast<std::int32_t>(random() % 5);
    terms.reset_step = static_cast<std::int32_t>(random() % (tile.months + 2));
    return terms;
}

/// Equal to the last bit, or both NaN.
inline bool same(std::span<const double> first, std::span<const double> second) {
    return std::ranges::equal(first, second, [](double a, double b) {
        return a == b || (std::isnan(a) && std::isnan(b));
    });
}

/// A ratio by its definition, one cell at a time; NaN where it is not tested.
inline double ratio_by_definition(const CovenantTile& tile, const TileTerms& terms,
                                  Covenant covenant, std::size_t record, std::int32_t step) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t o = tile.obligor_of_record[record];
    if (tile.default_step[o] > 0 && step > tile.default_step[o]) return unknown;
    const auto now = static_cast<std::size_t>(step - 1);
    const auto maximum = [&](double debt, double base) {
        if (base > 0.0) return debt / base;
        return debt > 0.0 ? infinity : unknown;
    };
    if (covenant == Covenant::ltv) {
        if (tile.collateral_known[record] == 0) return unknown;
        const std::size_t cell = now * tile.record_count + record;
        return maximum(tile.balance[cell], tile.collateral[cell]);
    }
    if (tile.income_known[o] == 0) return unknown;
    const std::int32_t months = std::min(step, terms.test_months);
    double income = 0.0, interest = 0.0, principal = 0.0;
    for (std::int32_t m = step - months; m < step; ++m) {
        const std::size_t cell = static_cast<std::size_t>(m) * tile.obligor_count + o;
        income += tile.income[cell];
        interest += tile.interest_due[cell];
        principal += tile.principal_due[cell];
    }
    const double debt = tile.debt[now * tile.obligor_count + o];
    const double of_a_year = income * (12.0 / months);
    const auto minimum = [](double base, double due) { return due > 0.0 ? base / due : unknown; };
    if (covenant == Covenant::dscr) return minimum(income, interest + principal);
    if (covenant == Covenant::icr) return minimum(income, interest);
    if (covenant == Covenant::debt_yield) return minimum(of_a_year, debt);
    return maximum(debt, of_a_year);
}

/// The results, step by step and with branches.
inline CovenantPaths walked(const CovenantTile& tile, const TileTerms& terms) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    CovenantPaths results;
    const std::size_t cell_count = covenant_count * tile.record_count;
    for (auto* column : {&results.first_breach_step, &results.breach_steps,
                         &results.in_breach_at_end, &results.cured}) {
        column->assign(cell_count, 0);
    }
    for (auto* ratios : {&results.worst_headroom, &results.worst_ratio, &results.last_ratio}) {
        ratios->assign(cell_count, unknown);
    }
    for (std::size_t i = 0; i < cell_count; ++i) {
        const auto covenant = Covenant{static_cast<std::uint8_t>(i / tile.record_count)};
        const std::size_t c = i / tile.record_count, r = i % tile.record_count;
        const bool from_above = limits_from_above(covenant);
        const bool has_reset = terms.reset_step > 0 && !terms.reset_limits[c].empty();
        std::int32_t begun = 0;
        bool all_in_time = true;
        for (std::int32_t step = 1; step <= static_cast<std::int32_t>(tile.months); ++step) {
            const double ratio = ratio_by_definition(tile, terms, covenant, r, step);
            if (std::isnan(ratio)) continue;
            const double worst = results.worst_ratio[i];
            if (std::isnan(worst) || (from_above ? ratio > worst : ratio < worst)) {
                results.worst_ratio[i] = ratio;
            }
            results.last_ratio[i] = ratio;
            const auto& limits =
                has_reset && step >= terms.reset_step ? terms.reset_limits[c] : terms.limits[c];
            const double limit = limits.empty() ? unknown : limits[r];
            const double headroom = from_above ? 1.0 - ratio / limit : ratio / limit - 1.0;
            if (!std::isnan(headroom) && !(headroom >= results.worst_headroom[i])) {
                results.worst_headroom[i] = headroom;
            }
            if (from_above ? ratio > limit : ratio < limit) {
                if (results.first_breach_step[i] == 0)
                    results.first_breach_step[i] = static_cast<std::uint8_t>(step);
                if (begun == 0) begun = step;
                ++results.breach_steps[i];
            } else if (begun != 0) {
                all_in_time = all_in_time && step - begun <= terms.cure_months;
                begun = 0;
            }
        }
        results.in_breach_at_end[i] = begun != 0;
        results.cured[i] = results.first_breach_step[i] != 0 && begun == 0 && all_in_time;
    }
    return results;
}

}  // namespace seawall::debt::fixture
