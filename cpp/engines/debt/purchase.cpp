#include "engines/debt/purchase.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "calendar/month_steps.hpp"
#include "engines/debt/claim_recovery.hpp"
#include "engines/debt/path_naming.hpp"
#include "engines/debt/price_implied.hpp"
#include "errors/error.hpp"
#include "numeric/rate_of_return.hpp"

namespace seawall::debt {
namespace {

constexpr double days_a_year = 365.0;

void check(const PurchaseTerms& terms) {
    const bool is_price = terms.price_pct > 0.0 && terms.price_pct <= 1000.0;  // false for NaN
    if (!is_price) {
        throw Error(ErrorCode::invalid_input, "price_pct", "must be above 0, 1000 at most");
    }
    const double rate = terms.risk_free_rate_pct;
    const bool is_rate = std::isnan(rate) || (rate > -100.0 && rate <= 1000.0);
    if (!is_rate) {
        throw Error(ErrorCode::invalid_input, "risk_free_rate_pct",
                    "must be above -100, 1000 at most");
    }
    for (const int months : {terms.timing.months_to_sale, terms.timing.months_to_distribution}) {
        if (months >= 0 && months <= max_recovery_months) continue;
        throw Error(ErrorCode::invalid_input, "timing", "must be from 0 to 1,200 months");
    }
}

/// Interest on one unit of balance since the last of `payments_made` payments after the first day,
/// at a rate of 1 a year.
double accrued_years(const PathBook& book, std::size_t i, std::size_t payments_made, Day day) {
    const Day as_of = book.horizon.as_of();
    const calendar::PaymentTerms days = payment_terms(book.terms, i, as_of);
    Day up_to = days.maturity;
    if (days.interval_months > 0) {
        const Day next = calendar::add_months(day, days.interval_months + 1);
        up_to = std::min(up_to, std::max(next, days.first_payment.value_or(next)));
    }
    if (up_to <= as_of) return 0.0;  // matured: nothing accrues
    const auto periods = calendar::accrual_periods(days, {.after = as_of, .up_to = up_to});
    if (payments_made >= periods.size()) return 0.0;
    const Day start = periods[payments_made].accrual_start;
    return start < day ? calendar::year_fraction(book.terms.day_count[i], start, day) : 0.0;
}

/// The months after the first day on which money may come.
class MonthGrid {
  public:
    MonthGrid(const Horizon& horizon, const RecoveryTiming& timing) {
        const std::size_t months =
            horizon.month_count() + static_cast<std::size_t>(std::max(
                                        timing.months_to_sale, timing.months_to_distribution));
        for (std::size_t n = 0; n <= months; ++n) {
            const Day day =
                calendar::add_months_from_month_end(horizon.as_of(), static_cast<int>(n));
            years_.push_back(static_cast<double>((day - horizon.as_of()).count()) / days_a_year);
        }
    }

    std::size_t size() const { return years_.size(); }

    /// Fills the figures that follow from the flows.
    void rate(const std::vector<double>& flows, PurchaseFigures& figures) const {
        std::vector<double> years, amounts;
        double in = 0.0, out = 0.0;
        std::size_t last = 0;
        for (std::size_t n = 0; n < flows.size(); ++n) {
            if (flows[n] == 0.0) continue;
            years.push_back(years_[n]);
            amounts.push_back(flows[n]);
            (flows[n] > 0.0 ? in : out) += flows[n];
            last = n;
        }
        if (out < 0.0) figures.moic = in / -out;
        const RateOfReturn dated =
            internal_rate_of_return(DatedFlows{.years = years, .amounts = amounts});
        if (dated.status == RateStatus::found) figures.xirr_pct = dated.rate * 100.0;
        const RateOfReturn monthly = internal_rate_of_return(std::span(flows).first(last + 1));
        if (monthly.status != RateStatus::found) return;
        double growth = 1.0;
        for (int month = 0; month < 12; ++month) growth *= 1.0 + monthly.rate;
        figures.monthly_irr_pct = (growth - 1.0) * 100.0;
    }

