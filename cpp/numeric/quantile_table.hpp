#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

namespace seawall {

/// Coefficients of a power series in h, rising.
using QuantileSeries = std::array<double, 14>;

/// The series of a quantile x(mass + step · h) from x and dx/dh at h = 0. With f the density, x' is
/// ±step/f(x), so that x'' = ℓ(x) x'² with ℓ = -f'/f. `log_slope(x, n)` gives the coefficient of
/// h^n of ℓ from those of x up to n; it is called for n = 0, 1, ….
template <class LogSlope>
QuantileSeries quantile_series(double point, double slope, LogSlope log_slope) {
    QuantileSeries x{};
    QuantileSeries rise{};  // x'
    QuantileSeries square{};
    QuantileSeries falloff{};  // ℓ
    x[0] = point;
    rise[0] = slope;
    for (std::size_t n = 0; n + 1 < x.size(); ++n) {
        x[n + 1] = rise[n] / static_cast<double>(n + 1);
        falloff[n] = log_slope(x, n);
        for (std::size_t i = 0; i <= n; ++i) square[n] += rise[i] * rise[n - i];
        double sum = 0.0;
        for (std::size_t i = 0; i <= n; ++i) sum += square[i] * falloff[n - i];
        rise[n + 1] = sum / static_cast<double>(n + 1);
    }
    return x;
}

/// The quantile of one tail as a function of the tail's mass, by Taylor polynomials on eighths of
/// octaves. An argument's place in its interval is exact; what is left out is below 2^-56 of the
/// quantile.
class QuantileTable {
  public:
    static constexpr double least_mass = 0x1p-54;
    static constexpr double largest_mass = 0.5;

    /// `series(mass, step)` gives the quantile's series at a mass.
    explicit QuantileTable(const std::function<QuantileSeries(double mass, double step)>& series);

    /// least_mass <= mass <= largest_mass
    double operator()(double mass) const;

  private:
    std::vector<QuantileSeries> intervals_;
};

}  // namespace seawall
