#include "engines/debt/loan_terms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "calendar/month_steps.hpp"
#include "engines/debt/position_columns.hpp"
#include "engines/debt/waterfall_batch.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double not_stated = std::numeric_limits<double>::quiet_NaN();

/// Reads one term after the other; a failure names the term and the record.
class TermReader {
  public:
    TermReader(const BookTables& tables, const Book& book)
        : tables_(&tables),
          rows_(book),
          numbers_(&require_column(*tables.records, "record", ColumnType::int64).int64()) {}

    const PositionRows& rows() const { return rows_; }

    std::vector<double> amounts(std::string_view name, const Book& book, double absent) const {
        const PositionColumn column(*tables_, rows_, name, ColumnType::float64, Inherit::no);
        std::vector<double> values(rows_.count(), absent);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto stated = column.number(i);
            if (!stated) continue;
            require(*stated >= 0.0 && *stated <= largest_value, name, i, "must be from 0 to 1e100");
            const bool converted = !book.currency_rate.empty();
            values[i] = *stated * (converted ? book.currency_rate[rows_.record[i]] : 1.0);
        }
        return values;
    }

    /// Percentages, from `least` on.
    std::vector<double> rates(std::string_view name, double least, double absent,
                              Inherit inherit = Inherit::yes) const {
        const PositionColumn column(*tables_, rows_, name, ColumnType::float64, inherit);
        std::vector<double> values(rows_.count(), absent);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto stated = column.number(i);
            if (!stated) continue;
            require(*stated >= least && *stated <= 1000.0, name, i, "is no rate in percent");
            values[i] = *stated;
        }
        return values;
    }

    std::vector<double> fractions(std::string_view name) const {
        std::vector<double> values = rates(name, 0.0, 0.0);
        for (std::size_t i = 0; i < values.size(); ++i) {
            require(values[i] <= 100.0, name, i, "must be from 0 to 100 %");
            values[i] /= 100.0;
        }
        return values;
    }

    std::vector<Day> days(std::string_view name) const {
        const PositionColumn column(*tables_, rows_, name, ColumnType::date32);
        std::vector<Day> values(rows_.count(), no_day);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = column.day(i).value_or(no_day);
        return values;
    }

    std::vector<std::int32_t> counts(std::string_view name, std::int32_t absent) const {
        const PositionColumn column(*tables_, rows_, name, ColumnType::int64);
        std::vector<std::int32_t> values(rows_.count(), absent);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto stated = column.integer(i);
            if (!stated) continue;
            require(*stated >= 0 && *stated <= 1200, name, i, "must be from 0 to 1,200 months");
            values[i] = static_cast<std::int32_t>(*stated);
        }
        return values;
    }

    PositionColumn texts(std::string_view name) const {
        return {*tables_, rows_, name, ColumnType::text};
    }

    void require(bool holds, std::string_view name, std::size_t position,
                 const char* message) const {
        if (!holds) refuse(name, position, message);
    }

    [[noreturn]] void refuse(std::string_view name, std::size_t position,
                             const char* message) const {
        throw Error(
            ErrorCode::invalid_input,
            std::string(name) + "[" + std::to_string((*numbers_)[rows_.record[position]]) + "]",
            message);
    }

  private:
    const BookTables* tables_;
    PositionRows rows_;
    const std::vector<std::int64_t>* numbers_;
};

std::vector<double> balances(const TermReader& reader, const Book& book) {
    std::vector<double> values(reader.rows().count());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t instrument = reader.rows().instrument[i];
        values[i] = instrument < 0
                        ? book.total_outstanding[reader.rows().record[i]]
                        : book.instrument_principal[static_cast<std::size_t>(instrument)];
    }
    return values;
}

std::vector<double> current_rates(const TermReader& reader) {
    const std::vector<double> now =
        reader.rates("current_interest_rate_pct", -100.0, not_stated, Inherit::no);
    std::vector<double> values = reader.rates("interest_rate_pct", 0.0, 0.0, Inherit::no);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (now[i] == now[i]) values[i] = now[i];
    }
    return values;
}

std::vector<std::uint8_t> ranks(const TermReader& reader, std::string_view name,
                                std::span<const std::string_view> ranked, std::uint8_t absent) {
    const PositionColumn column = reader.texts(name);
    std::vector<std::uint8_t> values(reader.rows().count(), absent);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto stated = column.text(i);
        if (!stated) continue;
        const auto found = std::ranges::find(ranked, *stated);
        // "other" and "unknown" of a tape are no rank; the claim is taken as one that states none.
        if (found != ranked.end()) values[i] = static_cast<std::uint8_t>(found - ranked.begin());
    }
    return values;
}

