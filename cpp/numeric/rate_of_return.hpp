#pragma once

#include <span>

namespace seawall {

/// A flow is positive where it is received. All amounts and times are finite.
struct DatedFlows {
    std::span<const double> years;  // since the day that is valued, not falling
    std::span<const double> amounts;
};

/// Each flow at the end of its period, the first one too: the value one period before the first
/// flow, as spreadsheets' NPV. rate > -1, of one period.
double net_present_value(double rate, std::span<const double> amounts);

/// Σ amount / (1 + rate)^years, as spreadsheets' XNPV where years are actual days / 365 since the
/// first flow. rate > -1, a year.
double net_present_value(double rate, const DatedFlows& flows);

enum class RateStatus {
    found,
    needs_outflow_and_inflow,  ///< all flows are of one sign: no rate balances them
    out_of_range,              ///< no root between the least and the largest rate
    too_many_sign_changes,     ///< of the flows in time: more than max_sign_changes
};

/// Flows that change their sign more often are refused: the search grows with the square of it.
inline constexpr int max_sign_changes = 16;

/// The range of rates: from just above -1 to about 1e304.
inline constexpr double least_log_growth = -36.0;
inline constexpr double largest_log_growth = 700.0;

struct RateOfReturn {
    RateStatus status = RateStatus::found;
    double rate = 0.0;  ///< of one period or a year; 0 where none is found
};

/// The rate at which the net present value is 0. Flows that change their sign once have exactly
/// one; where there are several, the least that is not negative, else the one nearest to 0. ln(1 +
/// rate) is found to 2^-50 of itself (2^-50 below 1); a root at which the value only touches 0 may
/// be missed.
RateOfReturn internal_rate_of_return(std::span<const double> amounts);

/// The same for flows at any times, a year: spreadsheets' XIRR.
RateOfReturn internal_rate_of_return(const DatedFlows& flows);

}  // namespace seawall
