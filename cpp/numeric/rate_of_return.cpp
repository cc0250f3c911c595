#include "numeric/rate_of_return.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "numeric/bracketed_root.hpp"
#include "numeric/power.hpp"

namespace seawall {
namespace {

/// Σ amount·e^(−years·x), x = ln(1 + rate): a sum of exponentials of distinct rising times, none of
/// its amounts 0.
class ValueOfGrowth {
  public:
    explicit ValueOfGrowth(const DatedFlows& flows) {
        for (std::size_t i = 0; i < flows.amounts.size(); ++i) {
            if (!years_.empty() && years_.back() == flows.years[i]) {
                amounts_.back() += flows.amounts[i];
            } else {
                years_.push_back(flows.years[i]);
                amounts_.push_back(flows.amounts[i]);
            }
        }
        drop_zeros();
    }

    /// Times e^(t·x), t the first time for x >= 0 and else the last, so that no term is above its
    /// amount. The factor moves no root and no sign.
    ValueAndSlope operator()(double x) const {
        const double reference = x >= 0.0 ? years_.front() : years_.back();
        ValueAndSlope sum;
        for (std::size_t i = 0; i < years_.size(); ++i) {
            const double lag = years_[i] - reference;
            const double term = amounts_[i] * exponential(-lag * x);
            sum.value += term;
            sum.slope -= lag * term;
        }
        return sum;
    }

    int sign_changes() const {
        int changes = 0;
        for (std::size_t i = 1; i < amounts_.size(); ++i) {
            if (changes_sign(i)) ++changes;
        }
        return changes;
    }

    /// The derivative of e^(s·x)·f, s between the times of the first change of sign, has one change
    /// less: it vanishes between any two roots of f.
    ValueOfGrowth flattened() const {
        std::size_t change = 1;
        while (!changes_sign(change)) ++change;
        const double pivot = 0.5 * (years_[change - 1] + years_[change]);
        ValueOfGrowth result = *this;
        for (std::size_t i = 0; i < years_.size(); ++i) result.amounts_[i] *= pivot - years_[i];
        result.drop_zeros();
        return result;
    }

  private:
    bool changes_sign(std::size_t i) const {
        return (amounts_[i - 1] < 0.0) != (amounts_[i] < 0.0);
    }

    void drop_zeros() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < amounts_.size(); ++i) {
            if (amounts_[i] == 0.0) continue;
            years_[kept] = years_[i];
            amounts_[kept++] = amounts_[i];
        }
        years_.resize(kept);
        amounts_.resize(kept);
    }

    std::vector<double> years_, amounts_;
};

/// All changes of sign of f in the range, rising: at most one lies between two neighbouring roots
/// of the flattened function. Recursion of at most max_sign_changes levels.
std::vector<double> roots_of(const ValueOfGrowth& f) {
    const int changes = f.sign_changes();
    if (changes == 0) return {};
    std::vector<double> ends{least_log_growth};
    if (changes > 1) {
        for (const double turn : roots_of(f.flattened())) ends.push_back(turn);
    }
    ends.push_back(largest_log_growth);
    std::vector<double> roots;
    for (std::size_t i = 1; i < ends.size(); ++i) {
        const auto root = bracketed_root(f, {.low = ends[i - 1], .high = ends[i], .start = 0.05});
        if (root && (roots.empty() || *root > roots.back())) roots.push_back(*root);
    }
    return roots;
}

}  // namespace

double net_present_value(double rate, std::span<const double> amounts) {
    double value = 0.0;
    for (std::size_t i = amounts.size(); i-- > 0;) value = (value + amounts[i]) / (1.0 + rate);
    return value;
}

double net_present_value(double rate, const DatedFlows& flows) {
    const PowersOf growth(1.0 + rate);
    double value = 0.0;
    for (std::size_t i = 0; i < flows.amounts.size(); ++i) {
        value += flows.amounts[i] * growth(-flows.years[i]);
    }
    return value;
}

RateOfReturn internal_rate_of_return(std::span<const double> amounts) {
    std::vector<double> periods(amounts.size());
    for (std::size_t i = 0; i < periods.size(); ++i) periods[i] = static_cast<double>(i);
    return internal_rate_of_return({.years = periods, .amounts = amounts});
}

RateOfReturn internal_rate_of_return(const DatedFlows& flows) {
    const ValueOfGrowth value(flows);
    const int changes = value.sign_changes();
    if (changes == 0) return {.status = RateStatus::needs_outflow_and_inflow};
    if (changes > max_sign_changes) return {.status = RateStatus::too_many_sign_changes};
    const std::vector<double> roots = roots_of(value);
    if (roots.empty()) return {.status = RateStatus::out_of_range};
    const auto not_negative = std::ranges::lower_bound(roots, 0.0);
    const double root = not_negative != roots.end() ? *not_negative : roots.back();
    return {.status = RateStatus::found, .rate = exponential(root) - 1.0};
}

}  // namespace seawall
