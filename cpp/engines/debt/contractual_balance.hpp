#pragma once

#include <cstddef>
#include <vector>

#include "engines/debt/loan_terms.hpp"
#include "engines/debt/path_book.hpp"
#include "numeric/buffer.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// When a loan is expected to be repaid: on its anticipated repayment date, where that is still to
/// come, else at its maturity; no_day where it states neither.
Day expected_repayment(const LoanTerms& terms, std::size_t position, Day as_of);

/// What of each position its scheduled payments leave to be repaid on that day, at the rates of the
/// first day and without prepayments, (position_count,) in the order of the path book; its balance
/// where it states no such day, or one that is past. Throws Error(cancelled).
Buffer<double> contractual_balances(const PathBook& book, const ParallelOptions& options);

}  // namespace seawall::debt
