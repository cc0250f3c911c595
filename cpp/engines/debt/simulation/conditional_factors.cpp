#include "engines/debt/simulation/conditional_factors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "engines/debt/simulation/obligor_columns.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

std::string at(std::size_t index) {
    return "[" + std::to_string(index) + "]";
}

void check_finite(std::span<const double> values, std::size_t columns, const std::string& where) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isfinite(values[i])) continue;
        refuse_input("macro" + where + at(i / columns) + (columns > 1 ? at(i % columns) : ""),
                     "must be finite");
    }
}

void check(const MacroValues& macro, std::size_t factor_count) {
    const std::size_t count = macro.value.size();
    if (count == 0 || count > max_macro_variables) {
        refuse_input("macro.value", "must be of 1 to 64 variables");
    }
    if (macro.covariance.size() != count * count) {
        refuse_input("macro.covariance", "must have the shape (variables, variables)");
    }
    if (macro.factor_covariance.size() != factor_count * count) {
        refuse_input("macro.factor_covariance", "must have the shape (factors, variables)");
    }
    check_finite(macro.value, 1, ".value");
    check_finite(macro.covariance, count, ".covariance");
    check_finite(macro.factor_covariance, count, ".factor_covariance");
    for (std::size_t row = 0; row < count; ++row) {
        const std::string place = ".covariance" + at(row);
        if (!(macro.covariance[row * count + row] > 0.0)) {
            refuse_input("macro" + place + at(row), "must be above 0");
        }
        for (std::size_t column = 0; column < row; ++column) {
            if (macro.covariance[row * count + column] == macro.covariance[column * count + row]) {
                continue;
            }
            refuse_input("macro" + place + at(column),
                         "must equal macro.covariance" + at(column) + at(row));
        }
    }
}

/// w with R·w = `values` for R = `root` of full rank: by its pivots, top down.
void solve(const SemidefiniteRoot& root, std::size_t size, std::span<double> values) {
    std::array<double, max_factors> found{};
    for (std::size_t k = 0; k < root.rank(); ++k) {
        const std::size_t row = root.pivot[k];
        double left = values[row];
        for (std::size_t j = 0; j < k; ++j) left -= root.values[row * size + j] * found[j];
        found[k] = left / root.values[row * size + k];
    }
    std::copy_n(found.begin(), size, values.begin());
}

/// The variables by independent normals w: x = D·R·w with the standard deviations D.
struct WhitenedMacro {
    std::vector<double> value;              ///< of shape (variable,)
    std::vector<double> factor_covariance;  ///< H = Σzx·D⁻¹·R⁻ᵀ, of shape (factor, variable)
};

WhitenedMacro whitened(const MacroValues& macro, std::size_t factor_count) {
    const std::size_t count = macro.value.size();
    std::vector<double> deviation(count);
    for (std::size_t i = 0; i < count; ++i) {
        deviation[i] = std::sqrt(macro.covariance[i * count + i]);
    }
    std::vector<double> correlation(count * count, 1.0);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            if (i == j) continue;
            correlation[i * count + j] =
                macro.covariance[i * count + j] / (deviation[i] * deviation[j]);
        }
    }
    const auto place = [](std::size_t row, std::size_t column) {
        return "macro.covariance" + at(row) + at(column);
    };
    const SemidefiniteRoot root =
        semidefinite_root({.size = count, .values = correlation, .place = place},
                          rounding_per_row * static_cast<double>(count));
    if (root.rank() < count) {
        refuse_input("macro.covariance",
                     "is singular: leave out variables that follow from others");
    }
    WhitenedMacro result{
        .value = {macro.value.begin(), macro.value.end()},
        .factor_covariance = {macro.factor_covariance.begin(), macro.factor_covariance.end()}};
    const auto whiten = [&](std::span<double> row) {
        for (std::size_t i = 0; i < count; ++i) row[i] /= deviation[i];
        solve(root, count, row);
    };
    whiten(result.value);
    for (std::size_t k = 0; k < factor_count; ++k) {
        whiten(std::span(result.factor_covariance).subspan(k * count, count));
    }
    double square = 0.0;
    for (const double w : result.value) square += w * w;
    const bool is_near = square <= largest_macro_distance * largest_macro_distance;
    if (!is_near) refuse_input("macro.value", "must be within 37 standard deviations of the mean");
    return result;
}

