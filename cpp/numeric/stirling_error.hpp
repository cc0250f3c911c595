#pragma once

namespace seawall {

/// ln Γ(a + 1) - (½ ln(2πa) + a ln a - a), what Stirling's formula leaves out, a >= ½: in error by
/// less than 1e-16. C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
double stirling_error(double a);

}  // namespace seawall
