#include "engines/debt/contract_calendar.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <vector>

#include "calendar/day_count.hpp"
#include "calendar/payment_days.hpp"
#include "engines/debt/contract_payments.hpp"
#include "engines/debt/path_fixture.hpp"

BOOST_AUTO_TEST_SUITE(contract_calendar_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

BOOST_AUTO_TEST_CASE(payments_fall_on_the_days_of_each_positions_own_calendar) {
    const PathSample sample(random_loans(3000, 17), 12);
    const PathBook& book = sample.paths;
    const ContractCalendar contract(book);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < book.order.position_count(); ++i) {
        const Day as_of = book.horizon.as_of();
        const Day maturity = book.terms.maturity_day[i];
        if (maturity == no_day || maturity <= as_of) continue;
        std::vector<ContractPayment> payments;
        visit_contract_payments(book, contract, i, maturity, [&](const ContractPayment& payment) {
            payments.push_back(payment);
        });
        const auto periods = calendar::accrual_periods(payment_terms(book.terms, i, as_of),
                                                       {.after = as_of, .up_to = maturity});
        BOOST_REQUIRE_EQUAL(payments.size(), periods.size());
        for (std::size_t k = 0; k < periods.size(); ++k) {
            const auto& [start, end] = periods[k];
            const double years = calendar::year_fraction(book.terms.day_count[i], start, end);
            const double rate = book.terms.rate_pct[i] / 100.0;
            BOOST_REQUIRE(payments[k].day == end);
            BOOST_REQUIRE_EQUAL(payments[k].interest, payments[k].balance * rate * years);
        }
        compared += periods.size();
    }
    BOOST_TEST(compared > 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