/// Σ aᵢ·bᵢ in their order.
double product(std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

void ConditionalFactors::move(std::span<double> normals) const {
    std::array<double, max_factors> moved{};
    const std::size_t count = factor_count();
    std::ranges::copy(whitened_mean, moved.begin());
    for (std::size_t j = 0; j < count; ++j) {
        for (std::size_t k = 0; k < count; ++k) {
            moved[k] += whitened_root[j * count + k] * normals[j];
        }
    }
    std::copy_n(moved.begin(), count, normals.begin());
}

std::vector<double> ConditionalFactors::slope(std::span<const double> in_factors) const {
    const std::size_t count = factor_count();
    std::vector<double> slope(count);
    for (std::size_t j = 0; j < count; ++j) {
        slope[j] = product(std::span(whitened_root).subspan(j * count, count), in_factors);
    }
    return slope;
}

ConditionalFactors conditional_factors(const FactorModel& model, const MacroValues& macro) {
    const SemidefiniteRoot all = pivoted_correlation_root(model);
    const std::size_t count = model.factor_count;
    check(macro, count);
    const WhitenedMacro variables = whitened(macro, count);
    const auto explained = [&](std::size_t k) {
        const std::size_t size = macro.value.size();
        return std::span(variables.factor_covariance).subspan(k * size, size);
    };
    ConditionalFactors given{.mean = std::vector<double>(count),
                             .root = {},
                             .whitened_mean = {},
                             .whitened_root = std::vector<double>(count * count)};
    std::vector<double> left(model.correlation.begin(), model.correlation.end());  // C'
    for (std::size_t k = 0; k < count; ++k) {
        given.mean[k] = product(explained(k), variables.value);
        for (std::size_t j = 0; j < count; ++j) {
            left[k * count + j] -= product(explained(k), explained(j));
        }
    }
    const auto place = [](std::size_t row, std::size_t) {
        return "macro.factor_covariance" + at(row);
    };
    const bool is_related =
        std::ranges::any_of(variables.factor_covariance, [](double h) { return h != 0.0; });
    const std::size_t rounded_rows = count + (is_related ? macro.value.size() : 0);
    given.root = semidefinite_root({.size = count, .values = left, .place = place},
                                   rounding_per_row * static_cast<double>(rounded_rows))
                     .values;
    given.whitened_mean = given.mean;
    solve(all, count, given.whitened_mean);
    for (std::size_t j = 0; j < count; ++j) {
        const auto column = std::span(given.whitened_root).subspan(j * count, count);
        for (std::size_t k = 0; k < count; ++k) column[k] = given.root[k * count + j];
        solve(all, count, column);
    }
    return given;
}

ConditionalObligors conditional_obligors(std::span<const double> default_probability,
                                         std::span<const double> factor_weight,
                                         const FactorModel& model,
                                         const ConditionalFactors& given) {
    const std::size_t count = given.factor_count();
    if (factor_weight.size() != default_probability.size() * count) {
        throw Error(ErrorCode::invalid_input, "obligors.factor_weight",
                    "must have the shape (obligors, factors)");
    }
    FactorModel gaussian = model;
    gaussian.degrees_of_freedom = std::numeric_limits<double>::infinity();
    const std::vector<double> threshold = default_thresholds(default_probability, gaussian);
    const std::vector<double> root = correlation_root(gaussian);
    const auto share = [&](std::span<const double> of, std::span<const double> weight,
                           std::size_t column) {
        double sum = 0.0;
        for (std::size_t k = 0; k < count; ++k) sum += of[k * count + column] * weight[k];
        return sum;
    };
    ConditionalObligors result;
    std::vector<double> loading(count);
    for (std::size_t i = 0; i < threshold.size(); ++i) {
        const auto weight = factor_weight.subspan(i * count, count);
        double own = 1.0;   // 1 − a'Ca
        double left = 0.0;  // a'C'a
        for (std::size_t k = 0; k < count; ++k) {
            const double of_all = share(root, weight, k);
            loading[k] = share(given.root, weight, k);
            own -= of_all * of_all;
            left += loading[k] * loading[k];
        }
        if (!(own > 0.0)) {
            throw Error(ErrorCode::invalid_input, "obligors.factor_weight" + at(i),
                        "the factors' share of the variance, a'Ca, must be below 1");
        }
        const double scale = std::sqrt(own + left);
        result.default_probability.push_back(
            normal_cdf((threshold[i] - product(weight, given.mean)) / scale));
        for (const double value : loading) result.loading.push_back(value / scale);
    }
    return result;
}

}  // namespace seawall::debt
