#include "engines/debt/implied_default_probability.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "errors/error.hpp"
#include "numeric/bracketed_root.hpp"
#include "numeric/power.hpp"

namespace seawall::debt {
namespace {

void check_times(std::span<const double> years, const char* name) {
    for (std::size_t i = 0; i < years.size(); ++i) {
        const bool is_later = years[i] > (i == 0 ? 0.0 : years[i - 1]);  // false for NaN
        if (!is_later || std::isinf(years[i])) {
            refuse_input(place_of(name, i), "must be above 0 and after the time before it");
        }
    }
}

void check_amounts(std::span<const double> amounts, std::size_t count, const char* name) {
    if (amounts.size() != count) refuse_input(name, "must be as many as their times");
    for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(amounts[i])) refuse_input(place_of(name, i), "must be finite");
    }
}

void check(const PricedClaim& claim) {
    check_times(claim.flow_years, "flow_years");
    check_amounts(claim.flows, claim.flow_years.size(), "flows");
    check_times(claim.default_years, "default_years");
    check_amounts(claim.recoveries, claim.default_years.size(), "recoveries");
    const double rate = claim.risk_free_rate;
    if (!(rate > -1.0) || std::isinf(rate)) refuse_input("risk_free_rate", "must be above -1");
    if (!(claim.price > 0.0) || std::isinf(claim.price)) refuse_input("price", "must be above 0");
}

/// The present value, at the risk-free rate, of what a default on each day would take away.
std::vector<double> losses_of_default(const PricedClaim& claim, const PowersOf& growth) {
    std::vector<double> losses(claim.default_years.size());
    std::size_t next = claim.flows.size();
    double flows_lost = 0.0;
    for (std::size_t j = losses.size(); j-- > 0;) {
        while (next > 0 && claim.flow_years[next - 1] >= claim.default_years[j]) {
            --next;
            flows_lost += claim.flows[next] * growth(-claim.flow_years[next]);
        }
        losses[j] = flows_lost - claim.recoveries[j] * growth(-claim.default_years[j]);
    }
    return losses;
}

/// The root of Σ h·(1 − h)^j·loss_j = discount: one where later defaults lose no more.
std::optional<double> hazard_of(std::span<const double> losses, double discount) {
    return bracketed_root(
        [&](double hazard) {
            ValueAndSlope sum{.value = -discount};
            double survival = 1.0;
            double survival_slope = 0.0;
            for (const double loss : losses) {
                sum.value += hazard * survival * loss;
                sum.slope += (survival + hazard * survival_slope) * loss;
                survival_slope = survival_slope * (1.0 - hazard) - survival;
                survival *= 1.0 - hazard;
            }
            return sum;
        },
        {.low = 0.0, .high = 1.0, .start = 0.02});
}

}  // namespace

ImpliedDefaultProbability implied_default_probability(const PricedClaim& claim) {
    check(claim);
    const PowersOf growth(1.0 + claim.risk_free_rate);
    ImpliedDefaultProbability result;
    for (std::size_t i = 0; i < claim.flows.size(); ++i) {
        result.risk_free_value += claim.flows[i] * growth(-claim.flow_years[i]);
    }
    const std::vector<double> losses = losses_of_default(claim, growth);
    const double discount = result.risk_free_value - claim.price;
    double loss_sum = 0.0;
    for (const double loss : losses) loss_sum += loss;
    const double yearly = discount / loss_sum;
    const bool is_probability =
        loss_sum > 0.0 && yearly >= 0.0 && yearly * static_cast<double>(losses.size()) <= 1.0;
    if (is_probability) result.yearly = yearly;
    if (discount >= 0.0) result.hazard = hazard_of(losses, discount);
    return result;
}

}  // namespace seawall::debt
