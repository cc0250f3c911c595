#pragma once

#include <cstddef>
#include <vector>

namespace seawall::debt {

/// The distribution of a sum of independent losses in units, built by adding one after the other.
class ConditionalLosses {
  public:
    ConditionalLosses() : probabilities_{1.0} {}

    /// Back to no loss for sure, keeping the memory.
    void clear();

    void add(double default_probability, std::size_t loss_units);

    /// Of 0, 1, 2, … units up to all of them.
    const std::vector<double>& probabilities() const { return probabilities_; }

  private:
    std::vector<double> probabilities_;
    std::vector<double> before_;
};

}  // namespace seawall::debt
