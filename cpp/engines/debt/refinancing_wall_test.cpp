#include "engines/debt/refinancing_wall.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

BOOST_AUTO_TEST_SUITE(refinancing_wall_test)

using namespace seawall;
using namespace seawall::debt;
using std::chrono::sys_days;

namespace {

struct Columns {
    std::vector<sys_days> due_date;
    std::vector<double> due, gap;
    std::vector<RefinancingTest> binding;

    Maturities view() const {
        return {.due_date = due_date, .due = due, .gap = gap, .binding = binding};
    }
    void add(sys_days date, double amount, double missing, RefinancingTest test) {
        due_date.push_back(date);
        due.push_back(amount);
        gap.push_back(missing);
        binding.push_back(test);
    }
};

sys_days date(int year, unsigned month, unsigned day) {
    return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

Columns random_maturities(std::size_t count) {
    std::mt19937_64 random(count);
    std::uniform_int_distribution<int> day(-3000, 9000), test(0, 3);
    std::uniform_real_distribution<double> amount(0.0, 1e7), fraction(0.0, 1.0);
    Columns columns;
    for (std::size_t i = 0; i < count; ++i) {
        const auto binding = RefinancingTest{static_cast<std::uint8_t>(test(random))};
        const double due = amount(random);
        const double gap = binding == RefinancingTest::none ? 0.0 : due * fraction(random);
        columns.add(sys_days(std::chrono::days(day(random))), due, gap, binding);
    }
    return columns;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_quarter_ends_with_its_last_day) {
    Columns columns;
    columns.add(date(2027, 4, 1), 1.0, 0.0, RefinancingTest::ltv);
    columns.add(date(2027, 3, 31), 2.0, 0.5, RefinancingTest::dscr);
    columns.add(date(2026, 12, 31), 4.0, 0.0, RefinancingTest::none);
    columns.add(date(2027, 6, 30), 8.0, 3.0, RefinancingTest::ltv);
    const auto wall = refinancing_wall(columns.view());
    BOOST_REQUIRE_EQUAL(wall.size(), 3U);
    BOOST_TEST((wall[0].year == std::chrono::year(2026) && wall[0].quarter == 4U));
    BOOST_TEST((wall[1].year == std::chrono::year(2027) && wall[1].quarter == 1U));
    BOOST_TEST((wall[2].year == std::chrono::year(2027) && wall[2].quarter == 2U));
    BOOST_TEST(wall[0].untested == 4.0);
    BOOST_TEST(wall[0].refinanced == 0.0);
    BOOST_TEST(wall[1].gap_by_test[std::size_t(RefinancingTest::dscr)] == 0.5);
    BOOST_TEST(wall[2].maturity_count == 2);
    BOOST_TEST(wall[2].due == 9.0);
    BOOST_TEST(wall[2].refinanced == 6.0);
    BOOST_TEST(wall[2].gap_by_test[std::size_t(RefinancingTest::ltv)] == 3.0);
}

BOOST_AUTO_TEST_CASE(the_wall_adds_what_a_map_of_lists_adds_to_the_last_bit) {
    const Columns columns = random_maturities(20'000);
    std::map<std::pair<int, unsigned>, std::vector<double>> due, gap;
    for (std::size_t i = 0; i < columns.due.size(); ++i) {
        const std::chrono::year_month_day day(columns.due_date[i]);
        const std::pair key{static_cast<int>(day.year()), (unsigned{day.month()} + 2) / 3};
        due[key].push_back(columns.due[i]);
        gap[key].push_back(columns.gap[i]);
    }
    const auto wall = refinancing_wall(columns.view());
    BOOST_REQUIRE_EQUAL(wall.size(), due.size());
    std::size_t next = 0;
    for (const auto& [key, amounts] : due) {
        const WallQuarter& quarter = wall[next++];
        BOOST_REQUIRE((quarter.year == std::chrono::year(key.first)));
        BOOST_REQUIRE(quarter.quarter == key.second);
        BOOST_TEST(quarter.due == ordered_sum(amounts));
        BOOST_TEST(quarter.gap == ordered_sum(gap[key]));
    }
}

BOOST_AUTO_TEST_CASE(what_is_due_is_refinanced_or_a_gap_or_untested) {
    for (const WallQuarter& quarter : refinancing_wall(random_maturities(5'000).view())) {
        BOOST_CHECK_CLOSE(quarter.due, quarter.refinanced + quarter.gap + quarter.untested, 1e-10);
        double gap = 0.0;
        for (const double part : quarter.gap_by_test) gap += part;
        BOOST_CHECK_CLOSE(quarter.gap, gap, 1e-10);
        BOOST_TEST(quarter.gap_by_test[0] == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(nothing_due_is_no_wall) {
    BOOST_TEST(refinancing_wall({}).empty());
}

BOOST_AUTO_TEST_CASE(ragged_maturities_are_refused_at_their_column) {
    Columns columns = random_maturities(3);
    columns.gap.pop_back();
    BOOST_CHECK_EXCEPTION(refinancing_wall(columns.view()), Error, [](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == "gap";
    });
}

BOOST_AUTO_TEST_CASE(dates_more_than_a_thousand_years_apart_are_refused) {
    Columns columns;
    columns.add(date(1999, 1, 1), 1.0, 0.0, RefinancingTest::none);
    columns.add(date(2998, 12, 31), 1.0, 0.0, RefinancingTest::none);
    BOOST_TEST(refinancing_wall(columns.view()).size() == 2U);
    columns.add(date(2999, 1, 1), 1.0, 0.0, RefinancingTest::none);
    BOOST_CHECK_EXCEPTION(refinancing_wall(columns.view()), Error, [](const Error& error) {
        return error.code() == ErrorCode::limit_exceeded && error.where() == "due_date";
    });
}

BOOST_AUTO_TEST_SUITE_END()
