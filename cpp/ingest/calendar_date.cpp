#include "ingest/calendar_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "ingest/digit.hpp"

namespace seawall::ingest {
namespace {

constexpr std::array<std::string_view, 12> month_names{
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Takes between `fewest` and `most` digits from the front of the text.
std::optional<int> take_digits(std::string_view& text, std::size_t fewest, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < most && count < text.size() && is_digit(text[count])) {
        value = value * 10 + (text[count] - '0');
        ++count;
    }
    if (count < fewest) return std::nullopt;
    text.remove_prefix(count);
    return value;
}

std::optional<int> take_month_name(std::string_view& text, bool whole) {
    for (std::size_t month = 0; month < month_names.size(); ++month) {
        const std::string_view name = whole ? month_names[month] : month_names[month].substr(0, 3);
        if (text.size() >= name.size() &&
            std::equal(name.begin(), name.end(), text.begin(),
                       [](char expected, char given) { return expected == lower(given); })) {
            text.remove_prefix(name.size());
            return static_cast<int>(month) + 1;
        }
    }
    return std::nullopt;
}

struct Civil {
    int year = 0;
    int month = 0;
    int day = 0;
};

/// Reads one directive into the date; false when the text does not fit it.
bool take_directive(char directive, std::string_view& text, int pivot, Civil& civil) {
    const auto store = [](std::optional<int> value, int& target) {
        if (value) target = *value;
        return value.has_value();
    };
    switch (directive) {
        case 'Y':
            return store(take_digits(text, 4, 4), civil.year);
        case 'm':
            return store(take_digits(text, 1, 2), civil.month);
        case 'd':
            return store(take_digits(text, 1, 2), civil.day);
        case 'b':
            return store(take_month_name(text, false), civil.month);
        case 'B':
            return store(take_month_name(text, true), civil.month);
        case 'y': {
            const auto year = take_digits(text, 2, 2);
            if (year) civil.year = *year + (*year < pivot ? 2000 : 1900);
            return year.has_value();
        }
        default:
            return false;
    }
}

constexpr std::chrono::sys_days calendar_day(int year, unsigned month, unsigned day) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

constexpr std::int64_t sas_epoch = calendar_day(1960, 1, 1).time_since_epoch().count();
constexpr std::int64_t first_day = calendar_day(1, 1, 1).time_since_epoch().count() - sas_epoch;
constexpr std::int64_t last_day = calendar_day(9999, 12, 31).time_since_epoch().count() - sas_epoch;

/// A whole number of days; a tape that was once a column of doubles writes it as "15074.0".
std::optional<Date> date_from_sas_days(std::string_view text) {
    std::int64_t days = 0;
    const char* const first = text.data();
    const char* const last = first + text.size();
    const auto [end, error] = std::from_chars(first, last, days);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view rest(end, static_cast<std::size_t>(last - end));
    if (!rest.empty() && (rest.size() == 1 || rest.front() != '.' ||
                          rest.find_first_not_of('0', 1) != std::string_view::npos)) {
        return std::nullopt;
    }
    if (days < first_day || days > last_day) return std::nullopt;
    return Date{static_cast<std::int32_t>(days + sas_epoch)};
}

}  // namespace

std::optional<Date> date_from_civil(int year, int month, int day) {
    if (year < 1 || year > 9999 || month < 1 || day < 1) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return Date{static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

std::string iso_date(Date date) {
    const std::chrono::year_month_day civil{
        std::chrono::sys_days{std::chrono::days{date.days_since_epoch}}};
    const auto padded = [](unsigned value, std::size_t width) {
        const std::string digits = std::to_string(value);
        return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
    };
    return padded(static_cast<unsigned>(static_cast<int>(civil.year())), 4) + "-" +
           padded(static_cast<unsigned>(civil.month()), 2) + "-" +
           padded(static_cast<unsigned>(civil.day()), 2);
}

std::optional<DateFormat> DateFormat::compile(std::string_view format) {
    int years = 0;
    int months = 0;
    int days = 0;
    DateFormat result;
    result.text_ = format;
    if (result.is_day_number()) return result;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (++i == format.size()) return std::nullopt;
        switch (format[i]) {
            case 'y':
                result.two_digit_year_ = true;
                [[fallthrough]];
            case 'Y':
                ++years;
                break;
            case 'm':
            case 'b':
            case 'B':
                ++months;
                break;
            case 'd':
                ++days;
                break;
            case '%':
                break;
            default:
                return std::nullopt;
        }
    }
    if (years != 1 || months != 1 || days != 1) return std::nullopt;
    return result;
}

std::optional<Date> DateFormat::parse(std::string_view text, int two_digit_year_pivot) const {
    if (is_day_number()) return date_from_sas_days(text);
    Civil civil;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        const bool literal = text_[i] != '%' || text_[i + 1] == '%';
        if (text_[i] == '%') ++i;
        if (literal) {
            if (text.empty() || text.front() != text_[i]) return std::nullopt;
            text.remove_prefix(1);
        } else if (!take_directive(text_[i], text, two_digit_year_pivot, civil)) {
            return std::nullopt;
        }
    }
    if (!text.empty()) return std::nullopt;
    return date_from_civil(civil.year, civil.month, civil.day);
}

}  // namespace seawall::ingest
