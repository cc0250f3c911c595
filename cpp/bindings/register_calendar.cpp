#include <pybind11/stl.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/day_caster.hpp"
#include "bindings/module.hpp"
#include "calendar/business_day.hpp"
#include "calendar/day_count.hpp"
#include "calendar/month_steps.hpp"
#include "calendar/payment_days.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::calendar;
using std::chrono::sys_days;
using Days = std::vector<sys_days>;

/// What Python's dates can hold.
constexpr int last_year = 9999;

template <class Named>
auto named(const std::string& name, const char* place, const Named& find) {
    const auto found = find(name);
    if (!found) throw Error(ErrorCode::invalid_input, place, "\"" + name + "\" is not known");
    return *found;
}

double year_fraction_named(const std::string& day_count, sys_days start, sys_days end) {
    return year_fraction(named(day_count, "day_count", day_count_named), start, end);
}

sys_days add_months_within(sys_days anchor, int months, bool from_month_end) {
    const int year = static_cast<int>(std::chrono::year_month_day{anchor}.year());
    const int furthest = 12 * (last_year - 1);
    if (months < -furthest || months > furthest || year + months / 12 >= last_year ||
        year + months / 12 <= 1) {
        throw Error(ErrorCode::invalid_input, "months", "must stay within the years 2 to 9998");
    }
    return from_month_end ? add_months_from_month_end(anchor, months) : add_months(anchor, months);
}

Days adjusted(const Days& days, const std::string& convention, Days holidays) {
    const BusinessDayConvention moved =
        named(convention, "convention", business_day_convention_named);
    const HolidayCalendar calendar(std::move(holidays));
    Days result;
    result.reserve(days.size());
    for (const sys_days day : days) result.push_back(calendar.adjust(day, moved));
    return result;
}

std::vector<std::pair<sys_days, sys_days>> periods(sys_days anchor, int interval_months,
                                                   sys_days maturity, sys_days after,
                                                   sys_days up_to,
                                                   std::optional<sys_days> first_payment,
                                                   std::optional<sys_days> accrual_start) {
    std::vector<std::pair<sys_days, sys_days>> result;
    for (const AccrualPeriod& period : accrual_periods({.anchor = anchor,
                                                        .interval_months = interval_months,
                                                        .maturity = maturity,
                                                        .first_payment = first_payment,
                                                        .accrual_start = accrual_start},
                                                       {.after = after, .up_to = up_to})) {
        result.emplace_back(period.accrual_start, period.accrual_end);
    }
    return result;
}

}  // namespace

void register_calendar(py::module_& module) {
    const py::call_guard<py::gil_scoped_release> released;
    module.def("year_fraction", &year_fraction_named, py::arg("day_count"), py::arg("start"),
               py::arg("end"), released,
               "Years from start to end (not before it) by 30/360 (bond basis, without a rule for\n"
               "the end of February), 30e/360, actual/360, actual/365 (fixed) or actual/actual\n"
               "(ISDA).");
    module.def(
        "year_fraction_icma",
        [](sys_days period_start, sys_days period_end, int frequency, sys_days start,
           sys_days end) {
            return year_fraction_icma({period_start, period_end, frequency}, start, end);
        },
        py::arg("period_start"), py::arg("period_end"), py::arg("frequency"), py::arg("start"),
        py::arg("end"), released,
        "Years from start to end, actual/actual (ICMA), within a regular coupon period of a bond\n"
        "with `frequency` coupons a year.");
    module.def("add_months", &add_months_within, py::arg("anchor"), py::arg("months"),
               py::kw_only(), py::arg("from_month_end") = false, released,
               "The anchor's day of the month some months later, or the last day of a shorter\n"
               "month; from_month_end: from the last day of a month to last days of months.");
    module.def("adjust_days", &adjusted, py::arg("days"), py::arg("convention"),
               py::arg("holidays"), released,
               "Days moved to business days: unadjusted, following, modified_following or\n"
               "preceding; Saturdays, Sundays and the holidays (rising) are none.");
    module.def(
        "accrual_periods", &periods, py::arg("anchor"), py::arg("interval_months"),
        py::arg("maturity"), py::kw_only(), py::arg("after"), py::arg("up_to"),
        py::arg("first_payment") = py::none(), py::arg("accrual_start") = py::none(), released,
        "(accrual start, payment day) of the periods that end after `after`, up to `up_to`.\n"
        "Payment days are those of the grid through the anchor before the maturity, and the\n"
        "maturity; an interval of 0 leaves only that.");
}

}  // namespace seawall::bindings
