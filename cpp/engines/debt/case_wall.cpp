#include "engines/debt/case_wall.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engines/debt/contractual_balance.hpp"
#include "engines/debt/tile_state.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

/// A position's expected repayment.
struct Repayment {
    Day day;
    double amount;
};

/// Maturities of a record after the horizon, and anticipated repayments in it.
class LaterMaturities {
  public:
    LaterMaturities(const TileInputs& inputs, const CasePaths& paths,
                    const Buffer<double>& balances)
        : inputs_(inputs), paths_(paths), balances_(balances) {}

    void add(std::uint32_t record, std::vector<WallEntry>& entries) {
        const PathBook& book = inputs_.book;
        const bool is_in_default =
            paths_.obligors.default_step[book.order.obligor_of_record[record]] != 0;
        const std::size_t last = book.horizon.month_count();
        const double worth = inputs_.drivers_of_record(last, record).currency_factor;
        double owed = 0.0;  // at the end of the horizon
        repayments_.clear();
        for (std::uint32_t p = book.order.position_offsets[record];
             p < book.order.position_offsets[record + 1]; ++p) {
            owed += paths_.positions.balance[p] * worth;
            const Day day = expected_repayment(book.terms, p, book.horizon.as_of());
            const bool is_paid = book.plan.maturity_step[p] != 0;
            if (day == no_day || day <= book.horizon.as_of() || is_paid) continue;
            repayments_.push_back({day, balances_[p] * worth});
        }
        if (repayments_.size() > 1) std::ranges::stable_sort(repayments_, {}, &Repayment::day);
        for (std::size_t k = 0; k < repayments_.size();) {
            const Day day = repayments_[k].day;
            double due = 0.0;
            for (; k < repayments_.size() && repayments_[k].day == day; ++k) {
                due += repayments_[k].amount;
            }
            if (due <= 0.0) continue;
            if (is_in_default) {
                entries.push_back(
                    {.record = record, .day = day, .due = due, .is_in_default = true});
                continue;
            }
            const RefinancingCapacity capacity = inputs_.refinancing(last, record);
            entries.push_back({.record = record,
                               .day = day,
                               .due = due,
                               .gap = refinancing_gap(due, std::max(owed - due, 0.0), capacity),
                               .binding = capacity.binding});
            owed -= due;
        }
    }

  private:
    const TileInputs& inputs_;
    const CasePaths& paths_;
    const Buffer<double>& balances_;
    std::vector<Repayment> repayments_;
};

/// The latest maturity of a record's positions that falls due in a step.
Day maturity_day(const PathBook& book, const Maturity& maturity) {
    Day day = book.horizon.as_of();
    for (std::uint32_t p = book.order.position_offsets[maturity.record];
         p < book.order.position_offsets[maturity.record + 1]; ++p) {
        if (book.plan.maturity_step[p] == maturity.step) {
            day = std::max(day, book.terms.maturity_day[p]);
        }
    }
    return day;
}

/// Makes the entries of one tile after another.
class TileWall {
  public:
    TileWall(const TileInputs& inputs, const CasePaths& paths, const Buffer<double>& balances)
        : inputs_(inputs), paths_(paths), later_(inputs, paths, balances) {}

    void add(std::size_t tile, std::vector<WallEntry>& entries) {
        const auto& offsets = paths_.maturity_offsets;
        const auto of_tile =
            std::span(paths_.maturities).subspan(offsets[tile], offsets[tile + 1] - offsets[tile]);
        maturities_.assign(of_tile.begin(), of_tile.end());
        std::ranges::stable_sort(maturities_, {}, &Maturity::record);
        const TileRange::Rows& records = inputs_.book.tiles[tile].records;
        auto next = maturities_.begin();
        for (std::size_t row = records.begin; row < records.end; ++row) {
            const auto record = static_cast<std::uint32_t>(row);
            const std::size_t first = entries.size();
            for (; next != maturities_.end() && next->record == record; ++next) {
                entries.push_back({.record = record,
                                   .day = maturity_day(inputs_.book, *next),
                                   .due = next->due,
                                   .gap = next->gap + next->paid_in_cash,
                                   .binding = next->binding,
                                   .is_in_horizon = true});
            }
            const bool has_matured = entries.size() > first;
            later_.add(record, entries);
            if (!has_matured) continue;  // those of the future rise already
            std::ranges::stable_sort(entries.begin() + static_cast<std::ptrdiff_t>(first),
                                     entries.end(), {}, &WallEntry::day);
        }
    }

  private:
    const TileInputs& inputs_;
    const CasePaths& paths_;
    LaterMaturities later_;
    std::vector<Maturity> maturities_;
};

}  // namespace

Buffer<WallEntry> wall_entries(const PathBook& book, const PathCase& path_case,
                               const PathSettings& settings, const CasePaths& paths,
                               const Buffer<double>& contractual_balances,
                               const ParallelOptions& options, std::pmr::memory_resource* memory) {
    constexpr std::size_t tiles_a_task = 8;
    const CaseFactors factors = case_factors(path_case, book.horizon, book.segment_count);
    const TileInputs inputs{.book = book, .factors = factors, .terms = settings.terms};
    const std::size_t tasks = (book.tiles.size() + tiles_a_task - 1) / tiles_a_task;
    std::vector<std::vector<WallEntry>> parts(tasks);
    const bool complete = parallel_for(tasks, options, [&](std::size_t task) {
        TileWall wall(inputs, paths, contractual_balances);
        const std::size_t end = std::min((task + 1) * tiles_a_task, book.tiles.size());
        for (std::size_t t = task * tiles_a_task; t < end; ++t) wall.add(t, parts[task]);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "paths", "stopped by the caller");
    std::size_t count = 0;
    for (const auto& part : parts) count += part.size();
    Buffer<WallEntry> entries{OutputAllocator<WallEntry>(memory)};
    entries.reserve(count);
    for (const auto& part : parts) entries.insert(entries.end(), part.begin(), part.end());
    return entries;
}

std::vector<CaseWallQuarter> sum_wall(std::span<const WallEntry> entries) {
    std::vector<Day> day;
    std::vector<double> due, gap;
    std::vector<RefinancingTest> binding;
    std::vector<Day> default_day;
    std::vector<double> default_due;
    for (const WallEntry& entry : entries) {
        if (entry.is_in_default) {
            default_day.push_back(entry.day);
            default_due.push_back(entry.due);
            continue;
        }
        day.push_back(entry.day);
        due.push_back(entry.due);
        gap.push_back(entry.gap);
        binding.push_back(entry.binding);
    }
    const std::vector<double> no_gap(default_due.size());
    const std::vector<RefinancingTest> no_test(default_due.size(), RefinancingTest::none);
    std::map<std::pair<std::chrono::year, unsigned>, CaseWallQuarter> quarters;
    for (const WallQuarter& q :
         refinancing_wall({.due_date = day, .due = due, .gap = gap, .binding = binding})) {
        quarters[{q.year, q.quarter}] = {q};
    }
    for (const WallQuarter& q : refinancing_wall(
             {.due_date = default_day, .due = default_due, .gap = no_gap, .binding = no_test})) {
        CaseWallQuarter& quarter = quarters[{q.year, q.quarter}];
        quarter.year = q.year;
        quarter.quarter = q.quarter;
        quarter.maturity_count += q.maturity_count;
        quarter.due += q.due;
        quarter.in_default = q.due;
    }
    std::vector<CaseWallQuarter> wall;
    wall.reserve(quarters.size());
    for (const auto& [when, quarter] : quarters) wall.push_back(quarter);
    return wall;
}

}  // namespace seawall::debt
