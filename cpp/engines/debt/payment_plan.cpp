#include "engines/debt/payment_plan.hpp"

#include <algorithm>
#include <compare>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "calendar/month_steps.hpp"
#include "calendar/payment_days.hpp"
#include "engines/debt/level_payment.hpp"

namespace seawall::debt {
namespace {

using std::chrono::year_month_day;

/// Of a position that states no maturity.
constexpr Day far_maturity = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

int month_number(Day day) {
    const year_month_day date{day};
    return static_cast<int>(date.year()) * 12 + static_cast<int>(unsigned{date.month()}) - 1;
}

/// What decides a position's payment days in a horizon; days that do not are no_day, so that few
/// classes cover a book.
struct ClassKey {
    calendar::DayCount day_count;
    std::int32_t interval_months;
    std::int32_t month_of_interval;
    unsigned day_of_month;
    Day first_payment;  ///< where it is not long past
    Day accrual_start;  ///< likewise
    Day maturity;       ///< where it is in the horizon

    auto operator<=>(const ClassKey&) const = default;
};

/// Days that decide the first period; others are past, or of no account.
struct FirstPeriod {
    Day first_payment = no_day, accrual_start = no_day;
};

FirstPeriod first_period(const LoanTerms& terms, std::size_t i, Day as_of) {
    const std::int32_t interval = terms.payment_interval_months[i];
    const Day recent = calendar::add_months(as_of, -std::max(interval, 1) - 1);
    const Day maturity = terms.maturity_day[i];
    const Day origination = terms.origination_day[i];
    const Day next = terms.next_payment_day[i] > as_of ? terms.next_payment_day[i] : no_day;
    Day first = std::max(terms.first_payment_day[i], next);
    if (maturity != no_day && first >= maturity) first = no_day;  // all is paid at maturity
    const bool begins = origination != no_day && (maturity == no_day || origination < maturity) &&
                        (origination > recent || interval == 0);
    // Interest before the period of the first payment was settled when the loan was paid out.
    const Day settled = first > recent ? calendar::add_months(first, -interval) : no_day;
    return {.first_payment = first > recent ? first : no_day,
            .accrual_start = begins ? std::max(origination, settled) : no_day};
}

ClassKey key_of(const LoanTerms& terms, std::size_t i, const Horizon& horizon) {
    const std::int32_t interval = terms.payment_interval_months[i];
    const Day anchor = payment_terms(terms, i, horizon.as_of()).anchor;
    const Day maturity = terms.maturity_day[i];
    const FirstPeriod first = first_period(terms, i, horizon.as_of());
    return {.day_count = terms.day_count[i],
            .interval_months = interval,
            .month_of_interval = interval == 0 ? 0 : month_number(anchor) % interval,
            .day_of_month = unsigned{year_month_day{anchor}.day()},
            .first_payment = first.first_payment,
            .accrual_start = first.accrual_start,
            .maturity = maturity != no_day && maturity <= horizon.last() ? maturity : no_day};
}

struct ClassSteps {
    std::vector<double> year_fraction;
    std::vector<std::uint8_t> has_payment;
    std::vector<Day> day;  ///< of the payment, unmoved
    std::uint8_t maturity_step = 0;
};

/// The steps of a class, from any of its positions. One payment a step: where two days of a
/// month-end anchor fall in one, the second is the next step's, which then has none.
ClassSteps steps_of(const LoanTerms& terms, std::size_t i, const Horizon& horizon) {
    const std::size_t count = horizon.month_count();
    ClassSteps steps{.year_fraction = std::vector<double>(count),
                     .has_payment = std::vector<std::uint8_t>(count),
                     .day = std::vector<Day>(count, no_day)};
    const calendar::PaymentTerms days = payment_terms(terms, i, horizon.as_of());
    if (days.maturity <= horizon.as_of()) {
        steps.has_payment[0] = 1;  // matured and still there: due at once, and nothing accrues
        steps.day[0] = horizon.as_of();
        steps.maturity_step = 1;
        return steps;
    }
    std::size_t step = 0;
    for (const auto& [start, end] :
         calendar::accrual_periods(days, {.after = horizon.as_of(), .up_to = horizon.last()})) {
        while (step < count && horizon.ends[step + 1] < end) ++step;
        if (step >= count) break;
        steps.year_fraction[step] = calendar::year_fraction(terms.day_count[i], start, end);
        steps.has_payment[step] = 1;
        steps.day[step] = end;
        ++step;
        if (end == days.maturity) steps.maturity_step = static_cast<std::uint8_t>(step);
    }
    return steps;
}

/// How much of its principal a position repays, from which step on.
class AmortisationPlan {
  public:
    AmortisationPlan(const LoanTerms& terms, std::size_t i, Day as_of)
        : terms_(terms), i_(i), interval_(std::max(terms.payment_interval_months[i], 1)) {
        const calendar::PaymentTerms days = payment_terms(terms, i, as_of);
        const Day after = std::max(as_of, terms.interest_only_until_day[i]);
        if (after >= days.maturity) return;
        const Day next = calendar::add_months(after, interval_ + 1);
        for (const auto& [start, end] :
             calendar::accrual_periods(days, {.after = after, .up_to = next})) {
            first_ = end;
            break;
        }
        starts_now_ = terms.interest_only_until_day[i] <= as_of;
    }

