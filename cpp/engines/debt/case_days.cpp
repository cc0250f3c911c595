#include "engines/debt/case_days.hpp"

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr double days_a_year = 365.0;

}  // namespace

CaseDays::CaseDays(const CaseRerun& rerun)
    : horizon_(rerun.book.horizon), segment_count_(rerun.book.segment_count) {
    if (horizon_.last() < day_at(day_count)) {
        throw Error(ErrorCode::invalid_input, "months", "must cover 91 days");
    }
    std::size_t step = 1;
    for (std::size_t day = 0; day <= day_count; ++day) {
        while (horizon_.ends[step] < day_at(day)) ++step;
        step_of_day_.push_back(step);
    }
    const auto driver = [&](std::size_t m, std::size_t g) -> const StepDrivers& {
        return rerun.path_case.drivers[(m - 1) * segment_count_ + g];
    };
    // A month is a twelfth of a year, evenly over its days.
    const auto day_share = [&](std::size_t m) { return 12.0 * horizon_.day_count(m); };
    const auto delay = static_cast<std::size_t>(rerun.path_case.collection_extension_days);
    const int sooner = -rerun.path_case.payment_period_change_days;
    for (auto* flows : {&received_, &paid_, &lost_}) {
        flows->resize((day_count + 1) * segment_count_);
    }
    for (std::size_t day = 1; day <= day_count; ++day) {
        for (std::size_t g = 0; g < segment_count_; ++g) {
            const StepDrivers& d = driver(step_of_day_[day], g);
            const double part = d.currency_factor / day_share(step_of_day_[day]);
            if (day > delay) {
                const std::size_t earned = step_of_day_[day - delay];
                received_[at(day, g)] =
                    d.currency_factor * driver(earned, g).revenue_factor / day_share(earned);
            }
            // Suppliers paid sooner have the payables of so many days, at the costs of before.
            paid_[at(day, g)] = part * d.cost_factor;
            if (day == 1) paid_[at(day, g)] += d.currency_factor * sooner / days_a_year;
            lost_[at(day, g)] = part * std::max(2.0 - d.revenue_factor, 0.0);
        }
    }
}

}  // namespace seawall::debt
