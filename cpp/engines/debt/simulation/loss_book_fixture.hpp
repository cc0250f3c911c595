#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/parametric_losses.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"

namespace seawall::debt::fixture {

struct Position {
    std::uint32_t obligor = 0;
    std::int64_t exposure_minor = 0;
    double loss_given_default = 0.0;
    double dispersion = 0.0;
};

/// Obligors and their positions.
struct LossBook {
    std::vector<Obligor> obligors;
    std::vector<double> default_probability;  ///< of each obligor
    std::vector<Position> positions;

    StandardObligors standard(const Factors& factors) const {
        return standard_obligors(Obligors(obligors).columns(), factors.model());
    }
    ParametricLosses rule(const StandardObligors& standard_obligors, const Factors& factors) const {
        const Columns columns(*this, 1);
        return {standard_obligors, factors.model(), columns.parametric()};
    }
    /// With the same exposure in each quarter.
    ParametricLosses rule_by_quarter(const StandardObligors& standard_obligors,
                                     const Factors& factors,
                                     const DefaultQuarters& quarters) const {
        const Columns columns(*this, quarters.quarter_count());
        return {standard_obligors, factors.model(), columns.parametric(), quarters};
    }
    /// The whole exposure is lost.
    FixedLosses fixed_rule() const { return FixedLosses(Columns(*this, 1).fixed()); }
    FixedLosses fixed_rule_by_quarter(const DefaultQuarters& quarters) const {
        return {Columns(*this, quarters.quarter_count()).fixed(), quarters};
    }

  private:
    struct Columns {
        const LossBook& book;
        std::vector<std::uint32_t> row;
        std::vector<std::int64_t> exposure;
        std::vector<double> severity, dispersion;

        Columns(const LossBook& of, std::size_t quarter_count) : book(of) {
            for (const Position& position : book.positions) {
                row.push_back(position.obligor);
                exposure.insert(exposure.end(), quarter_count, position.exposure_minor);
                severity.push_back(position.loss_given_default);
                dispersion.push_back(position.dispersion);
            }
        }
        ParametricLossColumns parametric() const {
            return {.default_probability = book.default_probability,
                    .obligor_row = row,
                    .exposure_minor = exposure,
                    .loss_given_default = severity,
                    .dispersion = dispersion};
        }
        FixedLossColumns fixed() const {
            return {
                .obligor_count = book.obligors.size(), .obligor_row = row, .loss_minor = exposure};
        }
    };
};

/// Obligors of random_obligors, some of them certain to default or not to, with none to three
/// positions each in no order: severities of 0, 1 and between, with and without dispersion.
inline LossBook random_loss_book(std::size_t obligor_count, const Factors& factors, unsigned seed) {
    LossBook book{.obligors = random_obligors(obligor_count, factors, seed),
                  .default_probability = {},
                  .positions = {}};
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    for (std::uint32_t i = 0; i < obligor_count; ++i) {
        const double any = unit(random);
        const double probability = any < 0.02   ? 0.0
                                   : any < 0.04 ? 1.0
                                                : 0.7 * std::exp(-5.0 * unit(random));
        book.default_probability.push_back(probability);
        book.obligors[i].default_threshold =
            default_thresholds(std::vector<double>{probability}, factors.model())[0];
        const auto count = static_cast<std::size_t>(3.5 * unit(random));
        for (std::size_t j = 0; j < count; ++j) {
            const double severity = unit(random) * 1.2 - 0.1;
            const double dispersion = unit(random) - 0.3;
            book.positions.push_back(
                {.obligor = i,
                 .exposure_minor = static_cast<std::int64_t>(std::exp(22.0 * unit(random))),
                 .loss_given_default = std::clamp(severity, 0.0, 1.0),
                 .dispersion = std::max(dispersion, 0.0)});
        }
    }
    std::ranges::shuffle(book.positions, random);
    return book;
}

}  // namespace seawall::debt::fixture