    bool amortises() const {
        const Amortisation kind = terms_.amortisation[i_];
        return first_ != no_day && (kind == Amortisation::annuity || kind == Amortisation::linear);
    }
    Day first() const { return first_; }

    /// Payments of the amortisation from that day on.
    std::int32_t payments_left() const {
        const std::int32_t months = terms_.amortization_term_months[i_];
        if (months == 0) {
            const Day maturity = terms_.maturity_day[i_];
            if (maturity == no_day) return 0;
            return (month_number(maturity) - month_number(first_)) / interval_ + 1;
        }
        const Day began = began_on();
        const bool has_begun = began != no_day && began < first_;
        const std::int32_t paid =
            has_begun ? (month_number(first_) - month_number(began)) / interval_ : 0;
        return std::max(total_payments() - paid, 1);
    }
    std::int32_t total_payments() const {
        return std::max((terms_.amortization_term_months[i_] + interval_ - 1) / interval_, 1);
    }
    double rate_of_payment() const { return terms_.rate_pct[i_] / 100.0 * interval_ / 12.0; }

    /// NaN where it depends on the balance of its first step, or on the rate of each.
    double instalment() const {
        const double original = terms_.original_amount[i_];
        if (terms_.amortisation[i_] == Amortisation::linear) {
            return starts_now_ ? terms_.balance[i_] / payments_left() : not_known;
        }
        if (terms_.scheduled_payment[i_] > 0.0) return terms_.scheduled_payment[i_];
        if (terms_.is_floating[i_] != 0) return not_known;
        if (original > 0.0 && terms_.amortization_term_months[i_] > 0) {
            return level_payment(original, rate_of_payment(), total_payments());
        }
        return starts_now_ ? level_payment(terms_.balance[i_], rate_of_payment(), payments_left())
                           : not_known;
    }

  private:
    static constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

    Day began_on() const {
        if (terms_.interest_only_until_day[i_] != no_day) {
            return calendar::add_months(terms_.interest_only_until_day[i_], interval_);
        }
        if (terms_.first_payment_day[i_] != no_day) return terms_.first_payment_day[i_];
        if (terms_.origination_day[i_] == no_day) return no_day;
        return calendar::add_months(terms_.origination_day[i_], interval_);
    }

