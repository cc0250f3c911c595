#include "engines/debt/amendment.hpp"

#include <cmath>
#include <set>
#include <utility>

#include "calendar/month_steps.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::int32_t max_extension_months = 1200;

/// One amendment, and where it stands among others.
struct Place {
    std::size_t index;

    void require(bool holds, const char* field, const char* message) const {
        if (holds) return;
        throw Error(ErrorCode::invalid_input, "amendments[" + std::to_string(index) + "]." + field,
                    message);
    }
};

void extend(const Amendment& amendment, Place place, Day as_of, LoanTerms& terms) {
    const std::int32_t months = amendment.extension_months;
    place.require(months >= 0 && months <= max_extension_months, "extension_months",
                  "must be from 0 to 1,200");
    if (months == 0) return;
    Day& maturity = terms.maturity_day[amendment.position];
    place.require(maturity != no_day, "extension_months",
                  "needs a position that states a maturity");
    maturity = calendar::add_months(maturity, months);
    Day& anticipated = terms.anticipated_repayment_day[amendment.position];
    if (anticipated > as_of) anticipated = calendar::add_months(anticipated, months);
}

void change_rate(const Amendment& amendment, Place place, LoanTerms& terms) {
    const std::size_t i = amendment.position;
    const bool is_floating = terms.is_floating[i] != 0;
    place.require(std::isfinite(amendment.rate_change_pct), "rate_change_pct", "must be finite");
    place.require(std::isfinite(amendment.spread_change_pct), "spread_change_pct",
                  "must be finite");
    place.require(!is_floating || amendment.rate_change_pct == 0.0, "rate_change_pct",
                  "the position floats: change its spread");
    place.require(is_floating || amendment.spread_change_pct == 0.0, "spread_change_pct",
                  "the position does not float: change its rate");
    const double change = amendment.rate_change_pct + amendment.spread_change_pct;
    if (change == 0.0) return;
    terms.rate_pct[i] += change;
    const bool is_rate = terms.rate_pct[i] >= -100.0 && terms.rate_pct[i] <= 1000.0;
    place.require(is_rate, is_floating ? "spread_change_pct" : "rate_change_pct",
                  "leaves no rate from -100 to 1000 percent");
    if (is_floating) {
        terms.spread_pct[i] += change;  // the index stays
    } else if (terms.amortisation[i] == Amortisation::annuity) {
        terms.scheduled_payment[i] = std::numeric_limits<double>::quiet_NaN();
    }
}

void equitise(const Amendment& amendment, Place place, LoanTerms& terms) {
    const double fraction = amendment.equitised_fraction;
    place.require(fraction >= 0.0 && fraction <= 1.0, "equitised_fraction", "must be from 0 to 1");
    for (auto* amounts :
         {&terms.balance, &terms.original_amount, &terms.scheduled_payment, &terms.arrears}) {
        (*amounts)[amendment.position] *= 1.0 - fraction;
    }
    for (std::uint32_t k = terms.schedule_begin[amendment.position];
         k < terms.schedule_end[amendment.position]; ++k) {
        terms.principal_schedule[k].amount *= 1.0 - fraction;
    }
}

}  // namespace

void amend(std::span<const Amendment> amendments, Day as_of, LoanTerms& terms) {
    std::set<std::size_t> amended;
    for (std::size_t k = 0; k < amendments.size(); ++k) {
        const Amendment& amendment = amendments[k];
        const Place place{k};
        place.require(amendment.position < terms.position_count(), "position",
                      "is no position of the book");
        place.require(amended.insert(amendment.position).second, "position",
                      "is amended twice: say all of it at once");
        extend(amendment, place, as_of, terms);
        change_rate(amendment, place, terms);
        equitise(amendment, place, terms);
    }
}

void amend_limits(std::span<const Amendment> amendments,
                  std::span<const std::size_t> record_of_position, Covenant covenant,
                  std::vector<double>& limits) {
    std::set<std::size_t> amended;
    for (std::size_t k = 0; k < amendments.size(); ++k) {
        const double limit = amendments[k].limits[static_cast<std::size_t>(covenant)];
        if (std::isnan(limit)) continue;
        const Place place{k};
        place.require(limit > 0.0 && std::isfinite(limit), "limits", "must be above 0");
        const std::size_t record = record_of_position[amendments[k].position];
        place.require(amended.insert(record).second, "limits",
                      "another amendment sets the same limit of the record");
        limits[record] = limit;
    }
}

}  // namespace seawall::debt
