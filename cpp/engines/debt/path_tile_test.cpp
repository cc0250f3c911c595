#include "engines/debt/path_tile.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/path_fixture.hpp"
#include "engines/debt/tile_state.hpp"

BOOST_AUTO_TEST_SUITE(path_tile_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

constexpr double close = 1e-10;  // percent

std::vector<Column> joined(std::vector<Column> columns, std::vector<Column> more) {
    for (Column& column : more) columns.push_back(std::move(column));
    return columns;
}

/// One loan of 1,000 at 6 % a year, interest monthly by months of 30 days.
std::vector<Column> one_loan(const char* kind, Day maturity, std::vector<Column> more = {}) {
    return joined({numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
                   texts("amortisation", {kind}), days("maturity_date", {maturity})},
                  std::move(more));
}

std::vector<Column> business(double income, double cash) {
    return {numbers("net_cash_flow", {income}), numbers("cash", {cash})};
}

PathTile tile_of(const PathSample& sample, const PathCase& path_case, const PathTerms& terms = {},
                 InstructionSet set = fastest_instruction_set(), std::size_t index = 0) {
    const PathBook& book = sample.paths;
    PathTile tile;
    TileState state;
    tile.instruction_set = set;
    run_tile(book, case_factors(path_case, book.horizon, book.segment_count), terms,
             book.tiles[index], state, tile);
    return tile;
}

PathTile base_tile(const PathSample& sample, const PathTerms& terms = {}) {
    return tile_of(sample, base_case(sample), terms);
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_bullet_pays_interest_and_at_last_all) {
    const PathSample sample(one_loan("bullet", on(2026, 6, 15)), 6);
    const PathTile tile = base_tile(sample);
    const PositionSteps& steps = tile.positions;
    for (std::size_t m = 1; m <= 5; ++m) {
        BOOST_CHECK_CLOSE_FRACTION(steps.interest_due[m - 1], 5.0, 1e-15);
        BOOST_CHECK_EQUAL(steps.principal_due[m - 1], 0.0);
        BOOST_CHECK_EQUAL(steps.maturity_due[m - 1], m == 5 ? 1000.0 : 0.0);
    }
    BOOST_CHECK_EQUAL(steps.maturity_paid[4], 1000.0);
    BOOST_CHECK_EQUAL(steps.balance[4], 0.0);
    BOOST_CHECK_EQUAL(steps.interest_due[5], 0.0);
}

BOOST_AUTO_TEST_CASE(an_annuity_by_days_repays_what_interest_leaves_of_its_instalment) {
    const PathSample sample(one_loan("annuity", on(2030, 1, 15),
                                     {numbers("scheduled_payment", {100.0}),
                                      texts("interest_accrual_method", {"actual/360"})}),
                            3);
    const PathTile tile = base_tile(sample);
    constexpr int days_of_step[] = {31, 28, 31};
    double balance = 1000.0;
    for (std::size_t m = 1; m <= 3; ++m) {
        const double interest = balance * 0.06 * days_of_step[m - 1] / 360.0;
        BOOST_CHECK_CLOSE(tile.positions.interest_due[m - 1], interest, close);
        BOOST_CHECK_CLOSE(tile.positions.principal_due[m - 1], 100.0 - interest, close);
        balance -= 100.0 - interest;
        BOOST_CHECK_CLOSE(tile.positions.balance[m - 1], balance, close);
    }
}

BOOST_AUTO_TEST_CASE(a_floating_annuity_is_level_anew_at_each_payment) {
    const PathSample sample(
        one_loan("annuity", on(2026, 5, 15), {texts("rate_type", {"floating"})}), 3);
    PathCase rising = base_case(sample);
    for (std::size_t m = 0; m < 3; ++m) rising.drivers[m].interest_rate_delta_pct = 6.0 * double(m);
    const PathTile tile = tile_of(sample, rising);
    // Two of four payments: level(1000, 0.005, 4), then level(rest, 0.01, 3).
    const double first = 1000.0 * 0.005 / (1.0 - 1.0 / (1.005 * 1.005 * 1.005 * 1.005)) - 5.0;
    BOOST_CHECK_CLOSE(tile.positions.principal_due[0], first, close);
    const double rest = 1000.0 - first;
    const double second = rest * 0.01 / (1.0 - 1.0 / (1.01 * 1.01 * 1.01)) - rest * 0.01;
    BOOST_CHECK_CLOSE(tile.positions.principal_due[1], second, close);
}

BOOST_AUTO_TEST_CASE(what_is_not_paid_is_in_arrears_and_defaults_after_three_months) {
    const PathSample sample(one_loan("linear", on(2026, 11, 15), business(0.0, 8.0)), 6);
    const PathTile tile = base_tile(sample);
    // Due are 5 of interest and 100 of principal a month; cash is 8, then nothing.
    BOOST_CHECK_EQUAL(tile.obligors.interest_paid[0], 5.0);
    BOOST_CHECK_CLOSE(tile.obligors.principal_paid[0], 3.0, close);
    BOOST_CHECK_CLOSE(tile.obligors.debt_service_shortfall[0], 97.0, close);
    BOOST_CHECK_CLOSE(tile.positions.principal_arrears[0], 97.0, close);
    BOOST_CHECK_CLOSE(tile.positions.balance[0], 997.0, close);
    BOOST_CHECK_CLOSE(tile.positions.interest_due[1], 997.0 * 0.005, close);
    BOOST_CHECK_CLOSE(tile.positions.interest_arrears[2], 2.0 * 997.0 * 0.005, close);
    BOOST_TEST(tile.default_step == std::vector<std::int32_t>{3});
    for (std::size_t m = 4; m <= 6; ++m) {
        BOOST_CHECK_EQUAL(tile.tested.interest_due[m - 1], 0.0);
        BOOST_CHECK_EQUAL(tile.positions.balance[m - 1], tile.positions.balance[2]);
        BOOST_CHECK_EQUAL(tile.steps[m - 1].obligors_in_default, 1.0);
    }
    BOOST_TEST(tile.obligor_sums.runway_months == std::vector<double>{0.0});
}

BOOST_AUTO_TEST_CASE(obligors_of_a_cross_default_group_default_with_the_first) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0, 500.0, 500.0}),
         numbers("interest_rate_pct", {6.0, 6.0, 6.0}), texts("obligor_id", {"a", "b", "c"}),
         texts("cross_default_group", {"x", "x", {}}),
         numbers("net_cash_flow", {0.0, 900.0, 900.0})},
        6);
    const PathTile tile = base_tile(sample);
    BOOST_TEST(tile.default_step == (std::vector<std::int32_t>{3, 3, 0}));
    BOOST_CHECK_EQUAL(tile.steps[2].debt_in_default, 1500.0);
}

