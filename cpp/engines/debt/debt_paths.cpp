#include "engines/debt/debt_paths.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "engines/debt/tile_state.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// Tiles of one task, which reuse one tile's memory.
constexpr std::size_t tiles_a_task = 8;
constexpr double months_a_year = 12.0;

CasePaths sized_paths(const PathBook& book, std::pmr::memory_resource* memory) {
    CasePaths paths;
    PositionPaths& p = paths.positions;
    place(book.order.position_count(), memory, p.interest_due, p.interest_paid, p.principal_paid,
          p.maturity_due, p.maturity_paid, p.balance, p.interest_arrears, p.claim);
    if (std::ranges::any_of(book.tiles, &TileRange::has_assumptions)) {
        place(book.order.position_count(), memory, p.prepaid, p.defaulted);
    }
    ObligorPaths& o = paths.obligors;
    place(book.order.obligor_count(), memory, o.default_step, o.runway_months, o.capacity_known,
          o.operating_shortfall, o.debt_service_shortfall, o.refinancing_shortfall, o.cash,
          o.lowest_cash, o.annual_income);
    paths.covenants.resize(book.order.record_count(), memory);
    place(book.order.record_count(), memory, paths.records.collateral_value,
          paths.records.free_assets);
    return paths;
}

void take_positions(const PathTile& tile, PositionPaths& paths) {
    const auto take = [&](const double* row, Buffer<double>& column) {
        std::copy_n(row, tile.range.positions.count(), column.data() + tile.range.positions.begin);
    };
    const PositionSums& sums = tile.position_sums;
    take(sums.interest_due.data(), paths.interest_due);
    take(sums.interest_paid.data(), paths.interest_paid);
    take(sums.principal_paid.data(), paths.principal_paid);
    take(sums.maturity_due.data(), paths.maturity_due);
    take(sums.maturity_paid.data(), paths.maturity_paid);
    if (!paths.prepaid.empty()) {
        take(sums.prepaid.data(), paths.prepaid);
        take(sums.defaulted.data(), paths.defaulted);
    }
    const std::size_t last = tile.position_cell(tile.month_count, 0);
    take(tile.positions.balance.data() + last, paths.balance);
    take(tile.positions.interest_arrears.data() + last, paths.interest_arrears);
}

/// The step of an obligor's default, or the last one.
std::size_t claim_step(const PathTile& tile, std::size_t o) {
    const auto default_step = static_cast<std::size_t>(tile.default_step[o]);
    return default_step > 0 ? default_step : tile.month_count;
}

void take_obligors(const PathTile& tile, const PathTerms& terms, ObligorPaths& paths) {
    const ObligorSteps& steps = tile.obligors;
    const ObligorSums& sums = tile.obligor_sums;
    for (std::size_t i = 0; i < tile.range.obligors.count(); ++i) {
        const std::size_t row = tile.range.obligors.begin + i;
        const std::size_t last = claim_step(tile, i);
        const std::size_t window = std::min(last, static_cast<std::size_t>(terms.test_months));
        double income = 0.0;
        for (std::size_t m = last - window + 1; m <= last; ++m) {
            income += tile.tested.income[tile.tested_cell(m, i)];
        }
        paths.default_step[row] = tile.default_step[i];
        paths.runway_months[row] = static_cast<std::int32_t>(sums.runway_months[i]);
        paths.capacity_known[row] = tile.capacity_known[i];
        paths.operating_shortfall[row] = sums.operating_shortfall[i];
        paths.debt_service_shortfall[row] = sums.debt_service_shortfall[i];
        paths.refinancing_shortfall[row] = sums.refinancing_shortfall[i];
        paths.cash[row] = steps.cash[tile.obligor_cell(tile.month_count, i)];
        paths.lowest_cash[row] = sums.lowest_cash[i];
        paths.annual_income[row] = tile.capacity_known[i] != 0
                                       ? income * months_a_year / static_cast<double>(window)
                                       : std::numeric_limits<double>::quiet_NaN();
    }
}

/// What is owed, and what stands behind it, when claims are made.
void note_claims(const PathBook& book, const CaseFactors& factors, const PathTile& tile,
                 CasePaths& paths) {
    for (std::size_t i = 0; i < tile.range.positions.count(); ++i) {
        const std::size_t row = tile.range.positions.begin + i;
        const std::size_t m =
            claim_step(tile, book.obligor_of_position[row] - tile.range.obligors.begin);
        const std::size_t cell = tile.position_cell(tile.month_count, i);  // frozen by a default
        const double worth =
            factors.drivers[factors.at(m, book.segment_of_position[row])].currency_factor;
        paths.positions.claim[row] =
            worth * (tile.positions.balance[cell] + tile.positions.interest_arrears[cell]);
    }
    for (std::size_t r = 0; r < tile.range.records.count(); ++r) {
        const std::size_t row = tile.range.records.begin + r;
        const std::size_t m =
            claim_step(tile, book.order.obligor_of_record[row] - tile.range.obligors.begin);
        const StepDrivers& d = factors.drivers[factors.at(m, book.segment_of_record[row])];
        paths.records.collateral_value[row] = tile.records.collateral[tile.record_cell(m, r)];
        const double recovery =
            book.distressed_asset_recovery[row] * d.recovery_factor * d.currency_factor;
        const double unencumbered =
            book.unencumbered_assets_value[row] * d.collateral_factor * d.currency_factor;
        paths.records.free_assets[row] = recovery + unencumbered;
    }
}

