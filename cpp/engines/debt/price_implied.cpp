#include "engines/debt/price_implied.hpp"

#include <vector>

#include "engines/debt/contract_payments.hpp"
#include "numeric/power.hpp"

namespace seawall::debt {
namespace {

constexpr double days_a_year = 365.0;
constexpr double months_a_year = 12.0;

/// The middles of the years of a life.
std::vector<double> default_years(double life_years) {
    std::vector<double> years;
    for (int year = 0; year + 0.5 < life_years; ++year) years.push_back(year + 0.5);
    if (years.empty()) years.push_back(life_years / 2.0);
    return years;
}

}  // namespace

std::optional<ImpliedDefaultProbability> price_implied(const PathBook& book,
                                                       const ContractCalendar& contract,
                                                       const PricedPosition& priced,
                                                       const RecoveryTiming& timing,
                                                       double risk_free_rate_pct) {
    const Day as_of = book.horizon.as_of();
    const Day maturity = book.terms.maturity_day[priced.position];
    const ClaimRecovery& rate = priced.recovery_rate;
    const bool is_known = rate.collateral == rate.collateral && rate.dividends == rate.dividends;
    if (!is_known || !(priced.price > 0.0) || maturity == no_day || maturity <= as_of) return {};
    std::vector<double> years, flows, balances;
    visit_contract_payments(
        book, contract, priced.position, maturity, [&](const ContractPayment& payment) {
            years.push_back(static_cast<double>((payment.day - as_of).count()) / days_a_year);
            flows.push_back(payment.interest + payment.principal + payment.maturity);
            balances.push_back(payment.balance);
        });
    const PowersOf growth(1.0 + risk_free_rate_pct / 100.0);
    const double of_balance =
        rate.collateral * growth(-timing.months_to_sale / months_a_year) +
        rate.dividends * growth(-timing.months_to_distribution / months_a_year);
    const std::vector<double> defaults = default_years(years.back());
    std::vector<double> recoveries;
    std::size_t next = 0;
    for (const double day : defaults) {
        while (years[next] < day) ++next;
        recoveries.push_back(balances[next] * of_balance);
    }
    return implied_default_probability({.flow_years = years,
                                        .flows = flows,
                                        .default_years = defaults,
                                        .recoveries = recoveries,
                                        .risk_free_rate = risk_free_rate_pct / 100.0,
                                        .price = priced.price});
}

}  // namespace seawall::debt
