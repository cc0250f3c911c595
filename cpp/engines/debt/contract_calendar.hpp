#pragma once

#include <span>
#include <vector>

#include "engines/debt/path_book.hpp"

namespace seawall::debt {

/// A payment day after the first day of the horizon, and the accrual period that ends on it.
struct ContractDay {
    Day day;
    double years = 0.0;
};

/// The payment days of a book's classes until the last maturity of each: the positions of a class
/// share them, but for its maturity, which ends a period of its own.
class ContractCalendar {
  public:
    explicit ContractCalendar(const PathBook& book);

    /// Those of a position before its maturity.
    std::span<const ContractDay> before_maturity(std::size_t position) const;

  private:
    const PathBook& book_;
    std::vector<std::vector<ContractDay>> days_of_class_;
};

}  // namespace seawall::debt