    const LoanTerms& terms_;
    std::size_t i_;
    std::int32_t interval_;
    Day first_ = no_day;
    bool starts_now_ = true;
};

/// Days of a schedule are repaid on the next payment day.
void add_scheduled(const LoanTerms& terms, std::size_t i, const ClassSteps& steps, Day as_of,
                   PaymentPlan& plan) {
    Day after = as_of;
    for (std::size_t m = 0; m < steps.day.size(); ++m) {
        if (steps.has_payment[m] == 0) continue;
        const bool is_interest_only = steps.day[m] <= terms.interest_only_until_day[i];
        plan.scheduled.push_back(
            {.position = static_cast<std::uint32_t>(i),
             .step = static_cast<std::uint8_t>(m + 1),
             .principal =
                 is_interest_only ? 0.0 : terms.scheduled_principal(i, after, steps.day[m])});
        after = steps.day[m];
    }
}

/// The step of a payment day, or 0 where it is beyond the horizon.
std::uint8_t first_step(const ClassSteps& steps, Day day) {
    for (std::size_t m = 0; m < steps.day.size(); ++m) {
        if (steps.has_payment[m] != 0 && steps.day[m] >= day) {
            return static_cast<std::uint8_t>(m + 1);
        }
    }
    return 0;
}

}  // namespace

calendar::PaymentTerms payment_terms(const LoanTerms& terms, std::size_t position, Day as_of) {
    const std::int32_t interval = terms.payment_interval_months[position];
    const Day maturity = terms.maturity_day[position];
    calendar::PaymentTerms days{.anchor = as_of,
                                .interval_months = interval,
                                .maturity = maturity == no_day ? far_maturity : maturity};
    for (const Day day :
         {maturity, terms.first_payment_day[position], terms.next_payment_day[position]}) {
        if (day != no_day) days.anchor = day;
    }
    const FirstPeriod first = first_period(terms, position, as_of);
    if (first.first_payment != no_day) days.first_payment = first.first_payment;
    if (first.accrual_start != no_day) {
        days.accrual_start = first.accrual_start;
    } else if (interval == 0) {
        days.accrual_start = std::min(as_of, days.maturity - std::chrono::days{1});
    }
    return days;
}

PaymentPlan make_payment_plan(const LoanTerms& terms, const Horizon& horizon) {
    PaymentPlan plan;
    std::map<ClassKey, std::uint32_t> index;
    std::vector<ClassSteps> classes;
    for (std::size_t i = 0; i < terms.position_count(); ++i) {
        const ClassKey key = key_of(terms, i, horizon);
        const auto [entry, added] = index.emplace(key, static_cast<std::uint32_t>(classes.size()));
        if (added) classes.push_back(steps_of(terms, i, horizon));
        const ClassSteps& steps = classes[entry->second];
        const AmortisationPlan amortisation(terms, i, horizon.as_of());
        const std::int32_t left = amortisation.amortises() ? amortisation.payments_left() : 0;
        plan.class_of_position.push_back(entry->second);
        plan.maturity_step.push_back(steps.maturity_step);
        const bool is_custom = terms.amortisation[i] == Amortisation::custom;
        if (is_custom) add_scheduled(terms, i, steps, horizon.as_of(), plan);
        plan.amortisation_step.push_back(left > 0 ? first_step(steps, amortisation.first())
                                                  : std::uint8_t{is_custom});
        plan.payments_left.push_back(left);
        plan.instalment.push_back(left > 0 ? amortisation.instalment() : 0.0);
        plan.interval_years.push_back(std::max(terms.payment_interval_months[i], 1) / 12.0);
    }
    plan.class_count = classes.size();
    for (std::size_t m = 0; m < horizon.month_count(); ++m) {
        for (const ClassSteps& steps : classes) {
            plan.year_fraction.push_back(steps.year_fraction[m]);
            plan.has_payment.push_back(steps.has_payment[m]);
            plan.payment_years.push_back(steps.has_payment[m] != 0 ? steps.year_fraction[m] : -1.0);
        }
    }
    return plan;
}

}  // namespace seawall::debt