void read_rate_terms(const TermReader& reader, LoanTerms& terms, AssumedTerms& assumed) {
    terms.rate_pct = current_rates(reader);
    terms.spread_pct = reader.rates("spread_pct", -100.0, not_stated);
    terms.floor_pct = reader.rates("floor_pct", -100.0, 0.0);
    terms.cap_pct = reader.rates("cap_pct", -100.0, std::numeric_limits<double>::infinity());
    const PositionColumn rate_type = reader.texts("rate_type");
    const PositionColumn method = reader.texts("interest_accrual_method");
    for (std::size_t i = 0; i < terms.position_count(); ++i) {
        terms.is_floating.push_back(rate_type.text(i) == "floating" ? 1 : 0);
        if (terms.spread_pct[i] != terms.spread_pct[i]) {
            assumed.spread += terms.is_floating[i];
            terms.spread_pct[i] = 0.0;
        }
        reader.require(terms.floor_pct[i] <= terms.cap_pct[i], "floor_pct", i, "is above the cap");
        const auto named = method.text(i);
        const auto day_count = named ? calendar::day_count_named(*named) : std::nullopt;
        assumed.day_count += day_count ? 0 : 1;
        terms.day_count.push_back(day_count.value_or(calendar::DayCount::thirty_360_us));
    }
}

void read_schedule(const BookTables& tables, const Book& book, const TermReader& reader,
                   LoanTerms& terms) {
    const std::vector<std::int64_t> offsets =
        list_offsets(*tables.records, tables.principal_schedule);
    const auto stated = [&](const char* name, ColumnType type) {
        return tables.principal_schedule == nullptr
                   ? nullptr
                   : find_column(*tables.principal_schedule, name, type);
    };
    const Column* due = stated("due_date", ColumnType::date32);
    const Column* principal = stated("principal", ColumnType::float64);
    for (std::size_t i = 0; i < reader.rows().count(); ++i) {
        const std::size_t record = reader.rows().record[i];
        const auto begin = static_cast<std::size_t>(offsets[record]);
        const auto end = static_cast<std::size_t>(offsets[record + 1]);
        reader.require(begin == end || reader.rows().instrument[i] < 0, "principal_schedule", i,
                       "is of a record with instruments: which of them it repays is not known");
        terms.schedule_begin.push_back(static_cast<std::uint32_t>(terms.principal_schedule.size()));
        for (std::size_t row = begin; row < end; ++row) {
            if (due == nullptr || !due->is_present(row) || principal == nullptr ||
                !principal->is_present(row)) {
                reader.refuse("principal_schedule", i, "needs due_date and principal");
            }
            const double amount = principal->float64()[row];
            reader.require(amount >= 0.0 && amount <= largest_value, "principal_schedule", i,
                           "must be from 0 to 1e100");
            const double rate = book.currency_rate.empty() ? 1.0 : book.currency_rate[record];
            const std::chrono::days since_epoch{due->dates()[row].days_since_epoch};
            terms.principal_schedule.push_back({Day{since_epoch}, amount * rate});
        }
        terms.schedule_end.push_back(static_cast<std::uint32_t>(terms.principal_schedule.size()));
        std::ranges::stable_sort(terms.principal_schedule.begin() + terms.schedule_begin.back(),
                                 terms.principal_schedule.end(), {}, &ScheduledPrincipal::day);
    }
}

Amortisation amortisation_of(std::string_view name) {
    if (name == "linear") return Amortisation::linear;
    if (name == "annuity") return Amortisation::annuity;
    if (name == "custom") return Amortisation::custom;
    return Amortisation::bullet;
}

