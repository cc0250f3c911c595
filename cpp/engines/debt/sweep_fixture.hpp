#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "engines/debt/sweep.hpp"

namespace seawall::debt::fixture {

/// One instrument as the model's page names its terms. By default it is sound, and loses nothing.
struct SweepLoan {
    double balance = 1000.0;
    double scheduled_principal = 10.0;
    double spread = 0.04;
    double income = 100.0;
    double collateral_value = 2000.0;
    double haircut = 0.2;
    double sale_cost = 0.1;
    double prior_claims = 0.0;
    double unsecured_recovery = 0.0;
    double dscr_limit = 1.0;
    double ltv_limit = 0.8;
    std::int64_t index_class = 0;
    std::int64_t income_class = 0;
    std::int64_t collateral_class = 0;
    std::int64_t currency_class = 0;
};

/// Drivers of `classes` classes each.
struct SweepDrivers {
    SweepDrivers(std::size_t quarters, std::size_t scenarios, std::size_t classes = 1)
        : quarter_count(quarters),
          scenario_count(scenarios),
          class_count(classes),
          index(classes * quarters * scenarios, 0.0),
          income(classes * quarters * scenarios, 1.0),
          collateral(classes * quarters * scenarios, 1.0),
          currency(classes * quarters * scenarios, 1.0) {}

    SweepScenarios view() const {
        return {.quarter_count = quarter_count,
                .scenario_count = scenario_count,
                .index = {class_count, index},
                .income = {class_count, income},
                .collateral = {class_count, collateral},
                .currency = {class_count, currency},
                .minor_units_per_unit = minor_units_per_unit};
    }

    std::size_t quarter_count;
    std::size_t scenario_count;
    std::size_t class_count;
    std::vector<double> index;
    std::vector<double> income;
    std::vector<double> collateral;
    std::vector<double> currency;
    std::int64_t minor_units_per_unit = 100;
};

/// Loans as the columns that the engine takes.
class SweepBook {
  public:
    explicit SweepBook(const std::vector<SweepLoan>& loans) {
        for (const SweepLoan& loan : loans) add(loan);
    }

    SweepColumns columns() const {
        return {.balance = values_[0],
                .scheduled_principal = values_[1],
                .spread = values_[2],
                .income = values_[3],
                .collateral_value = values_[4],
                .haircut = values_[5],
                .sale_cost = values_[6],
                .prior_claims = values_[7],
                .unsecured_recovery = values_[8],
                .dscr_limit = values_[9],
                .ltv_limit = values_[10],
                .index_class = classes_[0],
                .income_class = classes_[1],
                .collateral_class = classes_[2],
                .currency_class = classes_[3]};
    }

  private:
    void add(const SweepLoan& loan) {
        const double values[] = {loan.balance,
                                 loan.scheduled_principal,
                                 loan.spread,
                                 loan.income,
                                 loan.collateral_value,
                                 loan.haircut,
                                 loan.sale_cost,
                                 loan.prior_claims,
                                 loan.unsecured_recovery,
                                 loan.dscr_limit,
                                 loan.ltv_limit};
        const std::int64_t classes[] = {loan.index_class, loan.income_class, loan.collateral_class,
                                        loan.currency_class};
        for (std::size_t i = 0; i < std::size(values); ++i) values_[i].push_back(values[i]);
        for (std::size_t i = 0; i < std::size(classes); ++i) classes_[i].push_back(classes[i]);
    }

