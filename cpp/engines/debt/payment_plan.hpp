#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calendar/payment_days.hpp"
#include "engines/debt/loan_terms.hpp"
#include "engines/debt/path_case.hpp"

namespace seawall::debt {

/// Principal of a payment that a schedule states.
struct ScheduledPayment {
    std::uint32_t position = 0;
    std::uint8_t step = 0;
    double principal = 0.0;
};

/// What the calendar says of the positions in a horizon: the same in every case. Positions whose
/// payments fall on the same days by the same count of days are one class.
struct PaymentPlan {
    std::size_t class_count = 0;
    /// Cell (m, class) at (m − 1) * class_count + class.
    std::vector<double> year_fraction;      ///< of the accrual period that ends in the step
    std::vector<std::uint8_t> has_payment;  ///< 1 where a payment day is in the step
    std::vector<double> payment_years;      ///< year_fraction, below 0 without a payment day

    // All of shape (position_count,).
    std::vector<std::uint32_t> class_of_position;
    std::vector<std::uint8_t> maturity_step;      ///< 0: not in the horizon
    std::vector<std::uint8_t> amortisation_step;  ///< the first with principal; 0: none in it
    std::vector<std::int32_t> payments_left;      ///< from the first with principal on; 0: none
    std::vector<double> instalment;               ///< of fixed debt; NaN: by the balance of then
    std::vector<double> interval_years;           ///< of one payment; 1/12 where all is at maturity

    /// Of positions of custom amortisation: each of their payments, by rising position and step.
    std::vector<ScheduledPayment> scheduled;

    double years(std::size_t m, std::size_t position) const {
        return year_fraction[(m - 1) * class_count + class_of_position[position]];
    }
    bool pays(std::size_t m, std::size_t position) const {
        return has_payment[(m - 1) * class_count + class_of_position[position]] != 0;
    }
};

/// On which days a position pays, in and beyond every horizon; a maturity that is not stated is
/// that of the year 9999.
calendar::PaymentTerms payment_terms(const LoanTerms& terms, std::size_t position, Day as_of);

/// Throws what the calendar throws.
PaymentPlan make_payment_plan(const LoanTerms& terms, const Horizon& horizon);

}  // namespace seawall::debt
