#include "engines/debt/analytic/creditrisk_plus.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t most_units = 100'000;
constexpr double least_start = -667.0;  // log of 1e-290

/// Expected defaults by units of exposure.
using Bands = std::map<std::size_t, double>;

std::size_t sector_count(const CreditRiskPlusBook& book) {
    return book.sector_variances.size();
}

void check(const CreditRiskPlusBook& book) {
    const std::size_t count = book.default_probabilities.size();
    require_fractions(book.default_probabilities, "default_probabilities");
    require_size(book.exposures.size(), count, "exposures");
    require_size(book.sector_shares.size(), count * sector_count(book), "sector_shares");
    require_positive(book.unit, "unit");
    for (std::size_t k = 0; k < sector_count(book); ++k) {
        const double variance = book.sector_variances[k];
        if (variance >= 0.0 && std::isfinite(variance)) continue;
        throw Error(ErrorCode::invalid_input, place_of("sector_variances", k), "must be 0 or more");
    }
    for (std::size_t i = 0; i < count; ++i) {
        require_positive(book.exposures[i], place_of("exposures", i));
        if (book.exposures[i] / book.unit > static_cast<double>(most_units)) {
            throw Error(ErrorCode::limit_exceeded, place_of("exposures", i),
                        "must not be above 100,000 units");
        }
        double sum = 0.0;
        for (std::size_t k = 0; k < sector_count(book); ++k) {
            const double share = book.sector_shares[i * sector_count(book) + k];
            require_fraction(share, place_of("sector_shares", i));
            sum += share;
        }
        if (sum <= 1.0 + 1e-12) continue;
        throw Error(ErrorCode::invalid_input, place_of("sector_shares", i),
                    "must not sum to more than 1");
    }
}

/// The share of an obligor in a sector; after the last sector what moves with none.
double share_of(const CreditRiskPlusBook& book, std::size_t obligor, std::size_t sector) {
    const std::size_t count = sector_count(book);
    if (sector < count) return book.sector_shares[obligor * count + sector];
    double left = 1.0;
    for (std::size_t k = 0; k < count; ++k) left -= book.sector_shares[obligor * count + k];
    return std::max(0.0, left);
}

Bands bands_of(const CreditRiskPlusBook& book, std::size_t sector) {
    Bands bands;
    for (std::size_t i = 0; i < book.exposures.size(); ++i) {
        const double ratio = book.exposures[i] / book.unit;
        const std::int64_t units = std::max<std::int64_t>(1, std::llround(ratio));
        const double expected = book.default_probabilities[i] * share_of(book, i, sector);
        if (expected == 0.0) continue;
        bands[static_cast<std::size_t>(units)] += expected * ratio / static_cast<double>(units);
    }
    return bands;
}

/// log(1 + x) for x >= 0: the rounding of 1 + x cancels (W. Kahan).
double log_of_one_plus(double x) {
    const double sum = 1.0 + x;
    return sum == 1.0 ? x : canonical_log(sum) * (x / (sum - 1.0));
}

/// The logarithm of a sector's probability generating function, as a power series whose
/// coefficients beyond the first are not negative: −log(1 + v·μ − v·Q(z)) / v, and Q(z) − μ without
/// variance.
class LogSeries {
  public:
    LogSeries(const Bands& bands, double variance) : variance_(variance) {
        for (const auto& [units, expected] : bands) mean_ += expected;
        const double scale = variance == 0.0 ? 1.0 : variance / (1.0 + variance * mean_);
        for (const auto& [units, expected] : bands) ratios_.emplace_back(units, scale * expected);
        first_ = variance == 0.0 ? -mean_ : -log_of_one_plus(variance * mean_) / variance;
    }

    double first() const { return first_; }

    /// Coefficient n > 0, after all before it: from s'·(1 − q) = q' of s = −log(1 − q).
    double next() {
        const auto n = times_n_.size();
        double value = 0.0;
        for (const auto& [units, ratio] : ratios_) {
            if (units > n) break;
            if (units == n) value += static_cast<double>(n) * ratio;
            if (units < n && variance_ > 0.0) value += ratio * times_n_[n - units];
        }
        times_n_.push_back(value);
        return variance_ == 0.0 ? value : value / variance_;
    }

  private:
    double variance_;
    double mean_ = 0.0;
    double first_ = 0.0;
    std::vector<std::pair<std::size_t, double>> ratios_;
    std::vector<double> times_n_{0.0};  // n · s_n
};

[[noreturn]] void refuse_unit() {
    throw Error(ErrorCode::limit_exceeded, "unit",
                "is so small that the losses take more than 100,000 units");
}

/// Σ μ_i·E_i² + Σ_k v_k·(Σ_i share_ik·μ_i·E_i)² with the exposures as they are.
double unbanded_deviation(const CreditRiskPlusBook& book) {
    double variance = 0.0;
    for (std::size_t i = 0; i < book.exposures.size(); ++i) {
        variance += book.default_probabilities[i] * book.exposures[i] * book.exposures[i];
    }
    for (std::size_t k = 0; k < sector_count(book); ++k) {
        double moved = 0.0;
        for (std::size_t i = 0; i < book.exposures.size(); ++i) {
            moved += share_of(book, i, k) * book.default_probabilities[i] * book.exposures[i];
        }
        variance += book.sector_variances[k] * moved * moved;
    }
    return std::sqrt(variance);
}

/// exp of the sum of the series, term by term, until 1e-10 of probability is left and twice as far
/// again: the tail falls geometrically.
std::vector<double> probabilities_of(std::vector<LogSeries> sectors) {
    double first = 0.0;
    for (const LogSeries& sector : sectors) first += sector.first();
    if (first < least_start) {
        throw Error(ErrorCode::limit_exceeded, "default_probabilities",
                    "leave no loss a probability below 1e-290");
    }
    std::vector<double> probabilities{canonical_exp(first)};
    std::vector<double> times_n{0.0};
    double left = 1.0 - probabilities[0];
    std::size_t last = most_units;
    for (std::size_t n = 1; n <= last; ++n) {
        double coefficient = 0.0;
        for (LogSeries& sector : sectors) coefficient += sector.next();
        times_n.push_back(coefficient);
        double value = 0.0;
        for (std::size_t k = 1; k <= n; ++k) value += times_n[k] * probabilities[n - k];
        probabilities.push_back(value / static_cast<double>(n));
        left -= probabilities.back();
        if (left < 1e-10) last = std::min(last, 3 * n);
    }
    if (left >= 1e-10) refuse_unit();
    return probabilities;
}

}  // namespace

CreditRiskPlusLoss credit_risk_plus(const CreditRiskPlusBook& book) {
    check(book);
    std::vector<LogSeries> sectors;
    for (std::size_t k = 0; k <= sector_count(book); ++k) {
        const double variance = k < sector_count(book) ? book.sector_variances[k] : 0.0;
        sectors.emplace_back(bands_of(book, k), variance);
    }
    CreditRiskPlusLoss result;
    result.unbanded_standard_deviation = unbanded_deviation(book);
    // More than 1e-10 of probability lies beyond 5 standard deviations: do not go there in vain.
    const double reach = 5.0 * result.unbanded_standard_deviation / book.unit;
    if (reach > static_cast<double>(most_units)) refuse_unit();
    result.units.probabilities = probabilities_of(std::move(sectors));
    const LatticeMoments moments = lattice_moments(result.units.probabilities);
    result.expected_loss = moments.mean * book.unit;
    result.standard_deviation = moments.standard_deviation * book.unit;
    return result;
}

}  // namespace seawall::debt
