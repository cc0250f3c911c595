#include "engines/debt/analytic/lattice_distribution.hpp"

#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "errors/error.hpp"

namespace seawall::debt {

LatticeMoments lattice_moments(std::span<const double> probabilities) {
    LatticeMoments moments;
    for (std::size_t k = probabilities.size(); k-- > 0;) {
        moments.mean += static_cast<double>(k) * probabilities[k];
    }
    double variance = 0.0;
    for (std::size_t k = probabilities.size(); k-- > 0;) {
        const double distance = static_cast<double>(k) - moments.mean;
        variance += distance * distance * probabilities[k];
    }
    moments.standard_deviation = std::sqrt(variance);
    return moments;
}

LatticeTail lattice_tail(std::span<const double> probabilities, double confidence_level) {
    require_open_fraction(confidence_level, "confidence_level");
    LatticeTail tail;
    double cumulative = 0.0;
    const double reached = confidence_level * (1.0 - 1e-12);
    for (std::size_t k = 0;; ++k) {
        if (k == probabilities.size()) {
            throw Error(ErrorCode::invalid_input, "confidence_level",
                        "lies beyond the losses that are computed");
        }
        cumulative += probabilities[k];
        if (cumulative < reached) continue;
        tail.value_at_risk = k;
        break;
    }
    double excess = 0.0;  // of units, times their probability: no difference of like numbers
    for (std::size_t k = probabilities.size(); --k > tail.value_at_risk;) {
        tail.tail_probability += probabilities[k];
        excess += static_cast<double>(k - tail.value_at_risk) * probabilities[k];
    }
    tail.expected_shortfall =
        static_cast<double>(tail.value_at_risk) + excess / (1.0 - confidence_level);
    return tail;
}

}  // namespace seawall::debt
