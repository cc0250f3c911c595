#pragma once

namespace seawall::debt {

/// What a case does to a segment in a step.
struct StepDrivers {
    double revenue_factor = 1.0;               ///< >= 0
    double cost_factor = 1.0;                  ///< >= 0
    double interest_rate_change_factor = 1.0;  ///< >= 0, of the index of floating debt
    double interest_rate_delta_pct = 0.0;      ///< percentage points
    double collateral_factor = 1.0;            ///< >= 0
    double recovery_factor = 1.0;              ///< >= 0, of distressed assets
    double currency_factor = 1.0;              ///< >= 0, of what the segment's currency is worth

    friend bool operator==(const StepDrivers&, const StepDrivers&) = default;
};

}  // namespace seawall::debt