BOOST_AUTO_TEST_CASE(a_maturity_is_paid_by_new_debt_then_by_cash) {
    PathTerms terms;
    terms.refinancing.max_ltv = 0.5;
    const auto matures = [&](double value, double cash) {
        const PathSample sample(joined(one_loan("bullet", on(2026, 2, 15), business(0.0, cash)),
                                       {numbers("collateral_value", {value})}),
                                2);
        return base_tile(sample, terms);
    };
    const PathTile refinanced = matures(2400.0, 5.0);
    BOOST_CHECK_EQUAL(refinanced.obligors.refinanced[0], 1000.0);
    BOOST_CHECK_EQUAL(refinanced.maturities[0].gap, 0.0);
    BOOST_TEST(refinanced.default_step[0] == 0);
    const PathTile cash = matures(1600.0, 305.0);  // new debt 800, and 300 left after interest
    BOOST_CHECK_EQUAL(cash.maturities[0].paid_in_cash, 200.0);
    BOOST_CHECK_EQUAL(cash.obligors.cash[0], 100.0);
    BOOST_CHECK_EQUAL(cash.positions.balance[0], 0.0);
    const PathTile gap = matures(1600.0, 55.0);              // and 50 left
    BOOST_CHECK_CLOSE(gap.maturities[0].gap, 200.0, close);  // without which nothing closes
    BOOST_CHECK_EQUAL(gap.positions.maturity_paid[0], 0.0);
    BOOST_CHECK_EQUAL(gap.obligors.cash[0], 50.0);
    BOOST_CHECK_CLOSE(gap.obligors.refinancing_shortfall[0], 200.0, close);
    BOOST_TEST(gap.default_step[0] == 1);
}

BOOST_AUTO_TEST_CASE(cash_above_that_of_the_first_day_is_distributed_or_retained) {
    const PathSample sample(one_loan("bullet", on(2030, 1, 15), business(372.0, 10.0)), 2);
    const PathTile distributed = base_tile(sample);
    BOOST_TEST(distributed.obligors.cash == (std::vector<double>{10.0, 10.0}));
    const PathTile retained = base_tile(sample, {.retains_surplus = true, .refinancing = {}});
    BOOST_CHECK_CLOSE(retained.obligors.cash[0], 10.0 + 31.0 - 5.0, close);
    BOOST_CHECK_CLOSE(retained.obligors.cash[1], 10.0 + 62.0 - 10.0, close);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_currency_is_in_what_obligors_owe_and_earn) {
    const PathSample sample(joined(one_loan("bullet", on(2030, 1, 15), business(372.0, 0.0)),
                                   {numbers("collateral_value", {2000.0})}),
                            2);
    PathCase halved = base_case(sample);
    halved.drivers[1].currency_factor = 0.5;
    const PathTile tile = tile_of(sample, halved);
    BOOST_CHECK_CLOSE(tile.tested.interest_due[1], 2.5, close);
    BOOST_CHECK_CLOSE(tile.positions.interest_due[1], 5.0, close);
    BOOST_CHECK_CLOSE(tile.tested.income[1], 31.0 / 2.0, close);
    BOOST_TEST(tile.tested.debt == (std::vector<double>{1000.0, 500.0}));
    BOOST_TEST(tile.records.collateral == (std::vector<double>{2000.0, 1000.0}));
}

