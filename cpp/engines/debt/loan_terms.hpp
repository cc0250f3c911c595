#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "calendar/day_count.hpp"
#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"
#include "table/column.hpp"

namespace seawall::debt {

enum class Amortisation : std::uint8_t { bullet, linear, annuity, custom };

using Day = std::chrono::sys_days;
/// Where the tape does not state a day.
inline constexpr Day no_day = Day::min();

/// Principal that a position of custom amortisation repays on a day.
struct ScheduledPrincipal {
    Day day = no_day;
    double amount = 0.0;  ///< >= 0
};

/// By which terms each position pays, all of shape (position_count,), in the order of the records.
/// What a list element does not state its record may. Amounts are in the book's currency.
struct LoanTerms {
    std::vector<double> balance;
    std::vector<double> rate_pct;  ///< the current one, a year
    std::vector<std::uint8_t> is_floating;
    std::vector<double> spread_pct;
    std::vector<double> floor_pct;
    std::vector<double> cap_pct;  ///< infinite where there is none
    std::vector<calendar::DayCount> day_count;

    std::vector<Amortisation> amortisation;
    std::vector<std::int32_t> amortization_term_months;  ///< 0 where it does not amortise
    std::vector<double> original_amount;                 ///< NaN where not stated
    std::vector<double> scheduled_payment;               ///< NaN where not stated
    std::vector<double> prepayment_rate;                 ///< fraction of the balance a year
    std::vector<double> default_rate;                    ///< fraction of the balance a year
    std::vector<double> arrears;                         ///< due and unpaid on the first day

    std::vector<std::int32_t> payment_interval_months;  ///< 0: at maturity only
    std::vector<Day> origination_day, first_payment_day, next_payment_day;
    std::vector<Day> interest_only_until_day, anticipated_repayment_day, maturity_day;

    /// Where each position's part of the schedule begins and ends.
    std::vector<std::uint32_t> schedule_begin, schedule_end;
    std::vector<ScheduledPrincipal> principal_schedule;  ///< of each position by rising day

    std::vector<std::uint8_t> lien_position;  ///< 0 is the first
    std::vector<std::uint8_t> seniority;      ///< 0 is super senior

    std::size_t position_count() const { return balance.size(); }
    /// What a position's schedule states for the days after one and up to another.
    double scheduled_principal(std::size_t position, Day after, Day up_to) const;
};

/// Positions of which something was assumed, since the tape does not say.
struct AssumedTerms {
    std::size_t day_count = 0;     ///< 30/360
    std::size_t amortisation = 0;  ///< none: all at maturity
    std::size_t spread = 0;        ///< of floating positions: 0
    std::size_t maturity = 0;      ///< beyond every horizon
};

struct ReadTerms {
    LoanTerms terms;
    AssumedTerms assumed;
};

/// The terms of a book's positions. Throws Error(invalid_input) with a place such as
/// "payment_interval_months[17]" (by record) on a term of no meaning.
ReadTerms read_loan_terms(const BookTables& tables, const Book& book);

}  // namespace seawall::debt
