#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/factor_model.hpp"
#include "engines/debt/simulation/obligor_columns.hpp"

namespace seawall::debt {

/// Obligors as the exact rules read them, by row: those that are certain to default too.
struct StandardObligors {
    std::size_t factor_count = 0;
    std::vector<std::uint32_t> slot;
    std::vector<double> default_threshold;  ///< x
    std::vector<float> loading;             ///< b, of shape (obligor_count, factor_count)

    std::size_t obligor_count() const { return slot.size(); }
    std::span<const float> loading_of(std::size_t row) const {
        return std::span(loading).subspan(row * factor_count, factor_count);
    }
};

/// Throws as check of the columns does, and Error(invalid_input) on an obligor with a'Ca >= 1.
StandardObligors standard_obligors(const ObligorColumns& obligors, const FactorModel& factors);

/// b of one row for L = `root`. Throws Error(invalid_input) where a'Ca >= 1.
void standardise_row(const ObligorColumns& obligors, std::size_t row, std::span<const double> root,
                     std::span<float> loading);

}  // namespace seawall::debt