/// Tests the covenants of one tile after another, in the same memory.
class CovenantTests {
  public:
    CovenantTests(const PathBook& book, const PathSettings& settings, const Buffer<double>& limits)
        : book_(book), settings_(settings), limits_(limits) {}

    void run(const PathTile& tile, CovenantPaths& paths) {
        const TileRange::Rows& records = tile.range.records;
        const std::size_t all = book_.order.record_count();
        CovenantTerms terms;
        terms.test_months = settings_.terms.test_months;
        terms.cure_months = settings_.covenants.cure_months;
        terms.reset_step = settings_.covenants.reset_step;
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const auto limits =
                std::span(limits_).subspan(c * all + records.begin, records.count());
            const bool any = std::ranges::any_of(limits, [](double l) { return l == l; });
            if (any) terms.limits[c] = limits;
            if (terms.reset_step == 0) continue;
            reset_[c].assign(records.count(), settings_.covenants.reset_limits[c]);
            terms.reset_limits[c] = reset_[c];
        }
        obligor_.clear();
        collateral_known_.clear();
        for (std::size_t row = records.begin; row < records.end; ++row) {
            obligor_.push_back(static_cast<std::uint32_t>(book_.order.obligor_of_record[row] -
                                                          tile.range.obligors.begin));
            collateral_known_.push_back(
                book_.collateral_value[row] == book_.collateral_value[row] ? 1 : 0);
        }
        test_covenants({.months = tile.month_count,
                        .obligor_count = tile.range.obligors.count(),
                        .record_count = records.count(),
                        .income = tile.tested.income,
                        .interest_due = tile.tested.interest_due,
                        .principal_due = tile.tested.principal_due,
                        .debt = tile.tested.debt,
                        .income_known = tile.capacity_known,
                        .default_step = tile.default_step,
                        .balance = has_one_position_an_obligor(tile.range) ? tile.tested.debt
                                                                           : tile.records.balance,
                        .collateral = tile.records.collateral,
                        .collateral_known = collateral_known_,
                        .obligor_of_record = obligor_},
                       terms, records.begin, paths, scratch_);
    }

  private:
    const PathBook& book_;
    const PathSettings& settings_;
    const Buffer<double>& limits_;
    std::array<std::vector<double>, covenant_count> reset_;
    std::vector<std::uint32_t> obligor_;
    std::vector<std::uint8_t> collateral_known_;
    CovenantScratch scratch_;
};

/// What a tile adds to the book, kept until all tiles are there: they are added in their order.
struct TileSums {
    std::vector<StepFigures> steps;
    std::vector<Maturity> maturities;
};

}  // namespace

Buffer<double> covenant_limits(const PathBook& book, const CovenantSettings& settings) {
    const std::size_t records = book.order.record_count();
    Buffer<double> limits(covenant_count * records);
    for (std::size_t c = 0; c < covenant_count; ++c) {
        for (std::size_t r = 0; r < records; ++r) {
            const double own = book.covenant_limit[c][r];
            limits[c * records + r] = own == own ? own : settings.limits[c];
        }
    }
    return limits;
}

CasePaths run_paths(const PathBook& book, const PathCase& path_case, const PathSettings& settings,
                    const Buffer<double>& limits, const ParallelOptions& options,
                    std::pmr::memory_resource* memory) {
    const CaseFactors factors = case_factors(path_case, book.horizon, book.segment_count);
    CasePaths paths = sized_paths(book, memory);
    std::vector<TileSums> sums(book.tiles.size());
    const std::size_t tasks = (book.tiles.size() + tiles_a_task - 1) / tiles_a_task;
    const bool complete = parallel_for(tasks, options, [&](std::size_t task) {
        PathTile tile;
        tile.keeps_steps = false;
        TileState state;
        CovenantTests covenants(book, settings, limits);
        const std::size_t end = std::min((task + 1) * tiles_a_task, book.tiles.size());
        for (std::size_t t = task * tiles_a_task; t < end; ++t) {
            run_tile(book, factors, settings.terms, book.tiles[t], state, tile);
            take_positions(tile, paths.positions);
            take_obligors(tile, settings.terms, paths.obligors);
            covenants.run(tile, paths.covenants);
            note_claims(book, factors, tile, paths);
            sums[t] = {.steps = tile.steps, .maturities = tile.maturities};
            options.control.advance(tile.range.records.count());
        }
    });
    if (!complete) throw Error(ErrorCode::cancelled, "paths", "stopped by the caller");
    paths.steps.resize(book.horizon.month_count());
    for (const TileSums& tile : sums) {
        for (std::size_t m = 0; m < paths.steps.size(); ++m) paths.steps[m] += tile.steps[m];
        paths.maturity_offsets.push_back(paths.maturities.size());
        paths.maturities.insert(paths.maturities.end(), tile.maturities.begin(),
                                tile.maturities.end());
    }
    paths.maturity_offsets.push_back(paths.maturities.size());
    return paths;
}

}  // namespace seawall::debt
