#include "engines/debt/analytic/conditional_losses.hpp"

#include <algorithm>

namespace seawall::debt {
namespace {

/// What is smaller is no longer a normal number, slow to compute with, and no part of any figure.
constexpr double least_probability = 1e-290;

}  // namespace

void ConditionalLosses::clear() {
    probabilities_.assign(1, 1.0);
}

void ConditionalLosses::add(double default_probability, std::size_t loss_units) {
    if (loss_units == 0 || default_probability == 0.0) {
        probabilities_.resize(probabilities_.size() + loss_units, 0.0);
        return;
    }
    std::swap(before_, probabilities_);
    const std::size_t count = before_.size();
    before_.resize(count + loss_units, 0.0);
    probabilities_.resize(count + loss_units);
    const double survival = 1.0 - default_probability;
    const std::size_t untouched = std::min(loss_units, before_.size());
    for (std::size_t k = 0; k < untouched; ++k) probabilities_[k] = survival * before_[k];
    const double* defaulted = before_.data();
    for (std::size_t k = untouched; k < before_.size(); ++k) {
        const double p = survival * before_[k] + default_probability * defaulted[k - loss_units];
        probabilities_[k] = p < least_probability ? 0.0 : p;
    }
}

}  // namespace seawall::debt
