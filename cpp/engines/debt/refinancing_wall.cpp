#include "engines/debt/refinancing_wall.hpp"

#include <algorithm>
#include <string>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

void check(const Maturities& maturities) {
    const std::size_t count = maturities.due_date.size();
    const auto require = [count](std::size_t size, const char* name) {
        if (size == count) return;
        throw Error(ErrorCode::invalid_input, name,
                    "must have " + std::to_string(count) + " values, not " + std::to_string(size));
    };
    require(maturities.due.size(), "due");
    require(maturities.gap.size(), "gap");
    require(maturities.binding.size(), "binding");
}

/// Quarters since the beginning of the year 0.
std::int64_t quarter_number(std::chrono::sys_days date) {
    const std::chrono::year_month_day day(date);
    return 4 * std::int64_t{static_cast<int>(day.year())} + (unsigned{day.month()} - 1) / 3;
}

/// Rows grouped by quarter, in each by rising index.
struct QuarterOrder {
    std::int64_t first = 0;            ///< number of the first quarter
    std::vector<std::size_t> offsets;  ///< (quarter_count + 1,) into rows
    std::vector<std::uint32_t> rows;   ///< (maturity_count,)
};

QuarterOrder order_by_quarter(std::span<const std::chrono::sys_days> due_date) {
    QuarterOrder order;
    const auto [earliest, latest] = std::ranges::minmax(due_date);
    order.first = quarter_number(earliest);
    const auto quarter_count = static_cast<std::size_t>(quarter_number(latest) - order.first) + 1;
    if (quarter_count > max_wall_quarters) {
        throw Error(ErrorCode::limit_exceeded, "due_date",
                    "must lie within " + std::to_string(max_wall_quarters / 4) + " years");
    }
    std::vector<std::uint32_t> quarter_of_row(due_date.size());
    order.offsets.resize(quarter_count + 1);
    for (std::size_t row = 0; row < due_date.size(); ++row) {
        const auto quarter =
            static_cast<std::uint32_t>(quarter_number(due_date[row]) - order.first);
        quarter_of_row[row] = quarter;
        ++order.offsets[quarter + 1];
    }
    for (std::size_t q = 0; q < quarter_count; ++q) order.offsets[q + 1] += order.offsets[q];
    std::vector<std::size_t> next(order.offsets.begin(), order.offsets.end() - 1);
    order.rows.resize(due_date.size());
    for (std::size_t row = 0; row < due_date.size(); ++row) {
        order.rows[next[quarter_of_row[row]]++] = static_cast<std::uint32_t>(row);
    }
    return order;
}

void add_amounts(const Maturities& maturities, std::span<const std::uint32_t> rows,
                 WallQuarter& quarter) {
    const auto sum = [rows](const auto& term) {
        return ordered_sum(rows.size(), [&](std::size_t i) { return term(rows[i]); });
    };
    const auto is_untested = [&](std::uint32_t row) {
        return maturities.binding[row] == RefinancingTest::none;
    };
    quarter.maturity_count = static_cast<std::int64_t>(rows.size());
    quarter.due = sum([&](std::uint32_t row) { return maturities.due[row]; });
    quarter.gap = sum([&](std::uint32_t row) { return maturities.gap[row]; });
    quarter.untested =
        sum([&](std::uint32_t row) { return is_untested(row) ? maturities.due[row] : 0.0; });
    quarter.refinanced = sum([&](std::uint32_t row) {
        return is_untested(row) ? 0.0 : maturities.due[row] - maturities.gap[row];
    });
    for (std::size_t test = 1; test < refinancing_test_count; ++test) {
        quarter.gap_by_test[test] = sum([&](std::uint32_t row) {
            return maturities.binding[row] == RefinancingTest{static_cast<std::uint8_t>(test)}
                       ? maturities.gap[row]
                       : 0.0;
        });
    }
}

}  // namespace

std::vector<WallQuarter> refinancing_wall(const Maturities& maturities) {
    check(maturities);
    if (maturities.due_date.empty()) return {};
    const QuarterOrder order = order_by_quarter(maturities.due_date);
    std::vector<WallQuarter> wall;
    for (std::size_t q = 0; q + 1 < order.offsets.size(); ++q) {
        const std::size_t begin = order.offsets[q];
        const std::size_t count = order.offsets[q + 1] - begin;
        if (count == 0) continue;
        const std::int64_t number = order.first + static_cast<std::int64_t>(q);
        const std::int64_t of_year = ((number % 4) + 4) % 4;
        WallQuarter quarter{.year = std::chrono::year(static_cast<int>((number - of_year) / 4)),
                            .quarter = static_cast<unsigned>(of_year) + 1};
        add_amounts(maturities, std::span(order.rows).subspan(begin, count), quarter);
        wall.push_back(quarter);
    }
    return wall;
}

}  // namespace seawall::debt
