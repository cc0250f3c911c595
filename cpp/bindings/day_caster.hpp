#pragma once

#include <pybind11/pybind11.h>

#include <chrono>

namespace pybind11::detail {

/// datetime.date, but no datetime: its time of the day would be lost.
template <>
struct type_caster<std::chrono::sys_days> {
    PYBIND11_TYPE_CASTER(std::chrono::sys_days, const_name("datetime.date"));

    bool load(handle source, bool /*convert*/) {
        const module_ datetime = module_::import("datetime");
        if (!isinstance(source, datetime.attr("date")) ||
            isinstance(source, datetime.attr("datetime"))) {
            return false;
        }
        value = first_day + std::chrono::days{source.attr("toordinal")().cast<int>() - 1};
        return true;
    }

    static handle cast(std::chrono::sys_days day, return_value_policy /*policy*/,
                       handle /*parent*/) {
        const auto ordinal = (day - first_day).count() + 1;
        return module_::import("datetime").attr("date").attr("fromordinal")(ordinal).release();
    }

  private:
    static constexpr std::chrono::sys_days first_day = std::chrono::year{1} / 1 / 1;
};

}  // namespace pybind11::detail