void read_principal_terms(const TermReader& reader, const Book& book, LoanTerms& terms,
                          AssumedTerms& assumed) {
    constexpr std::int32_t absent = -1;
    terms.amortization_term_months = reader.counts("amortization_term_months", absent);
    terms.original_amount = reader.amounts("original_amount", book, not_stated);
    terms.scheduled_payment = reader.amounts("scheduled_payment", book, not_stated);
    terms.arrears = reader.amounts("arrears_amount", book, 0.0);
    terms.prepayment_rate = reader.fractions("prepayment_rate_pct");
    terms.default_rate = reader.fractions("default_rate_pct");
    const PositionColumn kind = reader.texts("amortisation");
    for (std::size_t i = 0; i < terms.position_count(); ++i) {
        std::int32_t& months = terms.amortization_term_months[i];
        const bool has_schedule = terms.schedule_begin[i] < terms.schedule_end[i];
        if (const auto named = kind.text(i)) {
            terms.amortisation.push_back(amortisation_of(*named));
            const bool is_custom = terms.amortisation.back() == Amortisation::custom;
            reader.require(is_custom || !has_schedule, "amortisation", i,
                           "must be custom, or absent, of a record with a principal_schedule");
            assumed.amortisation += is_custom && !has_schedule ? 1 : 0;
        } else if (has_schedule) {
            terms.amortisation.push_back(Amortisation::custom);
        } else {
            assumed.amortisation += months == absent ? 1 : 0;
            terms.amortisation.push_back(months > 0 ? Amortisation::annuity : Amortisation::bullet);
        }
        months = std::max(months, 0);
    }
}

void read_days(const TermReader& reader, LoanTerms& terms, AssumedTerms& assumed) {
    terms.payment_interval_months = reader.counts("payment_interval_months", 1);
    terms.origination_day = reader.days("origination_date");
    terms.first_payment_day = reader.days("first_payment_date");
    terms.next_payment_day = reader.days("next_payment_date");
    terms.interest_only_until_day = reader.days("interest_only_until");
    terms.anticipated_repayment_day = reader.days("anticipated_repayment_date");
    terms.maturity_day = reader.days("maturity_date");
    constexpr std::array<std::int32_t, 7> intervals{0, 1, 2, 3, 4, 6, 12};
    const std::vector<std::int32_t> term = reader.counts("original_term_months", 0);
    const std::vector<std::int32_t> interest_only = reader.counts("interest_only_term_months", 0);
    for (std::size_t i = 0; i < terms.position_count(); ++i) {
        const std::int32_t interval = terms.payment_interval_months[i];
        reader.require(std::ranges::find(intervals, interval) != intervals.end(),
                       "payment_interval_months", i, "must be 0, 1, 2, 3, 4, 6 or 12");
        Day& maturity = terms.maturity_day[i];
        if (maturity == no_day && term[i] > 0) {
            if (const Day first = terms.first_payment_day[i]; first != no_day) {
                maturity = calendar::add_months(first, term[i] - interval);
            } else if (const Day begun = terms.origination_day[i]; begun != no_day) {
                maturity = calendar::add_months(begun, term[i]);
            }
        }
        assumed.maturity += maturity == no_day ? 1 : 0;
        Day& until = terms.interest_only_until_day[i];
        if (until != no_day || interest_only[i] == 0) continue;
        // Its payments are one term's, the first of them on the first payment day.
        if (const Day first = terms.first_payment_day[i]; first != no_day) {
            until = calendar::add_months(first, interest_only[i] - std::max(interval, 1));
        } else if (const Day begun = terms.origination_day[i]; begun != no_day) {
            until = calendar::add_months(begun, interest_only[i]);
        } else {
            reader.refuse("interest_only_term_months", i,
                          "needs first_payment_date or origination_date, or state "
                          "interest_only_until");
        }
    }
}

}  // namespace

double LoanTerms::scheduled_principal(std::size_t position, Day after, Day up_to) const {
    double sum = 0.0;
    for (std::uint32_t k = schedule_begin[position]; k < schedule_end[position]; ++k) {
        const auto& [day, amount] = principal_schedule[k];
        if (day > after && day <= up_to) sum += amount;
    }
    return sum;
}

ReadTerms read_loan_terms(const BookTables& tables, const Book& book) {
    constexpr std::array<std::string_view, 3> liens{"first", "second", "third"};
    const TermReader reader(tables, book);
    ReadTerms read;
    read.terms.balance = balances(reader, book);
    read_rate_terms(reader, read.terms, read.assumed);
    read_schedule(tables, book, reader, read.terms);
    read_principal_terms(reader, book, read.terms, read.assumed);
    read_days(reader, read.terms, read.assumed);
    read.terms.lien_position = ranks(reader, "lien_position", liens, 0);
    read.terms.seniority = ranks(reader, "seniority", seniority_names, 1);
    return read;
}

}  // namespace seawall::debt
