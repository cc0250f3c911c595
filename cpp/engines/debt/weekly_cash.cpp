#include "engines/debt/weekly_cash.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "calendar/payment_days.hpp"
#include "engines/debt/obligor_cash.hpp"
#include "engines/debt/path_naming.hpp"
#include "errors/error.hpp"
#include "numeric/buffer.hpp"

namespace seawall::debt {
namespace {

using std::chrono::days;

constexpr std::size_t day_count = CaseDays::day_count;

/// The weeks of a tile's obligors.
class TileWeeks {
  public:
    TileWeeks(const CaseDays& case_days, const PaymentCalendar& moves, const TileInputs& inputs,
              const PathTile& tile)
        : days_(case_days),
          moves_(moves),
          inputs_(inputs),
          tile_(tile),
          weeks_(tile.range.obligors.count() * week_count),
          owing_(tile.range.obligors.count()),
          cash_(tile.range.obligors.count()) {
        const TileRange& range = tile.range;
        for (std::size_t row = range.records.begin; row < range.records.end; ++row) operate(row);
        for (std::size_t row = range.positions.begin; row < range.positions.end; ++row) {
            fall_due(row);
        }
        for (std::size_t o = 0; o < range.obligors.count(); ++o) settle(o);
    }

    const WeekFigures& week(std::size_t o, std::size_t w) const {
        return weeks_[o * week_count + w];
    }

  private:
    /// Unpaid of earlier weeks.
    struct Owing {
        double interest = 0.0, principal = 0.0, maturity = 0.0;
    };

    WeekFigures& week(std::size_t o, std::size_t w) { return weeks_[o * week_count + w]; }

    /// Whether an obligor has defaulted before a day.
    bool is_past(std::size_t o, std::size_t day) const {
        const auto step = static_cast<std::size_t>(tile_.default_step[o]);
        return step != 0 && days_.step_of(day) > step;
    }

    void operate(std::size_t row) {
        const PathBook& book = inputs_.book;
        const std::size_t o = book.order.obligor_of_record[row] - tile_.range.obligors.begin;
        const std::size_t segment = book.segment_of_record[row];
        cash_[o] += book.cash[row] * inputs_.factors.liquidity_factor;
        for (std::size_t day = 1; day <= day_count && !is_past(o, day); ++day) {
            WeekFigures& figures = week(o, CaseDays::week_of(day));
            figures.receipts += book.revenue[row] * days_.received(day, segment);
            figures.operating_payments += book.costs[row] * days_.paid(day, segment) +
                                          book.losses[row] * days_.lost(day, segment);
        }
    }

    /// On which of the days a payment is made; beyond them is day_count + 1.
    std::size_t moved(Day day) const {
        const Day paid_on = moves_.holidays.adjust(day, moves_.convention);
        const auto since = (paid_on - inputs_.book.horizon.as_of()).count();
        constexpr std::int64_t beyond = day_count + 1;
        return static_cast<std::size_t>(std::clamp<std::int64_t>(since, 1, beyond));
    }

    /// How the month of a maturity repays it; what is no part of either is missing.
    struct Repaid {
        double refinanced = 0.0, in_cash = 0.0, missing = 0.0;
    };

    Repaid repaid_parts(std::uint32_t record, std::size_t m) const {
        for (const Maturity& maturity : tile_.maturities) {
            if (maturity.record != record || maturity.step != m) continue;
            return {.refinanced = maturity.refinanced / maturity.due,
                    .in_cash = maturity.paid_in_cash / maturity.due,
                    .missing = maturity.gap / maturity.due};
        }
        return {};
    }

