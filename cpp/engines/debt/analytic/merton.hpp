#pragma once

#include <optional>

namespace seawall::debt {

/// A firm whose equity is a call on its assets (R. C. Merton, "On the Pricing of Corporate Debt",
/// Journal of Finance 29, 1974).
struct MertonFirm {
    double asset_value = 0.0;       ///< > 0
    double asset_volatility = 0.0;  ///< a year, > 0
    double debt = 0.0;              ///< due at the horizon, > 0
    double risk_free_rate = 0.0;    ///< a year, compounded continuously
    double years = 1.0;             ///< to the horizon, > 0
};

struct MertonFigures {
    double default_probability = 0.0;  ///< risk-neutral, Φ(−d₂)
    double distance_to_default = 0.0;  ///< d₂
    double equity_value = 0.0;
    double debt_value = 0.0;
    double expected_loss = 0.0;  ///< as a fraction of the debt's risk-free value
    /// 1 − expected loss / default probability; nothing where that is 0.
    std::optional<double> recovery = std::nullopt;
    double yield_spread = 0.0;  ///< a year, compounded continuously
};

/// Throws Error(invalid_input) on values out of range.
MertonFigures merton_figures(const MertonFirm& firm);

/// What a market tells of a firm.
struct MertonEquity {
    double equity_value = 0.0;       ///< > 0
    double equity_volatility = 0.0;  ///< a year, > 0
    double debt = 0.0;
    double risk_free_rate = 0.0;
    double years = 1.0;
};

/// The firm whose equity has this value and this volatility: E = V·Φ(d₁) − D·e^(−rT)·Φ(d₂) and
/// σ_E·E = Φ(d₁)·σ_V·V (J. C. Hull, "Options, Futures, and Other Derivatives", chapter "Credit
/// Risk"). Throws Error(invalid_input) on values out of range, and where no firm has them.
MertonFirm merton_firm(const MertonEquity& equity);

}  // namespace seawall::debt
