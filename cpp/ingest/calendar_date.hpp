#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "table/column.hpp"

namespace seawall::ingest {

/// Days since 1970-01-01 of a proleptic Gregorian date, or nothing when there is no such day.
/// Years 1 to 9999.
std::optional<Date> date_from_civil(int year, int month, int day);

/// YYYY-MM-DD.
std::string iso_date(Date date);

/// A date format of %Y %y %m %d %b %B %% and literal characters, checked once.
/// %m and %d take one or two digits, %b and %B English month names in any case.
/// "sas_days" is a count of days since 1960-01-01, as SAS stores a date.
class DateFormat {
  public:
    /// Nothing when the format has an unknown directive, or not exactly one year, month and day.
    static std::optional<DateFormat> compile(std::string_view format);

    bool has_two_digit_year() const { return two_digit_year_; }
    bool is_iso() const { return text_ == "%Y-%m-%d"; }
    bool is_day_number() const { return text_ == "sas_days"; }
    const std::string& text() const { return text_; }

    /// Years below the pivot are 20yy, the others 19yy. The whole text must match.
    std::optional<Date> parse(std::string_view text, int two_digit_year_pivot) const;

  private:
    std::string text_;
    bool two_digit_year_ = false;
};

}  // namespace seawall::ingest