    void fall_due(std::size_t row) {
        const PathBook& book = inputs_.book;
        const std::size_t i = row - tile_.range.positions.begin;
        const std::size_t o = book.obligor_of_position[row] - tile_.range.obligors.begin;
        const auto worth = [&](std::size_t m) {
            return inputs_.drivers(m, book.segment_of_position[row]).currency_factor;
        };
        owing_[o].interest += worth(1) * book.terms.arrears[row];
        // A day beyond the weeks may move into them, but not from another month than the next.
        const std::size_t last = std::min(days_.step_of(day_count) + 1, book.horizon.month_count());
        const Day as_of = book.horizon.as_of();
        const auto periods =
            calendar::accrual_periods(payment_terms(book.terms, row, as_of),
                                      {.after = as_of, .up_to = book.horizon.ends[last]});
        std::size_t next = 0;
        for (std::size_t m = 1; m <= last; ++m) {
            if (!book.plan.pays(m, row)) continue;
            // What has matured before the first day has no period, and is due at once.
            const std::size_t day =
                next < periods.size() ? moved(periods[next].accrual_end) : moved(as_of);
            ++next;
            if (day > day_count) continue;
            const std::size_t cell = tile_.position_cell(m, i);
            const double maturity = worth(m) * tile_.positions.maturity_due[cell];
            WeekFigures& figures = week(o, CaseDays::week_of(day));
            figures.interest_due += worth(m) * tile_.positions.interest_due[cell];
            figures.principal_due += worth(m) * tile_.positions.principal_due[cell];
            figures.maturity_due += maturity;
            if (maturity <= 0.0) continue;
            const Repaid repaid = repaid_parts(book.order.record_of_position[row], m);
            figures.refinanced += maturity * repaid.refinanced;
            figures.maturity_paid_in_cash += maturity * repaid.in_cash;  // until it is settled
            figures.refinancing_shortfall += maturity * repaid.missing;
        }
    }

    void settle(std::size_t o) {
        const double first_cash = cash_[o];
        for (std::size_t w = 0; w < week_count; ++w) {
            WeekFigures& figures = week(o, w);
            figures.opening_cash = figures.closing_cash = cash_[o];
            if (is_past(o, w * days_a_week + 1)) continue;
            pay(o, figures);
            if (!inputs_.terms.retains_surplus && days_.month_ends_in(w)) {
                figures.distributed = std::max(cash_[o] - first_cash, 0.0);
                cash_[o] = std::min(cash_[o], first_cash);
            }
            figures.closing_cash = cash_[o];
        }
    }

    void pay(std::size_t o, WeekFigures& figures) {
        Owing& owing = owing_[o];
        ObligorCash cash(cash_[o], tile_.capacity_known[o] != 0);
        figures.operating_shortfall = cash.operate(figures.receipts, figures.operating_payments);
        const ServedParts paid = serve_debt({.interest_arrears = owing.interest,
                                             .interest = figures.interest_due,
                                             .principal_arrears = owing.principal,
                                             .principal = figures.principal_due},
                                            cash);
        const double interest_unpaid = figures.interest_due * (1.0 - paid.interest);
        const double principal_unpaid = figures.principal_due * (1.0 - paid.principal);
        figures.interest_paid =
            owing.interest * paid.interest_arrears + figures.interest_due * paid.interest;
        figures.principal_paid =
            owing.principal * paid.principal_arrears + figures.principal_due * paid.principal;
        figures.debt_service_shortfall = interest_unpaid + principal_unpaid;
        owing.interest = owing.interest * (1.0 - paid.interest_arrears) + interest_unpaid;
        owing.principal = owing.principal * (1.0 - paid.principal_arrears) + principal_unpaid;
        const double wanted = owing.maturity + figures.maturity_paid_in_cash;
        const double part = cash.spend(wanted);
        figures.refinancing_shortfall += figures.maturity_paid_in_cash * (1.0 - part);
        figures.maturity_paid_in_cash = wanted * part;
        owing.maturity = wanted * (1.0 - part);
        cash_[o] = cash.amount();
    }

    const CaseDays& days_;
    const PaymentCalendar& moves_;
    const TileInputs& inputs_;
    const PathTile& tile_;
    std::vector<WeekFigures> weeks_;
    std::vector<Owing> owing_;
    std::vector<double> cash_;
};

/// What a tile adds to a week of the book.
struct WeekSums {
    WeekFigures figures;
    std::int64_t obligor_count = 0, short_count = 0;

