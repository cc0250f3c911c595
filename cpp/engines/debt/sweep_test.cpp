#include "engines/debt/sweep.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stop_token>
#include <string>
#include <utility>

#include "engines/debt/sweep_fixture.hpp"
#include "engines/debt/sweep_variants.hpp"
#include "engines/debt/types.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(sweep_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

std::vector<InstructionSet> supported_sets() {
    std::vector<InstructionSet> sets;
    for (const auto set :
         {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (is_supported(set)) sets.push_back(set);
    }
    return sets;
}

std::int64_t total(const std::vector<std::int64_t>& values) {
    return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

SweepResult sweep_of(const std::vector<SweepLoan>& loans, const SweepDrivers& drivers) {
    return sweep(SweepBook(loans).columns(), drivers.view(), {});
}

/// The loss of one loan without income: it defaults in the second quarter.
std::int64_t loss_of(SweepLoan loan, const SweepDrivers& drivers = {2, 1}) {
    loan.income = 0.0;
    loan.scheduled_principal = 0.0;
    return total(sweep_of({loan}, drivers).loss_minor);
}

std::pair<ErrorCode, std::string> refusal(const std::vector<SweepLoan>& loans,
                                          const SweepDrivers& drivers = {2, 3}) {
    try {
        sweep_of(loans, drivers);
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "none"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_instruction_set_thread_count_and_chunk_gives_what_the_equations_say) {
    const std::vector<SweepLoan> loans = random_sweep_loans(700, 1);
    const SweepBook book(loans);
    for (const std::size_t scenario_count : {1U, 7U, 112U}) {
        const SweepDrivers drivers = random_sweep_drivers(8, scenario_count, 2);
        const SweepResult expected = sweep_literally(loans, drivers);
        BOOST_TEST(total(expected.default_count) > 0);
        for (const InstructionSet set : supported_sets()) {
            for (const std::size_t threads : {1U, 2U, 7U}) {
                for (const std::size_t chunk_size : {1U, 64U, 1024U}) {
                    const SweepResult found = sweep(book.columns(), drivers.view(),
                                                    {.threads = threads}, {set, chunk_size});
                    BOOST_TEST_CONTEXT(instruction_set_name(set) << ", " << threads << " threads, "
                                                                 << chunk_size << " a chunk") {
                        BOOST_TEST(same(found, expected));
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_book_whose_rates_are_never_negative_gives_what_the_equations_say) {
    std::vector<SweepLoan> loans = random_sweep_loans(300, 5);
    for (SweepLoan& loan : loans) loan.spread = std::abs(loan.spread) + 0.02;
    SweepDrivers drivers = random_sweep_drivers(8, 33, 6);
    for (double& index : drivers.index) index = std::max(index, -0.02);
    const auto found = [&](InstructionSet set) {
        return sweep(SweepBook(loans).columns(), drivers.view(), {.threads = 1}, {set, 1024});
    };
    for (const InstructionSet set : supported_sets()) {
        BOOST_TEST(same(found(set), sweep_literally(loans, drivers)));
    }
    drivers.index[5 * 33 + 32] = -0.2;  // of one class in one quarter of the last scenario
    for (const InstructionSet set : supported_sets()) {
        BOOST_TEST(same(found(set), sweep_literally(loans, drivers)));
    }
}

BOOST_AUTO_TEST_CASE(every_number_of_quarters_gives_what_the_equations_say) {
    const std::vector<SweepLoan> loans = random_sweep_loans(100, 3);
    for (std::size_t quarters = 1; quarters <= max_sweep_quarters; ++quarters) {
        const SweepDrivers drivers = random_sweep_drivers(quarters, 17, 4);
        const SweepResult expected = sweep_literally(loans, drivers);
        for (const InstructionSet set : supported_sets()) {
            BOOST_TEST(
                same(sweep(SweepBook(loans).columns(), drivers.view(), {.threads = 1}, {set, 1024}),
                     expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_loan_without_income_defaults_in_the_second_quarter_for_its_shortfall) {
    SweepLoan loan;  // 1000 owed, collateral 2000 · 0.8 · 0.25 · 0.9 = 360, less 60 ahead
    loan.income = 0.0;
    loan.prior_claims = 60.0;
    loan.unsecured_recovery = 0.4;
    SweepDrivers drivers(4, 1);
    drivers.collateral.assign(4, 0.25);
    drivers.currency.assign(4, 1.5);
    const SweepResult found = sweep_of({loan}, drivers);
    BOOST_TEST(found.default_count == (std::vector<std::int64_t>{0, 1, 0, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(found.loss_minor == (std::vector<std::int64_t>{0, 63'000, 0, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(found.breach_count == (std::vector<std::int64_t>{1, 1, 0, 0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_sound_loan_breaks_nothing_and_loses_nothing) {
    const SweepResult found = sweep_of({SweepLoan{}}, SweepDrivers(40, 5));
    BOOST_TEST(total(found.loss_minor) == 0);
    BOOST_TEST(total(found.breach_count) == 0);
    BOOST_TEST(total(found.default_count) == 0);
}

BOOST_AUTO_TEST_CASE(when_all_default_each_does_once) {
    std::vector<SweepLoan> loans(300);
    for (SweepLoan& loan : loans) loan.income = -5.0;
    const SweepResult found = sweep_of(loans, SweepDrivers(8, 20));
    BOOST_TEST(total(found.default_count) == 300 * 20);
    BOOST_TEST(found.default_count[20] == 300);
}

BOOST_AUTO_TEST_CASE(without_a_balance_there_is_neither_breach_nor_default) {
    SweepLoan loan;
    loan.balance = 0.0;
    loan.income = -100.0;
    loan.collateral_value = 0.0;
    loan.dscr_limit = 2.0;
    const SweepResult found = sweep_of({loan}, SweepDrivers(8, 3));
    BOOST_TEST(total(found.breach_count) == 0);
    BOOST_TEST(total(found.default_count) == 0);
}

BOOST_AUTO_TEST_CASE(a_shortfall_that_is_cured_in_between_is_no_default) {
    SweepDrivers drivers(6, 1);
    drivers.income = {0.0, 1.0, 0.0, 1.0, 0.0, 0.0};
    const SweepResult found = sweep_of({SweepLoan{}}, drivers);
    BOOST_TEST(found.default_count == (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_loan_that_pays_as_scheduled_is_repaid_to_the_last_bit) {
    SweepLoan loan;
    loan.balance = 1.0;
    loan.scheduled_principal = 0.1;
    loan.ltv_limit = 0.0;  // in breach as long as anything is owed
    const SweepResult found = sweep_of({loan}, SweepDrivers(12, 1));
    double left = 1.0;
    std::int64_t quarters = 0;
    for (; left > 0.0; ++quarters) left -= std::min(left, 0.1);
    BOOST_TEST(total(found.breach_count) == quarters);
}

BOOST_AUTO_TEST_CASE(a_floating_rate_is_not_below_nothing_and_a_fixed_one_knows_no_index) {
    SweepLoan floating;
    floating.scheduled_principal = 0.0;
    floating.index_class = 1;
    floating.spread = -0.02;
    floating.income = 0.0;
    SweepDrivers drivers(3, 1);
    drivers.index.assign(3, 0.02);  // a rate of 0: nothing is due
    BOOST_TEST(total(sweep_of({floating}, drivers).default_count) == 0);
    drivers.index.assign(3, -0.5);
    BOOST_TEST(total(sweep_of({floating}, drivers).default_count) == 0);
    drivers.index.assign(3, 0.021);
    BOOST_TEST(total(sweep_of({floating}, drivers).default_count) == 1);
    SweepLoan fixed = floating;
    fixed.index_class = 0;
    fixed.spread = 0.0;
    BOOST_TEST(total(sweep_of({fixed}, drivers).default_count) == 0);
}

BOOST_AUTO_TEST_CASE(without_limits_no_covenant_is_in_breach) {
    SweepLoan loan;
    loan.income = 0.0;
    loan.collateral_value = 0.0;
    loan.dscr_limit = 0.0;
    loan.ltv_limit = no_ltv_limit;
    BOOST_TEST(total(sweep_of({loan}, SweepDrivers(2, 1)).breach_count) == 0);
    loan.dscr_limit = 1e-6;
    BOOST_TEST(total(sweep_of({loan}, SweepDrivers(2, 1)).breach_count) == 2);
}

BOOST_AUTO_TEST_CASE(a_loss_between_two_minor_units_is_rounded_to_the_even_one) {
    SweepLoan loan;
    loan.collateral_value = 0.0;
    SweepDrivers drivers(2, 1);
    drivers.minor_units_per_unit = 1;
    const std::pair<double, std::int64_t> cases[] = {{0.5, 0},
                                                     {1.5, 2},
                                                     {2.5, 2},
                                                     {3.5, 4},
                                                     {0.25, 0},
                                                     {0.75, 1},
                                                     {0x1p50 + 0.5, 1LL << 50},
                                                     {0x1p50 + 1.5, (1LL << 50) + 2}};
    for (const auto& [balance, expected] : cases) {
        loan.balance = balance;
        BOOST_TEST(loss_of(loan, drivers) == expected);
    }
}

BOOST_AUTO_TEST_CASE(the_largest_losses_are_exact_and_larger_ones_are_refused) {
    SweepLoan loan;
    loan.collateral_value = 0.0;
    SweepDrivers drivers(2, 1);
    drivers.minor_units_per_unit = 1;
    loan.balance = 0x1p51 - 1.0;
    BOOST_TEST(loss_of(loan, drivers) == (1LL << 51) - 1);
    loan.balance = 0x1p51;
    BOOST_TEST((refusal({loan}, drivers) ==
                std::pair{ErrorCode::limit_exceeded, std::string("loans.balance[0]")}));
    loan.balance = 0x1p51 - 1.0;
    BOOST_TEST((refusal(std::vector(2047, loan), drivers).second == "none"));
    BOOST_TEST((refusal(std::vector(2048, loan), drivers) ==
                std::pair{ErrorCode::limit_exceeded, std::string("loans.balance")}));
}

BOOST_AUTO_TEST_CASE(no_instruments_and_no_scenarios_are_fine) {
    const SweepResult none = sweep_of({}, SweepDrivers(3, 5));
    BOOST_TEST(none.loss_minor == std::vector<std::int64_t>(15), boost::test_tools::per_element());
    BOOST_TEST(sweep_of({SweepLoan{}}, SweepDrivers(3, 0)).loss_minor.empty());
}

BOOST_AUTO_TEST_CASE(a_value_out_of_range_is_refused_with_its_place) {
    const auto place = [](double SweepLoan::* term, double value) {
        std::vector<SweepLoan> loans(3);
        loans[2].*term = value;
        const auto [code, where] = refusal(loans);
        BOOST_TEST((code == ErrorCode::invalid_input));
        return where;
    };
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -0.1}) {
        BOOST_TEST(place(&SweepLoan::balance, bad) == "loans.balance[2]");
        BOOST_TEST(place(&SweepLoan::scheduled_principal, bad) == "loans.scheduled_principal[2]");
        BOOST_TEST(place(&SweepLoan::collateral_value, bad) == "loans.collateral_value[2]");
        BOOST_TEST(place(&SweepLoan::haircut, bad) == "loans.haircut[2]");
        BOOST_TEST(place(&SweepLoan::sale_cost, bad) == "loans.sale_cost[2]");
        BOOST_TEST(place(&SweepLoan::prior_claims, bad) == "loans.prior_claims[2]");
        BOOST_TEST(place(&SweepLoan::unsecured_recovery, bad) == "loans.unsecured_recovery[2]");
        BOOST_TEST(place(&SweepLoan::dscr_limit, bad) == "loans.dscr_limit[2]");
        BOOST_TEST(place(&SweepLoan::spread, bad) == "loans.spread[2]");  // a fixed rate below 0
    }
    BOOST_TEST(place(&SweepLoan::income, std::nan("")) == "loans.income[2]");
    BOOST_TEST(place(&SweepLoan::ltv_limit, -0.1) == "loans.ltv_limit[2]");
    BOOST_TEST(place(&SweepLoan::ltv_limit, std::nan("")) == "loans.ltv_limit[2]");
}

BOOST_AUTO_TEST_CASE(a_class_that_does_not_exist_is_refused_with_its_place) {
    const auto place = [](std::int64_t SweepLoan::* term, std::int64_t code) {
        std::vector<SweepLoan> loans(2);
        loans[1].*term = code;
        return refusal(loans).second;
    };
    BOOST_TEST(place(&SweepLoan::index_class, 1) == "none");
    BOOST_TEST(place(&SweepLoan::index_class, 2) == "loans.index_class[1]");
    BOOST_TEST(place(&SweepLoan::income_class, 1) == "loans.income_class[1]");
    BOOST_TEST(place(&SweepLoan::collateral_class, -1) == "loans.collateral_class[1]");
    BOOST_TEST(place(&SweepLoan::currency_class, 1) == "loans.currency_class[1]");
}

BOOST_AUTO_TEST_CASE(a_driver_out_of_range_or_shape_is_refused_with_its_place) {
    SweepDrivers drivers(2, 3);
    drivers.income[4] = -0.01;
    BOOST_TEST(refusal({}, drivers).second == "scenarios.income[4]");
    drivers = SweepDrivers(2, 3);
    drivers.index[0] = 10.5;
    BOOST_TEST(refusal({}, drivers).second == "scenarios.index[0]");
    drivers = SweepDrivers(2, 3);
    drivers.currency[5] = std::nan("");
    BOOST_TEST(refusal({}, drivers).second == "scenarios.currency[5]");
    drivers = SweepDrivers(2, 3);
    drivers.collateral.pop_back();
    BOOST_TEST(refusal({}, drivers).second == "scenarios.collateral");
    drivers = SweepDrivers(2, 3);
    drivers.minor_units_per_unit = 0;
    BOOST_TEST(refusal({}, drivers).second == "scenarios.minor_units_per_unit");
    BOOST_TEST((refusal({}, SweepDrivers(41, 1)).first == ErrorCode::limit_exceeded));
    BOOST_TEST((refusal({}, SweepDrivers(0, 1)).first == ErrorCode::invalid_input));
    BOOST_TEST(
        (refusal({}, SweepDrivers(1, max_scenarios + 1)).first == ErrorCode::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(a_column_of_another_length_is_refused) {
    const SweepBook book(std::vector<SweepLoan>(3));
    SweepColumns columns = book.columns();
    columns.haircut = columns.haircut.first(2);
    BOOST_CHECK_EXCEPTION(sweep(columns, SweepDrivers(2, 1).view(), {}), Error,
                          [](const Error& error) { return error.where() == "loans.haircut"; });
    columns = book.columns();
    columns.income_class = columns.income_class.first(2);
    BOOST_CHECK_EXCEPTION(sweep(columns, SweepDrivers(2, 1).view(), {}), Error,
                          [](const Error& error) { return error.where() == "loans.income_class"; });
}

BOOST_AUTO_TEST_CASE(a_stop_request_ends_the_sweep_and_progress_counts_instruments) {
    const SweepBook book(std::vector<SweepLoan>(1000));
    const SweepDrivers drivers(2, 1);
    std::atomic<std::uint64_t> done{0};
    sweep(book.columns(), drivers.view(), {.control = {.stop = {}, .completed_units = &done}});
    BOOST_TEST(done.load() == 1000U);
    const std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        sweep(book.columns(), drivers.view(),
              {.control = {.stop = source.get_token(), .completed_units = nullptr}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