BOOST_AUTO_TEST_CASE(receipts_come_late_and_payments_early) {
    const PathSample sample(
        joined(one_loan("bullet", on(2030, 1, 15)),
               {numbers("revenue", {744.0}), numbers("operating_expenses", {365.0})}),
        2);
    PathCase delayed = base_case(sample);
    delayed.collection_extension_days = 10;
    delayed.payment_period_change_days = -5;
    const PathTile tile = tile_of(sample, delayed);
    // 62 a month: of January all but ten days, then those ten and 18 of 28. Costs of a twelfth, and
    // five days more at first.
    BOOST_CHECK_CLOSE(tile.obligors.receipts[0], 42.0, close);
    BOOST_CHECK_CLOSE(tile.obligors.operating_payments[0], 365.0 / 12.0 + 5.0, close);
    BOOST_CHECK_CLOSE(tile.obligors.receipts[1], 20.0 + 62.0 * 18.0 / 28.0, close);
    BOOST_CHECK_CLOSE(tile.obligors.operating_payments[1], 365.0 / 12.0, close);
    BOOST_CHECK_CLOSE(tile.tested.income[0], (744.0 - 365.0) / 12.0, close);
}

BOOST_AUTO_TEST_CASE(an_instruction_set_does_not_change_a_single_bit) {
    const PathSample sample(random_loans(600, 3), 24);
    PathCase harder = base_case(sample);
    for (std::size_t i = 0; i < harder.drivers.size(); ++i) {
        harder.drivers[i].revenue_factor = 0.9;
        harder.drivers[i].interest_rate_delta_pct = 0.01 * static_cast<double>(i % 7);
        harder.drivers[i].currency_factor = 1.0 - 0.001 * static_cast<double>(i / 5);
    }
    for (std::size_t t = 0; t < sample.paths.tiles.size(); ++t) {
        const PathTile wanted = tile_of(sample, harder, {}, InstructionSet::baseline, t);
        for (const auto set : {InstructionSet::avx2, InstructionSet::avx512}) {
            if (!is_supported(set)) continue;
            const PathTile found = tile_of(sample, harder, {}, set, t);
            BOOST_TEST(same_bits(found.positions.balance, wanted.positions.balance));
            BOOST_TEST(same_bits(found.positions.interest_paid, wanted.positions.interest_paid));
            BOOST_TEST(same_bits(found.positions.prepaid, wanted.positions.prepaid));
            BOOST_TEST(same_bits(found.obligors.cash, wanted.obligors.cash));
            BOOST_TEST(same_bits(found.tested.income, wanted.tested.income));
            BOOST_TEST(
                same_bits(found.obligor_sums.runway_months, wanted.obligor_sums.runway_months));
            BOOST_TEST(found.default_step == wanted.default_step);
            for (std::size_t m = 0; m < wanted.steps.size(); ++m) {
                for (const auto& [name, figure] : step_figure_names) {
                    BOOST_TEST((found.steps[m].*figure == wanted.steps[m].*figure),
                               std::string(name));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(sums_without_steps_are_those_of_the_steps) {
    const PathSample sample(random_loans(300, 5), 12);
    const PathBook& book = sample.paths;
    const PathTile kept = base_tile(sample);
    PathTile summed;
    TileState state;
    summed.keeps_steps = false;
    run_tile(book, case_factors(base_case(sample), book.horizon, book.segment_count), {},
             book.tiles[0], state, summed);
    for (std::size_t i = 0; i < kept.range.positions.count(); ++i) {
        double paid = 0.0;
        for (std::size_t m = 1; m <= 12; ++m) {
            paid += kept.positions.interest_paid[kept.position_cell(m, i)];
        }
        BOOST_TEST(summed.position_sums.interest_paid[i] == paid);
        BOOST_TEST(summed.positions.balance[i] ==
                   kept.positions.balance[kept.position_cell(12, i)]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
