#include "engines/debt/path_book.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engines/debt/exposure.hpp"
#include "engines/debt/operating_figures.hpp"
#include "engines/debt/position_columns.hpp"
#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"
#include "numeric/power.hpp"

namespace seawall::debt {
namespace {

/// The values of rows `order`, in that order.
template <class T>
void reorder(std::vector<T>& values, const std::vector<std::uint32_t>& order) {
    std::vector<T> ordered;
    ordered.reserve(order.size());
    for (const std::uint32_t row : order) ordered.push_back(values[row]);
    values = std::move(ordered);
}

void reorder(LoanTerms& terms, const std::vector<std::uint32_t>& order) {
    for (auto* values : {&terms.balance, &terms.rate_pct, &terms.spread_pct, &terms.floor_pct,
                         &terms.cap_pct, &terms.original_amount, &terms.scheduled_payment,
                         &terms.prepayment_rate, &terms.default_rate, &terms.arrears}) {
        reorder(*values, order);
    }
    for (auto* values : {&terms.schedule_begin, &terms.schedule_end}) reorder(*values, order);
    for (auto* values : {&terms.amortization_term_months, &terms.payment_interval_months}) {
        reorder(*values, order);
    }
    for (auto* values :
         {&terms.origination_day, &terms.first_payment_day, &terms.next_payment_day,
          &terms.interest_only_until_day, &terms.anticipated_repayment_day, &terms.maturity_day}) {
        reorder(*values, order);
    }
    for (auto* values : {&terms.is_floating, &terms.lien_position, &terms.seniority}) {
        reorder(*values, order);
    }
    reorder(terms.day_count, order);
    reorder(terms.amortisation, order);
}

void read_records(const BookTables& tables, const Book& book, PathBook& paths) {
    const std::vector<std::uint32_t>& order = paths.order.record;
    const Exposure exposure = measure_exposure(book.columns(), {.detail = Detail::records});
    const auto& rate_pct = exposure.records.interest_rate_pct;
    paths.rate_pct_of_record.assign(rate_pct.begin(), rate_pct.end());
    const auto& recovery = exposure.records.distressed_asset_recovery;
    paths.distressed_asset_recovery.assign(recovery.begin(), recovery.end());
    const auto& collateral = exposure.records.collateral_value;
    paths.collateral_value.assign(collateral.begin(), collateral.end());
    paths.collateral_withheld = book.collateral_withheld;
    paths.collateral_withheld.resize(collateral.size());
    for (std::size_t row = 0; row < collateral.size(); ++row) {
        const bool stated = book.collateral_given[row] != 0 || collateral[row] > 0.0;
        if (paths.collateral_withheld[row] == 0 && stated) continue;
        paths.collateral_value[row] = std::numeric_limits<double>::quiet_NaN();
    }
    OperatingFigures operating = read_operating_figures(tables, book);
    paths.revenue = std::move(operating.revenue);
    paths.costs = std::move(operating.costs);
    paths.losses = std::move(operating.losses);
    paths.cash = std::move(operating.cash);
    paths.unencumbered_assets_value = std::move(operating.unencumbered_assets_value);
    paths.income_known = std::move(operating.income_known);
    paths.segment_of_record = book.segments.segment_of_record;
    for (auto* values : {&paths.rate_pct_of_record, &paths.distressed_asset_recovery,
                         &paths.collateral_value, &paths.revenue, &paths.costs, &paths.losses,
                         &paths.cash, &paths.unencumbered_assets_value}) {
        reorder(*values, order);
    }
    reorder(paths.collateral_withheld, order);
    reorder(paths.income_known, order);
    reorder(paths.segment_of_record, order);
}

/// The covenants that records state themselves, as plain ratios.
void read_covenant_limits(const BookTables& tables, const PositionRows& rows,
                          std::span<const Amendment> amendments, PathBook& paths) {
    struct Source {
        Covenant covenant;
        const char* name;
        double unit;
    };
    constexpr std::array<Source, covenant_count> sources{
        {{Covenant::dscr, "dscr_minimum", 1.0},
         {Covenant::icr, "icr_minimum", 1.0},
         {Covenant::ltv, "ltv_maximum_pct", 100.0},
         {Covenant::leverage, "leverage_maximum", 1.0},
         {Covenant::debt_yield, "debt_yield_minimum_pct", 100.0}}};
    for (const auto& [covenant, name, unit] : sources) {
        std::vector<double> limits = numbers(tables.records, name);
        const std::vector<std::uint8_t> stated = presence(*tables.records, name);
        for (std::size_t row = 0; row < limits.size(); ++row) {
            limits[row] =
                stated[row] != 0 ? limits[row] / unit : std::numeric_limits<double>::quiet_NaN();
            if (stated[row] == 0 || limits[row] > 0.0) continue;
            const auto& numbers_of_records = tables.records->find("record")->int64();
            throw Error(ErrorCode::invalid_input,
                        std::string(name) + "[" + std::to_string(numbers_of_records[row]) + "]",
                        "must be above 0");
        }
        amend_limits(amendments, rows.record, covenant, limits);
        reorder(limits, paths.order.record);
        paths.covenant_limit[static_cast<std::size_t>(covenant)] = std::move(limits);
    }
}

void note_traits(const PathBook& paths, TileRange& tile) {
    // As many positions as records may still be two of one and none of another.
    tile.has_one_position_a_record = tile.positions.count() == tile.records.count();
    for (std::size_t i = tile.positions.begin; i < tile.positions.end; ++i) {
        const bool is_assumed =
            paths.payment_default[i] != 0.0 || paths.payment_prepayment[i] != 0.0;
        const bool is_in_order =
            paths.order.record_of_position[i] - tile.records.begin == i - tile.positions.begin;
        tile.has_assumptions = tile.has_assumptions || is_assumed;
        tile.has_floating = tile.has_floating || paths.terms.is_floating[i] != 0;
        tile.has_one_position_a_record = tile.has_one_position_a_record && is_in_order;
    }
}

std::vector<TileRange> make_tiles(const PathBook& paths) {
    const PathOrder& order = paths.order;
    std::vector<TileRange> tiles;
    TileRange tile;
    for (std::size_t g = 0; g < order.group_count(); ++g) {
        tile.groups.end = g + 1;
        tile.obligors.end = order.group_offsets[g + 1];
        tile.records.end = order.record_offsets[tile.obligors.end];
        tile.positions.end = order.position_offsets[tile.records.end];
        if (tile.positions.count() < tile_positions && g + 1 < order.group_count()) continue;
        note_traits(paths, tile);
        tiles.push_back(tile);
        tile = {.groups = {tile.groups.end, 0},
                .obligors = {tile.obligors.end, 0},
                .records = {tile.records.end, 0},
                .positions = {tile.positions.end, 0}};
    }
    return tiles;
}

/// How long each payment of a position is after the one before; of one that pays at maturity only,
/// its accrual period.
double years_of_payment(const PathBook& paths, std::size_t i) {
    if (paths.terms.payment_interval_months[i] > 0) return paths.plan.interval_years[i];
    const std::uint8_t step = paths.plan.maturity_step[i];
    return step == 0 ? 0.0 : paths.plan.years(step, i);
}

void add_step_terms(PathBook& paths, std::size_t i) {
    const std::uint8_t begins = paths.plan.amortisation_step[i];
    const std::uint8_t matures = paths.plan.maturity_step[i];
    StepTerms& terms = paths.step_terms;
    terms.amortises_from.push_back(begins == 0 ? std::numeric_limits<double>::infinity()
                                               : static_cast<double>(begins));
    terms.matures_in.push_back(matures);
    if (matures != 0) paths.maturing_positions.push_back(static_cast<std::uint32_t>(i));
    terms.includes_interest.push_back(paths.terms.amortisation[i] == Amortisation::annuity ? 1.0
                                                                                           : 0.0);
    terms.is_floating.push_back(paths.terms.is_floating[i]);
}

void plan_positions(PathBook& paths) {
    const LoanTerms& terms = paths.terms;
    paths.plan = make_payment_plan(terms, paths.horizon);
    for (std::size_t i = 0; i < terms.position_count(); ++i) {
        const double years = years_of_payment(paths, i);
        paths.payment_default.push_back(1.0 - survival(terms.default_rate[i], years));
        paths.payment_prepayment.push_back(1.0 - survival(terms.prepayment_rate[i], years));
        const std::uint32_t record = paths.order.record_of_position[i];
        paths.segment_of_position.push_back(paths.segment_of_record[record]);
        paths.obligor_of_position.push_back(paths.order.obligor_of_record[record]);
        const bool is_level = paths.plan.instalment[i] == paths.plan.instalment[i];
        if (!is_level) paths.levelled_positions.push_back(static_cast<std::uint32_t>(i));
        add_step_terms(paths, i);
    }
    // What defaults and prepays on the way does not pay its part of a schedule.
    double left = 1.0;
    for (std::size_t k = 0; k < paths.plan.scheduled.size(); ++k) {
        ScheduledPayment& payment = paths.plan.scheduled[k];
        const std::uint32_t i = payment.position;
        const bool is_first = k == 0 || paths.plan.scheduled[k - 1].position != i;
        if (is_first) left = 1.0;
        payment.principal *= left;
        left *= (1.0 - paths.payment_default[i]) * (1.0 - paths.payment_prepayment[i]);
    }
}

}  // namespace

double survival(double rate, double years) {
    if (rate == 0.0) return 1.0;
    if (rate == 1.0) return 0.0;
    return PowersOf(1.0 - rate)(years);
}

PathBook make_path_book(const BookTables& tables, const Book& book, const Horizon& horizon,
                        std::span<const Amendment> amendments) {
    PathBook paths{.horizon = horizon, .order = make_path_order(tables, book)};
    ReadTerms read = read_loan_terms(tables, book);
    paths.assumed = read.assumed;
    paths.terms = std::move(read.terms);
    amend(amendments, horizon.as_of(), paths.terms);
    reorder(paths.terms, paths.order.position);
    const PositionRows rows(book);
    paths.instrument_of_position = rows.instrument;
    reorder(paths.instrument_of_position, paths.order.position);
    paths.segment_count = book.segments.keys.size();
    read_records(tables, book, paths);
    read_covenant_limits(tables, rows, amendments, paths);
    plan_positions(paths);
    paths.tiles = make_tiles(paths);
    return paths;
}

}  // namespace seawall::debt