  private:
    std::vector<double> years_;
};

/// Buys the positions of one tile after another.
class TilePurchase {
  public:
    TilePurchase(const CaseView& view, const PurchaseTerms& terms, const TileInputs& inputs,
                 const PathTile& tile)
        : view_(view),
          terms_(terms),
          inputs_(inputs),
          tile_(tile),
          owed_of_record_(tile.range.records.count()) {
        for (std::size_t i = 0; i < tile.range.positions.count(); ++i) {
            const std::size_t row = tile.range.positions.begin + i;
            const std::uint32_t record = inputs.book.order.record_of_position[row];
            owed_.push_back(owed(i));
            owed_of_record_[record - tile.range.records.begin] += owed_.back();
        }
    }

    /// What one position costs and brings, by months after the first day.
    PurchaseFigures buy(std::size_t row, std::vector<double>& flows) {
        const PathBook& book = inputs_.book;
        const std::size_t i = row - tile_.range.positions.begin;
        const double balance = book.terms.balance[row];
        PurchaseFigures figures;
        figures.accrued = balance * (book.terms.rate_pct[row] / 100.0) *
                          accrued_years(book, row, 0, book.horizon.as_of());
        figures.paid = balance * (terms_.price_pct / 100.0) + figures.accrued;
        flows[0] -= figures.paid;
        figures.received = receive(row, i, flows);
        const std::size_t o = book.obligor_of_position[row] - tile_.range.obligors.begin;
        figures.terminal_value = tile_.default_step[o] != 0
                                     ? recover(row, tile_.default_step[o], flows)
                                     : redeem(row, i, flows);
        return figures;
    }

    ClaimRecovery rate_of(std::size_t row) const {
        return recovery_rate(view_, row,
                             {.haircut = terms_.haircut, .sale_cost = terms_.sale_cost});
    }

  private:
    /// Adds what a default in a step brings.
    double add_recovery(std::size_t m, const ClaimRecovery& recovery, std::vector<double>& flows) {
        const auto sale = static_cast<std::size_t>(terms_.timing.months_to_sale);
        const auto distribution = static_cast<std::size_t>(terms_.timing.months_to_distribution);
        flows[m + sale] += recovery.collateral;
        flows[m + distribution] += recovery.dividends;
        return recovery.collateral + recovery.dividends;
    }

    double receive(std::size_t row, std::size_t i, std::vector<double>& flows) {
        const PositionSteps& steps = tile_.positions;
        const ClaimRecovery rate = rate_of(row);
        double received = 0.0;
        for (std::size_t m = 1; m <= tile_.month_count; ++m) {
            const std::size_t cell = tile_.position_cell(m, i);
            const double worth = worth_of(m, row);
            const double paid = worth * (steps.interest_paid[cell] + steps.principal_paid[cell] +
                                         steps.maturity_paid[cell] + steps.prepaid[cell]);
            flows[m] += paid;
            received += paid;
            const double defaulted = worth * steps.defaulted[cell];
            if (defaulted > 0.0) {
                received += add_recovery(m,
                                         {.collateral = defaulted * rate.collateral,
                                          .dividends = defaulted * rate.dividends},
                                         flows);
            }
        }
        return received;
    }

    double recover(std::size_t row, std::int32_t default_step, std::vector<double>& flows) {
        return add_recovery(static_cast<std::size_t>(default_step), recovered(view_, row), flows);
    }

    /// What is owed at the end of the horizon.
    double owed(std::size_t i) const {
        const std::size_t months = tile_.month_count;
        const std::size_t row = tile_.range.positions.begin + i;
        const std::size_t cell = tile_.position_cell(months, i);
        const double balance = tile_.positions.balance[cell];
        double interest = tile_.positions.interest_arrears[cell];
        if (balance > 0.0) {
            std::size_t payments = 0;
            for (std::size_t m = 1; m <= months; ++m) {
                payments += inputs_.book.plan.pays(m, row) ? 1 : 0;
            }
            interest += balance * (inputs_.rate_pct(months, row) / 100.0) *
                        accrued_years(inputs_.book, row, payments, inputs_.book.horizon.last());
        }
        return (balance + interest) * worth_of(months, row);
    }

    double redeem(std::size_t row, std::size_t i, std::vector<double>& flows) {
        if (owed_[i] <= 0.0) return 0.0;
        const std::uint32_t record = inputs_.book.order.record_of_position[row];
        const double due = owed_of_record_[record - tile_.range.records.begin];
        const double gap =
            refinancing_gap(due, 0.0, inputs_.refinancing(tile_.month_count, record));
        const double value = gap > 0.0 ? owed_[i] * ((due - gap) / due) : owed_[i];
        flows[tile_.month_count] += value;
        return value;
    }

