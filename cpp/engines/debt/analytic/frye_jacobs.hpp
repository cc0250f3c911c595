#pragma once

namespace seawall::debt {

/// A pool whose losses given default rise with its default rate.
struct FryeJacobsPool {
    double default_probability = 0.0;  ///< above 0, below 1
    double expected_loss = 0.0;        ///< above 0, below the default probability
    double asset_correlation = 0.0;    ///< from 0, below 1
};

struct StressedLoss {
    double default_rate = 0.0;
    double loss_given_default = 0.0;
    double loss_rate = 0.0;   ///< their product
    double risk_index = 0.0;  ///< k = (Φ⁻¹(PD) − Φ⁻¹(EL)) / √(1 − ρ)
};

/// At the default rate that is not passed with the probability `confidence_level`: LGD(DR) =
/// Φ(Φ⁻¹(DR) − k) / DR (J. Frye, M. Jacobs, "Credit Loss and Systematic Loss Given Default",
/// Journal of Credit Risk 8, 2012). Throws Error(invalid_input) on values out of range.
StressedLoss frye_jacobs_loss(const FryeJacobsPool& pool, double confidence_level);

}  // namespace seawall::debt