    void add(const WeekFigures& other) {
        for (const auto& [name, figure] : week_figure_names) figures.*figure += other.*figure;
    }
};

using WeeksVisit = std::function<void(std::size_t, const PathTile&, const TileWeeks&)>;

void visit_weeks(const CaseRerun& rerun, const PaymentCalendar& moves, const WeeksVisit& visit) {
    const CaseDays case_days(rerun);
    rerun_tiles(rerun, [&](std::size_t t, const TileInputs& inputs, const PathTile& tile) {
        visit(t, tile, TileWeeks(case_days, moves, inputs, tile));
    });
}

}  // namespace

Table weekly_cash_table(const CaseView& view, const CaseRerun& rerun,
                        const PaymentCalendar& days_of_payment) {
    using BookWeeks = std::array<WeekSums, week_count>;
    std::vector<BookWeeks> sums(view.path_book.tiles.size());
    visit_weeks(rerun, days_of_payment,
                [&](std::size_t t, const PathTile& tile, const TileWeeks& weeks) {
                    for (std::size_t o = 0; o < tile.range.obligors.count(); ++o) {
                        if (tile.capacity_known[o] == 0) continue;
                        for (std::size_t w = 0; w < week_count; ++w) {
                            const WeekFigures& figures = weeks.week(o, w);
                            sums[t][w].add(figures);
                            ++sums[t][w].obligor_count;
                            sums[t][w].short_count += figures.is_short() ? 1 : 0;
                        }
                    }
                });
    BookWeeks book;
    for (const BookWeeks& tile : sums) {
        for (std::size_t w = 0; w < week_count; ++w) {
            book[w].add(tile[w].figures);
            book[w].obligor_count += tile[w].obligor_count;
            book[w].short_count += tile[w].short_count;
        }
    }
    TableWriter table(week_count);
    table.integers("week", [](std::size_t w) { return static_cast<std::int64_t>(w + 1); });
    table.days("date", [&](std::size_t w) {
        return view.path_book.horizon.as_of() +
               days{static_cast<std::int64_t>((w + 1) * days_a_week)};
    });
    for (const auto& [name, figure] : week_figure_names) {
        table.numbers(name, [&](std::size_t w) { return book[w].figures.*figure; });
    }
    table.integers("obligor_count", [&](std::size_t w) { return book[w].obligor_count; });
    table.integers("short_count", [&](std::size_t w) { return book[w].short_count; });
    return table.take();
}

Table obligor_weekly_cash_table(const CaseView& view, const CaseRerun& rerun,
                                const PaymentCalendar& days_of_payment) {
    const PathOrder& order = view.path_book.order;
    const std::size_t row_count = order.obligor_count() * week_count;
    if (row_count > max_weekly_rows) {
        throw Error(ErrorCode::limit_exceeded, "obligors",
                    std::to_string(row_count) +
                        " rows of obligors and weeks are more than 67,108,864; take the weeks of "
                        "the book");
    }
    std::vector<WeekFigures> cells(row_count);
    visit_weeks(rerun, days_of_payment,
                [&](std::size_t, const PathTile& tile, const TileWeeks& weeks) {
                    for (std::size_t o = 0; o < tile.range.obligors.count(); ++o) {
                        const std::size_t row = order.obligor[tile.range.obligors.begin + o];
                        for (std::size_t w = 0; w < week_count; ++w) {
                            cells[row * week_count + w] = weeks.week(o, w);
                        }
                    }
                });
    const std::vector<std::uint32_t> rows = path_rows(order.obligor);
    TableWriter table(row_count);
    table.texts("obligor_id", [&](std::size_t i) -> const std::string& {
        return view.book.obligors[i / week_count];
    });
    table.truths("income_known", [&](std::size_t i) {
        return view.paths.obligors.capacity_known[rows[i / week_count]] != 0;
    });
    table.integers("week",
                   [](std::size_t i) { return static_cast<std::int64_t>(i % week_count + 1); });
    table.days("date", [&](std::size_t i) {
        return view.path_book.horizon.as_of() +
               days{static_cast<std::int64_t>((i % week_count + 1) * days_a_week)};
    });
    for (const auto& [name, figure] : week_figure_names) {
        table.numbers(name, [&](std::size_t i) { return cells[i].*figure; });
    }
    return table.take();
}

}  // namespace seawall::debt