    double worth_of(std::size_t m, std::size_t row) const {
        return inputs_.drivers(m, inputs_.book.segment_of_position[row]).currency_factor;
    }

    const CaseView& view_;
    const PurchaseTerms& terms_;
    const TileInputs& inputs_;
    const PathTile& tile_;
    std::vector<double> owed_, owed_of_record_;
};

/// What a tile adds to the book.
struct TileSums {
    std::vector<double> flows;
    double paid = 0.0, accrued = 0.0, received = 0.0, terminal_value = 0.0;
    std::size_t unknown_count = 0;

    void add(const PurchaseFigures& figures, const std::vector<double>& of_position) {
        for (std::size_t n = 0; n < flows.size(); ++n) flows[n] += of_position[n];
        paid += figures.paid;
        accrued += figures.accrued;
        received += figures.received;
        terminal_value += figures.terminal_value;
    }
    TileSums& operator+=(const TileSums& other) {
        for (std::size_t n = 0; n < flows.size(); ++n) flows[n] += other.flows[n];
        paid += other.paid;
        accrued += other.accrued;
        received += other.received;
        terminal_value += other.terminal_value;
        unknown_count += other.unknown_count;
        return *this;
    }
};

void imply(const PathBook& book, const ContractCalendar& contract, const PurchaseTerms& terms,
           const PricedPosition& priced, PurchaseFigures& figures) {
    if (std::isnan(terms.risk_free_rate_pct)) return;
    const auto implied =
        price_implied(book, contract, priced, terms.timing, terms.risk_free_rate_pct);
    if (!implied) return;
    if (implied->yearly) figures.implied_default_probability_pct = *implied->yearly * 100.0;
    if (implied->hazard) figures.implied_hazard_rate_pct = *implied->hazard * 100.0;
}

}  // namespace

Purchase value_purchase(const CaseView& view, const CaseRerun& rerun, const PurchaseTerms& terms) {
    check(terms);
    const PathBook& book = view.path_book;
    const MonthGrid grid(book.horizon, terms.timing);
    const ContractCalendar contract(book);
    Purchase purchase;
    purchase.positions.resize(book.order.position_count());
    std::vector<TileSums> sums(book.tiles.size());
    rerun_tiles(rerun, [&](std::size_t t, const TileInputs& inputs, const PathTile& tile) {
        TilePurchase buyer(view, terms, inputs, tile);
        TileSums sum{.flows = std::vector<double>(grid.size())};
        std::vector<double> flows;
        for (std::size_t row = tile.range.positions.begin; row < tile.range.positions.end; ++row) {
            flows.assign(grid.size(), 0.0);
            PurchaseFigures& figures = purchase.positions[row];
            figures = buyer.buy(row, flows);
            const double price = figures.paid;
            imply(book, contract, terms, {row, price, buyer.rate_of(row)}, figures);
            const double known = figures.received + figures.terminal_value;
            if (known != known) {
                ++sum.unknown_count;
                continue;
            }
            grid.rate(flows, figures);
            sum.add(figures, flows);
        }
        sums[t] = std::move(sum);
    });
    TileSums all{.flows = std::vector<double>(grid.size())};
    for (const TileSums& sum : sums) all += sum;
    purchase.book.paid = all.paid;
    purchase.book.accrued = all.accrued;
    purchase.book.received = all.received;
    purchase.book.terminal_value = all.terminal_value;
    purchase.unknown_count = all.unknown_count;
    grid.rate(all.flows, purchase.book);
    purchase.flows = std::move(all.flows);
    return purchase;
}

Table purchase_table(const CaseView& view, const Purchase& purchase) {
    const std::vector<std::uint32_t> rows = path_rows(view.path_book.order.position);
    TableWriter table(rows.size());
    name_positions(view, [&](std::size_t i) { return rows[i]; }, table);
    const auto add = [&](const char* name, double PurchaseFigures::* figure) {
        table.numbers(name, [&](std::size_t i) { return purchase.positions[rows[i]].*figure; });
    };
    for (const auto& [name, figure] : purchase_figure_names) add(name, figure);
    return table.take();
}

}  // namespace seawall::debt
