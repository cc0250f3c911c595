#pragma once

#include <algorithm>

#include "engines/debt/tile_state.hpp"

namespace seawall::debt {

/// What an obligor has in a period, and what it pays with it.
class ObligorCash {
  public:
    ObligorCash(double amount, bool capacity_known)
        : amount_(amount), capacity_known_(capacity_known) {}

    double amount() const { return amount_; }

    /// Takes in and pays what the business brings and costs; gives what it lacks, which nobody
    /// funds.
    double operate(double receipts, double payments) {
        if (!capacity_known_) return 0.0;
        const double after = amount_ + (receipts - payments);
        amount_ = std::max(after, 0.0);
        return std::max(-after, 0.0);
    }

    /// Pays what cash there is, and gives which part of the sum that is.
    double spend(double due) {
        if (due <= 0.0) return 1.0;
        const double part = paid_part(amount_, due);
        amount_ = std::max(amount_ - due * part, 0.0);
        return part;
    }

    /// The same of debt service: an obligor of unknown capacity pays what is due.
    double serve(double due) { return capacity_known_ ? spend(due) : 1.0; }

  private:
    double amount_;
    bool capacity_known_;
};

struct DebtServiceDue {
    double interest_arrears = 0.0, interest = 0.0, principal_arrears = 0.0, principal = 0.0;
};

/// Of each class of debt service, which part is paid.
struct ServedParts {
    double interest_arrears = 1.0, interest = 1.0, principal_arrears = 1.0, principal = 1.0;
};

/// One class after the other.
inline ServedParts serve_debt(const DebtServiceDue& due, ObligorCash& cash) {
    ServedParts paid;
    paid.interest_arrears = cash.serve(due.interest_arrears);
    paid.interest = cash.serve(due.interest);
    paid.principal_arrears = cash.serve(due.principal_arrears);
    paid.principal = cash.serve(due.principal);
    return paid;
}

}  // namespace seawall::debt
