#include "numeric/gamma_tails.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/stirling_error.hpp"

namespace seawall {
namespace {

constexpr double inverse_2_pi = 0x1.45f306dc9c883p-3;

/// From this shape on, and for |η| below the second, N. M. Temme's uniform expansion is exact to
/// the last places.
constexpr double least_temme_shape = 20.0;
constexpr double largest_temme_eta = 0.9;

/// λ - 1 - ln λ of λ = x / shape: half of Temme's η².
double log_excess(double x, double shape) {
    const double mu = (x - shape) / shape;
    if (mu < -0.5 || mu > 1.0) return mu - canonical_log(x / shape);
    const double s = mu / (2.0 + mu);  // ln(1 + μ) = 2 atanh s, and μ - 2s = μ s
    const double square = s * s;
    double series = 0.0;  // s² <= 1/9: the first term left out is below 2^-62 of the first
    for (int odd = 39; odd >= 3; odd -= 2) series = series * square + 1.0 / odd;
    return mu * s - 2.0 * (s * square) * series;
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + …, x <= a < 20 or x < 0.4 a: DLMF 8.7.1.
double series_below(double x, double a) {
    double sum = 1.0;
    for (int n = 70; n >= 1; --n) sum = 1.0 + sum * (x / (a + n));
    return sum;
}

/// Γ(a, x) / (x^a e^-x), x >= a >= 1, by Legendre's continued fraction from its end: DLMF 8.9.2
/// contracted.
double fraction_above(double x, double a) {
    const int count = 60 + static_cast<int>(150.0 / x);
    double value = x + 1.0 - a + 2.0 * count;
    for (int n = count; n >= 1; --n) value = (x + 1.0 - a + 2.0 * (n - 1)) + n * (a - n) / value;
    return 1.0 / value;
}

}  // namespace

/// A. Gil, J. Segura, N. M. Temme, "Efficient and accurate algorithms for the computation and
/// inversion of the incomplete gamma function ratios" (2012): S_a(η) = e^-δ Σ β_n η^n with
/// β_(n-1) = f_n + (n + 1) β_(n+1) / a, where η / (λ - 1) = Σ f_n η^n.
GammaTails::GammaTails(double shape)
    : shape_(shape),
      scale_(std::sqrt(shape * inverse_2_pi) * canonical_exp(-stirling_error(shape))),
      normal_scale_(std::sqrt(shape) * canonical_exp(stirling_error(shape))) {
    static constexpr std::array f{0x1p+0,
                                  -0x1.5555555555555p-2,
                                  0x1.5555555555555p-4,
                                  -0x1.e573ac901e574p-7,
                                  0x1.2f684bda12f68p-10,
                                  0x1.71de3a556c734p-12,
                                  -0x1.76e06fec7273bp-13,
                                  0x1.48c5892f7cd83p-15,
                                  -0x1.255370652afc1p-19,
                                  -0x1.f1b22f594c6b5p-20,
                                  0x1.bd6d21e4b4109p-21,
                                  -0x1.7b5f9a2d0465cp-23,
                                  0x1.ccf5ceb7f0d9fp-28,
                                  0x1.6097d55c37c1cp-27,
                                  -0x1.2d2197c7a2faap-28,
                                  0x1.f6e66d24d5c8ap-31,
                                  -0x1.c0d9b6edf2b0bp-36,
                                  -0x1.0070a87340428p-34,
                                  0x1.ac9475c463659p-36,
                                  -0x1.61ca701fd754ap-38,
                                  0x1.ef98008f5eec2p-44,
                                  0x1.7ba0759769d7cp-42,
                                  -0x1.3989bebb193cp-43,
                                  0x1.0104fc4369a3cp-45,
                                  -0x1.283fe7950ad7bp-51,
                                  -0x1.1ca914d71a27cp-49,
                                  0x1.d2e7d5ca48b9p-51};
    temme_[25] = f[26];
    temme_[24] = f[25];
    for (std::size_t n = 24; n >= 1; --n) {
        temme_[n - 1] = f[n] + static_cast<double>(n + 1) * temme_[n + 1] / shape;
    }
}

TailMass GammaTails::outer(double x) const {
    const double half_square = log_excess(x, shape_);
    const double exponent = -shape_ * half_square;
    const double eta = std::sqrt(2.0 * half_square);
    const bool is_low = is_low_side(x);
    if (shape_ >= least_temme_shape && eta < largest_temme_eta) {
        double rest = 0.0;
        for (std::size_t n = temme_.size(); n-- > 0;)
            rest = rest * (is_low ? -eta : eta) + temme_[n];
        const double normal = normal_scale_ * normal_mills_ratio(std::sqrt(-2.0 * exponent));
        return {exponent, (is_low ? normal - rest : normal + rest) / shape_};
    }
    return {exponent, is_low ? series_below(x, shape_) / shape_ : fraction_above(x, shape_)};
}

bool GammaTails::is_low_side(double x) const {
    return x < shape_;
}

TailMass GammaTails::complement(const TailMass& mass) const {
    return {mass.exponent, 1.0 / (scale_ * canonical_exp(mass.exponent)) - mass.ratio};
}

double GammaTails::density(double x) const {
    return scale_ * canonical_exp(-shape_ * log_excess(x, shape_)) / x;
}

double GammaTails::cdf(double x) const {
    return is_low_side(x) ? probability(x) : 1.0 - probability(x);
}

double GammaTails::survival(double x) const {
    return is_low_side(x) ? 1.0 - probability(x) : probability(x);
}

double GammaTails::probability(double x) const {
    if (std::isnan(x)) return x;
    if (x <= 0.0 || x > std::numeric_limits<double>::max()) return 0.0;
    const TailMass mass = outer(x);
    return scale_ * canonical_exp(mass.exponent) * mass.ratio;
}

/// E. B. Wilson and M. M. Hilferty (1931): the cube root is nearly normal.
double GammaTails::wilson_hilferty(double z) const {
    const double variance = 1.0 / (9.0 * shape_);
    const double root = std::max(0.0, 1.0 - variance + z * std::sqrt(variance));
    return shape_ * root * root * root;
}

double GammaTails::point_with_mass_below(double mass) const {
    const double log_target = canonical_log(mass) - canonical_log(scale_);
    const double leading =  // of the series below; where the median is small, the better start
        shape_ * canonical_exp((log_target + canonical_log(shape_)) / shape_ - 1.0);
    const double start = std::max(wilson_hilferty(normal_quantile(mass)), leading);
    const auto below = [this](double x) {
        return is_low_side(x) ? outer(x) : complement(outer(x));
    };
    return point_of_mass(below, log_target, start, true);
}

double GammaTails::point_with_mass_above(double mass) const {
    const double log_target = canonical_log(mass) - canonical_log(scale_);
    const double start = std::max(wilson_hilferty(-normal_quantile(mass)), 0.1 * shape_);
    const auto above = [this](double x) {
        return is_low_side(x) ? complement(outer(x)) : outer(x);
    };
    return point_of_mass(above, log_target, start, false);
}

}  // namespace seawall
