#include "engines/debt/analytic/migration.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/bivariate_normal.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/power.hpp"
#include "numeric/special_values.hpp"

namespace seawall::debt {
namespace {

std::string row_place(std::size_t row) {
    return place_of("matrix", row);
}

double sum_of(std::span<const double> values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum;
}

void check_shape(std::span<const double> values, std::size_t state_count) {
    if (state_count < 2 || state_count > 64) refuse_input("matrix", "must have 2 to 64 states");
    require_size(values.size(), state_count * state_count, "matrix");
}

void check(const TransitionMatrix& matrix) {
    check_shape(matrix.probabilities, matrix.state_count);
    for (std::size_t row = 0; row < matrix.state_count; ++row) {
        const auto values =
            matrix.probabilities.subspan(row * matrix.state_count, matrix.state_count);
        for (const double value : values) require_fraction(value, row_place(row));
        if (std::abs(sum_of(values) - 1.0) > 1e-9) refuse_input(row_place(row), "must sum to 1");
    }
}

std::vector<double> product(std::span<const double> a, std::span<const double> b,
                            std::size_t count) {
    std::vector<double> result(count * count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t k = 0; k < count; ++k) {
            const double share = a[i * count + k];
            for (std::size_t j = 0; j < count; ++j) {
                result[i * count + j] += share * b[k * count + j];
            }
        }
    }
    return result;
}

void check_row(std::span<const double> row, const char* name) {
    if (row.size() < 2) refuse_input(name, "must have 2 states or more");
    require_fractions(row, name);
    if (std::abs(sum_of(row) - 1.0) > 1e-3) refuse_input(name, "must sum to 1 but for rounding");
}

std::vector<double> thresholds_of(std::span<const double> row) {
    std::vector<double> thresholds;
    double below = 0.0;
    double above = sum_of(row);
    for (std::size_t state = row.size(); --state > 0;) {
        below += row[state];
        above -= row[state];
        thresholds.push_back(above <= 0.0 ? infinity : normal_quantile(below));
    }
    return thresholds;
}

}  // namespace

std::vector<double> renormalised_rows(std::span<const double> values, std::size_t state_count) {
    check_shape(values, state_count);
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t row = 0; row < state_count; ++row) {
        const std::span<double> cells(&result[row * state_count], state_count);
        for (const double cell : cells) {
            if (!(cell >= 0.0) || std::isinf(cell))
                refuse_input(row_place(row), "must be 0 or more");
        }
        const double sum = sum_of(cells);
        if (!(sum > 0.0)) refuse_input(row_place(row), "must not sum to 0");
        for (double& cell : cells) cell /= sum;
    }
    return result;
}

std::vector<double> transition_power(const TransitionMatrix& matrix, std::int64_t years) {
    check(matrix);
    if (years < 0 || years > 1000) refuse_input("years", "must be from 0 to 1,000");
    const std::size_t count = matrix.state_count;
    std::vector<double> result(count * count, 0.0);
    for (std::size_t state = 0; state < count; ++state) result[state * count + state] = 1.0;
    std::vector<double> squared(matrix.probabilities.begin(), matrix.probabilities.end());
    for (std::int64_t left = years; left > 0; left /= 2) {
        if (left % 2 == 1) result = product(result, squared, count);
        if (left > 1) squared = product(squared, squared, count);
    }
    return result;
}

std::vector<double> migration_thresholds(std::span<const double> row) {
    check_row(row, "row");
    return thresholds_of(row);
}

std::vector<double> joint_migration(const MigrationPair& pair) {
    check_row(pair.first_row, "first_row");
    check_row(pair.second_row, "second_row");
    require_correlation(pair.asset_correlation, "asset_correlation");
    const auto edges = [](std::span<const double> row) {
        std::vector<double> values = thresholds_of(row);
        values.insert(values.begin(), -infinity);
        values.push_back(infinity);
        return values;  // of state s from values[count - 1 - s] to the next
    };
    const std::vector<double> first = edges(pair.first_row);
    const std::vector<double> second = edges(pair.second_row);
    const std::size_t columns = pair.second_row.size();
    const auto below = [&](std::size_t i, std::size_t j) {
        return bivariate_normal_cdf(
            {.x = first[i], .y = second[j], .correlation = pair.asset_correlation});
    };
    std::vector<double> result(pair.first_row.size() * columns);
    for (std::size_t i = 0; i + 1 < first.size(); ++i) {
        for (std::size_t j = 0; j + 1 < second.size(); ++j) {
            const double cell =
                (below(i + 1, j + 1) - below(i, j + 1)) - (below(i + 1, j) - below(i, j));
            const std::size_t row = pair.first_row.size() - 1 - i;
            result[row * columns + columns - 1 - j] = std::max(0.0, cell);  // but for rounding
        }
    }
    return result;
}

double horizon_value(const HorizonBond& bond) {
    if (!(bond.coupon >= 0.0) || std::isinf(bond.coupon))
        refuse_input("coupon", "must be 0 or more");
    require_positive(bond.face, "face");
    double value = bond.coupon;
    for (std::size_t t = 0; t < bond.forward_rates.size(); ++t) {
        const double rate = bond.forward_rates[t];
        if (!(rate > -1.0) || std::isinf(rate)) {
            refuse_input(place_of("forward_rates", t), "must be above -1");
        }
        const bool is_last = t + 1 == bond.forward_rates.size();
        const double flow = is_last ? bond.coupon + bond.face : bond.coupon;
        value += flow / integer_power(1.0 + rate, static_cast<std::int64_t>(t) + 1);
    }
    return value;
}

ValueMoments value_moments(std::span<const double> probabilities, std::span<const double> values) {
    require_fractions(probabilities, "probabilities");
    require_size(values.size(), probabilities.size(), "values");
    ValueMoments moments;
    for (std::size_t i = 0; i < values.size(); ++i) {
        require_finite(values[i], place_of("values", i));
        moments.mean += probabilities[i] * values[i];
    }
    double variance = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double distance = values[i] - moments.mean;
        variance += probabilities[i] * distance * distance;
    }
    moments.standard_deviation = std::sqrt(variance);
    return moments;
}

}  // namespace seawall::debt