    std::vector<double> values_[11];
    std::vector<std::int64_t> classes_[4];
};

/// One instrument under one scenario, as the page of the model says it, a quarter at a time.
inline void sweep_literally(const SweepLoan& loan, const SweepDrivers& drivers,
                            std::size_t scenario, SweepResult& result) {
    const double secured = loan.collateral_value * (1.0 - loan.haircut);
    double balance = loan.balance;
    bool was_short = false;
    for (std::size_t quarter = 0; quarter < drivers.quarter_count; ++quarter) {
        const std::size_t cell = quarter * drivers.scenario_count + scenario;
        const auto driver = [&](const std::vector<double>& cube, std::int64_t row) {
            const std::size_t cells = drivers.quarter_count * drivers.scenario_count;
            return cube[static_cast<std::size_t>(row) * cells + cell];
        };
        const double index =
            loan.index_class == 0 ? 0.0 : driver(drivers.index, loan.index_class - 1);
        const double rate = std::max(index + loan.spread, 0.0);
        const double interest = balance * (rate / 4.0);
        const double principal = std::min(balance, loan.scheduled_principal);
        const double service = interest + principal;
        const double income =
            driver(drivers.income, loan.income_class) * std::max(loan.income, 0.0);
        const double factor = driver(drivers.collateral, loan.collateral_class);
        const bool dscr_breach = income < service * loan.dscr_limit;
        const bool ltv_breach =
            std::isfinite(loan.ltv_limit) && factor * (secured * loan.ltv_limit) < balance;
        if (dscr_breach || ltv_breach) ++result.breach_count[cell];
        const bool is_short = income < service;
        if (is_short && was_short) {
            const double proceeds = factor * secured * (1.0 - loan.sale_cost) - loan.prior_claims;
            const double recovered = std::min(std::max(proceeds, 0.0), balance);
            const double in_minor_units = driver(drivers.currency, loan.currency_class) *
                                          static_cast<double>(drivers.minor_units_per_unit);
            const double loss =
                (balance - recovered) * (1.0 - loan.unsecured_recovery) * in_minor_units;
            result.loss_minor[cell] += std::llrint(loss);  // to even, the mode of every program
            ++result.default_count[cell];
            return;
        }
        was_short = is_short;
        balance -= std::min(std::max(income - interest, 0.0), principal);
    }
}

inline SweepResult sweep_literally(const std::vector<SweepLoan>& loans,
                                   const SweepDrivers& drivers) {
    const std::size_t cells = drivers.quarter_count * drivers.scenario_count;
    SweepResult result{.quarter_count = drivers.quarter_count,
                       .scenario_count = drivers.scenario_count,
                       .loss_minor = std::vector<std::int64_t>(cells),
                       .breach_count = std::vector<std::int64_t>(cells),
                       .default_count = std::vector<std::int64_t>(cells)};
    for (std::size_t scenario = 0; scenario < drivers.scenario_count; ++scenario) {
        for (const SweepLoan& loan : loans) sweep_literally(loan, drivers, scenario, result);
    }
    return result;
}

inline bool same(const SweepResult& one, const SweepResult& other) {
    return one.loss_minor == other.loss_minor && one.breach_count == other.breach_count &&
           one.default_count == other.default_count;
}

constexpr std::int64_t random_classes = 3;

/// Of every kind: floating and fixed, repaid within the horizon, without income, collateral or
/// limits, tiny and huge.
inline std::vector<SweepLoan> random_sweep_loans(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    std::uniform_int_distribution<std::int64_t> any_class(0, random_classes - 1);
    const double sizes[] = {0.0, 0.01, 1e3, 1e6, 1e9};
    std::vector<SweepLoan> loans(count);
    for (SweepLoan& loan : loans) {
        const double size = sizes[random() % std::size(sizes)];
        loan.balance = size * (1.0 + unit(random));
        loan.scheduled_principal = loan.balance * (random() % 4 == 0 ? 0.4 : 0.03) * unit(random);
        loan.index_class = any_class(random) + (random() % 2 == 0 ? 1 : 0);
        loan.spread = loan.index_class == 0 ? 0.1 * unit(random) : 0.12 * unit(random) - 0.03;
        loan.income = loan.balance * (0.1 * unit(random) - 0.005);
        loan.collateral_value = random() % 5 == 0 ? 0.0 : loan.balance * 2.0 * unit(random);
        loan.haircut = unit(random);
        loan.sale_cost = unit(random);
        loan.prior_claims = random() % 2 == 0 ? 0.0 : loan.balance * 0.3 * unit(random);
        loan.unsecured_recovery = unit(random);
        loan.dscr_limit = random() % 5 == 0 ? 0.0 : 1.0 + unit(random);
        loan.ltv_limit = random() % 5 == 0 ? no_ltv_limit : 0.5 + unit(random);
        loan.income_class = any_class(random);
        loan.collateral_class = any_class(random);
        loan.currency_class = any_class(random);
    }
    return loans;
}

inline SweepDrivers random_sweep_drivers(std::size_t quarters, std::size_t scenarios,
                                         unsigned seed) {
    SweepDrivers drivers(quarters, scenarios, static_cast<std::size_t>(random_classes));
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    for (double& value : drivers.index) value = 0.08 * unit(random) - 0.02;
    for (double& value : drivers.income) value = 0.3 + unit(random);
    for (double& value : drivers.collateral) value = random() % 9 == 0 ? 0.0 : 1.2 * unit(random);
    for (double& value : drivers.currency) value = 0.5 + unit(random);
    return drivers;
}

}  // namespace seawall::debt::fixture
