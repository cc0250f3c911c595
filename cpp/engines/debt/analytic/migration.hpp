#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seawall::debt {

/// Migration probabilities of one year as rows of (state_count, state_count): from the best state
/// to default, which is the last.
struct TransitionMatrix {
    std::span<const double> probabilities;  ///< each from 0 to 1, a row's sum within 1e-9 of 1
    std::size_t state_count = 0;            ///< 2 to 64
};

/// Each row over its sum: published tables are rounded. Throws Error(invalid_input) on values out
/// of range and rows that sum to 0.
std::vector<double> renormalised_rows(std::span<const double> values, std::size_t state_count);

/// The matrix of `years` years, 0 to 1,000, by squaring. Throws Error(invalid_input) on a shape or
/// values that are no transition matrix.
std::vector<double> transition_power(const TransitionMatrix& matrix, std::int64_t years);

/// The asset values between the states of one row, rising: below the first lies default, above the
/// last the best state; ∓∞ where a state has no probability (CreditMetrics Technical Document,
/// 1997, chapter 8). Throws Error(invalid_input) on values out of range and a sum further than 1e-3
/// from 1.
std::vector<double> migration_thresholds(std::span<const double> row);

/// Two obligors' migrations from one state each.
struct MigrationPair {
    std::span<const double> first_row;  ///< from the best state to default
    std::span<const double> second_row;
    double asset_correlation = 0.0;  ///< from -1 to 1
};

/// The probabilities of (first state, second state), by rows, of bivariate normal asset values.
/// Throws as migration_thresholds. What the first state takes is what the others leave.
std::vector<double> joint_migration(const MigrationPair& pair);

/// A fixed coupon bond a year from now.
struct HorizonBond {
    double coupon = 0.0;                    ///< a year, in the unit of its face, >= 0
    double face = 100.0;                    ///< repaid with the last coupon, > 0
    std::span<const double> forward_rates;  ///< of 1, 2, … years from the horizon, > -1
};

/// Its value at the horizon, with the coupon paid that day: coupon + Σ flow_t / (1 + f_t)^t. Throws
/// Error(invalid_input) on values out of range.
double horizon_value(const HorizonBond& bond);

struct ValueMoments {
    double mean = 0.0;
    double standard_deviation = 0.0;
};

/// Of values with these probabilities (weights as they are). Throws Error(invalid_input) on columns
/// of different lengths and values out of range.
ValueMoments value_moments(std::span<const double> probabilities, std::span<const double> values);

}  // namespace seawall::debt
