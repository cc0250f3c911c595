#include "numeric/stirling_error.hpp"

namespace seawall {

double stirling_error(double a) {
    // δ(a) - δ(a + 1) = (a + ½) ln(1 + 1/a) - 1 = atanh(s)/s - 1 with s = 1/(2a + 1).
    double steps = 0.0;
    while (a < 16.0) {
        const double s = 1.0 / (2.0 * a + 1.0);
        const double square = s * s;
        double series = 0.0;  // the first term left out is below 2^-59
        for (int odd = 53; odd >= 3; odd -= 2) series = (series + 1.0 / odd) * square;
        steps += series;
        a += 1.0;
    }
    const double inverse = 1.0 / a;
    const double square = inverse * inverse;  // Stirling's series, Abramowitz and Stegun 6.1.40
    const double series =
        1.0 / 12.0 +
        square * (-1.0 / 360.0 +
                  square * (1.0 / 1260.0 +
                            square * (-1.0 / 1680.0 +
                                      square * (1.0 / 1188.0 + square * (-691.0 / 360360.0)))));
    return steps + inverse * series;
}

}  // namespace seawall
