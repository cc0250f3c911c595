#include "engines/debt/path_tables.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "engines/debt/minor_digits.hpp"
#include "engines/debt/path_naming.hpp"
#include "engines/debt/table_writer.hpp"

namespace seawall::debt {
namespace {

using MaybeMonth = std::optional<std::int64_t>;

MaybeMonth month_of(std::int32_t step) {
    return step == 0 ? std::nullopt : MaybeMonth(step);
}

std::string reasons_of(const RiskRating& rating) {
    std::string text;
    for (const RiskReason reason : all_risk_reasons) {
        if (!rating.has(reason)) continue;
        text += (text.empty() ? "" : "; ") + std::string(reason_text(reason));
    }
    return text;
}

void add_payments(const PositionPaths& paths, const std::vector<std::uint32_t>& rows,
                  TableWriter& table) {
    const auto add = [&](const char* name, const Buffer<double>& values) {
        table.numbers(name, [&](std::size_t i) { return values[rows[i]]; });
    };
    add("interest_due", paths.interest_due);
    add("interest_paid", paths.interest_paid);
    add("principal_paid", paths.principal_paid);
    add("maturity_due", paths.maturity_due);
    add("maturity_paid", paths.maturity_paid);
    const auto add_assumed = [&](const char* name, const Buffer<double>& values) {
        table.numbers(name, [&](std::size_t i) { return values.empty() ? 0.0 : values[rows[i]]; });
    };
    add_assumed("prepaid", paths.prepaid);
    add_assumed("defaulted", paths.defaulted);
    add("balance", paths.balance);
    add("interest_arrears", paths.interest_arrears);
    add("claim", paths.claim);
}

/// What a position recovers; absent where its group does not settle.
void add_recoveries(const CaseView& view, const std::vector<std::uint32_t>& rows,
                    TableWriter& table) {
    const MajorAmounts money(view.recovery_book.minor_digits);
    std::vector<std::uint8_t> settles(view.path_book.order.obligor_count());
    const auto& offsets = view.path_book.order.group_offsets;
    for (std::size_t g = 0; g + 1 < offsets.size(); ++g) {
        std::fill(settles.begin() + offsets[g], settles.begin() + offsets[g + 1],
                  view.recovery_book.group_settles[g]);
    }
    const auto add = [&](const char* name, const auto& minor_of) {
        table.numbers(name, [&](std::size_t i) {
            const bool is_known = settles[view.path_book.obligor_of_position[rows[i]]] != 0;
            return is_known ? money(minor_of(rows[i])) : std::numeric_limits<double>::quiet_NaN();
        });
    };
    const CaseRecovery& recovery = view.recovery;
    const CaseSettlement& paid = recovery.liquidation;
    add("from_collateral", [&](std::size_t p) { return paid.from_collateral_minor[p]; });
    add("from_estate", [&](std::size_t p) { return paid.from_estate_minor[p]; });
    add("from_guarantee", [&](std::size_t p) { return paid.guaranteed_minor(p); });
    add("unpaid", [&](std::size_t p) { return recovery.claim_minor[p] - paid.paid_minor(p); });
    add("cost_of_carry", [&](std::size_t p) { return recovery.cost_of_carry_minor[p]; });
}

}  // namespace

Table step_table(const CaseView& view) {
    const std::vector<StepFigures>& steps = view.paths.steps;
    TableWriter table(steps.size());
    table.integers("month", [](std::size_t i) { return static_cast<std::int64_t>(i + 1); });
    table.days("date", [&](std::size_t i) { return view.path_book.horizon.ends[i + 1]; });
    for (const auto& [name, figure] : step_figure_names) {
        table.numbers(std::string(name), [&](std::size_t i) { return steps[i].*figure; });
    }
    return table.take();
}

Table loan_path_table(const CaseView& view) {
    const PathOrder& order = view.path_book.order;
    const std::vector<std::uint32_t> rows = path_rows(order.position);
    const auto record = [&](std::size_t i) { return order.record_of_position[rows[i]]; };
    TableWriter table(rows.size());
    name_positions(view, [&](std::size_t i) { return rows[i]; }, table);
    table.numbers("principal",
                  [&](std::size_t i) { return view.path_book.terms.balance[rows[i]]; });
    add_payments(view.paths.positions, rows, table);
    table.integers("default_month", [&](std::size_t i) {
        return month_of(view.paths.obligors.default_step[order.obligor_of_record[record(i)]]);
    });
    add_recoveries(view, rows, table);
    table.texts("risk_level",
                [&](std::size_t i) { return level_name(view.ratings[record(i)].level); });
    table.texts("risk_reasons", [&](std::size_t i) { return reasons_of(view.ratings[record(i)]); });
    return table.take();
}

Table obligor_path_table(const CaseView& view) {
    const std::vector<std::uint32_t> rows = path_rows(view.path_book.order.obligor);
    const ObligorPaths& paths = view.paths.obligors;
    const CaseSettlement& estates = view.recovery.liquidation;
    const std::vector<RiskRating> ratings =
        rate_obligors(view.path_book, {view.ratings.begin(), view.ratings.end()});
    const MajorAmounts money(view.recovery_book.minor_digits);
    TableWriter table(rows.size());
    table.texts("obligor_id",
                [&](std::size_t i) -> const std::string& { return view.book.obligors[i]; });
    table.integers("default_month",
                   [&](std::size_t i) { return month_of(paths.default_step[rows[i]]); });
    table.truths("income_known", [&](std::size_t i) { return paths.capacity_known[rows[i]] != 0; });
    table.integers("runway_months", [&](std::size_t i) -> MaybeMonth {
        const std::int32_t runway = paths.runway_months[rows[i]];
        return runway < 0 ? std::nullopt : MaybeMonth(runway);
    });
    const auto add = [&](const char* name, const Buffer<double>& values) {
        table.numbers(name, [&](std::size_t i) { return values[rows[i]]; });
    };
    add("annual_income", paths.annual_income);
    add("cash", paths.cash);
    add("lowest_cash", paths.lowest_cash);
    add("operating_shortfall", paths.operating_shortfall);
    add("debt_service_shortfall", paths.debt_service_shortfall);
    add("refinancing_shortfall", paths.refinancing_shortfall);
    table.numbers("equity", [&](std::size_t i) { return money(estates.equity_minor[rows[i]]); });
    table.texts("risk_level", [&](std::size_t i) { return level_name(ratings[rows[i]].level); });
    table.texts("risk_reasons", [&](std::size_t i) { return reasons_of(ratings[rows[i]]); });
    return table.take();
}

Table covenant_table(const CaseView& view) {
    const PathOrder& order = view.path_book.order;
    const CovenantPaths& paths = view.paths.covenants;
    const std::vector<std::uint32_t> rows = path_rows(order.record);
    struct Cell {
        std::size_t record, at;
        Covenant covenant;
    };
    std::vector<Cell> cells;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const std::size_t at = c * rows.size() + rows[r];
            const bool has_limit = view.limits[at] == view.limits[at];
            const bool is_known = paths.last_ratio[at] == paths.last_ratio[at];
            if (has_limit || is_known) cells.push_back({r, at, static_cast<Covenant>(c)});
        }
    }
    TableWriter table(cells.size());
    name_records(view, [&](std::size_t i) { return cells[i].record; }, table);
    table.texts("covenant", [&](std::size_t i) { return covenant_name(cells[i].covenant); });
    const auto add = [&](const char* name, std::span<const double> values) {
        table.numbers(name, [&](std::size_t i) { return values[cells[i].at]; });
    };
    add("limit", view.limits);
    table.integers("first_breach_month",
                   [&](std::size_t i) { return month_of(paths.first_breach_step[cells[i].at]); });
    table.integers("breach_months",
                   [&](std::size_t i) -> MaybeMonth { return paths.breach_steps[cells[i].at]; });
    table.truths("in_breach_at_end",
                 [&](std::size_t i) { return paths.in_breach_at_end[cells[i].at] != 0; });
    table.truths("cured", [&](std::size_t i) { return paths.cured[cells[i].at] != 0; });
    add("worst_headroom", paths.worst_headroom);
    add("worst_ratio", paths.worst_ratio);
    add("last_ratio", paths.last_ratio);
    return table.take();
}

Table maturity_table(const CaseView& view) {
    std::vector<WallEntry> entries(view.wall.begin(), view.wall.end());
    const auto& record = view.path_book.order.record;
    std::ranges::stable_sort(entries, {}, [&](const WallEntry& e) { return record[e.record]; });
    TableWriter table(entries.size());
    name_records(view, [&](std::size_t i) { return record[entries[i].record]; }, table);
    table.days("date", [&](std::size_t i) { return entries[i].day; });
    table.truths("in_horizon", [&](std::size_t i) { return entries[i].is_in_horizon; });
    table.truths("in_default", [&](std::size_t i) { return entries[i].is_in_default; });
    table.numbers("due", [&](std::size_t i) { return entries[i].due; });
    table.numbers("refinancing_gap", [&](std::size_t i) {
        return entries[i].binding == RefinancingTest::none
                   ? std::numeric_limits<double>::quiet_NaN()
                   : entries[i].gap;
    });
    table.texts("binding_test", [&](std::size_t i) { return test_name(entries[i].binding); });
    return table.take();
}

Table tier_table(const CaseView& view) {
    const CaseSettlement& groups = view.recovery.liquidation;
    const PathOrder& order = view.path_book.order;
    struct Cell {
        std::size_t group = 0, tier = 0;
        std::int64_t claims_minor = 0, paid_minor = 0;
    };
    std::vector<Cell> cells;
    for (std::size_t g = 0; g < order.group_count(); ++g) {
        if (view.recovery_book.group_settles[g] == 0) continue;
        std::array<Cell, seniority_count> tiers;
        const std::uint32_t begin = order.record_offsets[order.group_offsets[g]];
        const std::uint32_t end = order.record_offsets[order.group_offsets[g + 1]];
        for (std::uint32_t p = order.position_offsets[begin]; p < order.position_offsets[end];
             ++p) {
            Cell& tier = tiers[view.path_book.terms.seniority[p]];
            tier.claims_minor += view.recovery.claim_minor[p];
            tier.paid_minor += groups.paid_minor(p);
        }
        for (std::size_t t = 0; t < seniority_count; ++t) {
            if (tiers[t].claims_minor == 0) continue;
            cells.push_back({g, t, tiers[t].claims_minor, tiers[t].paid_minor});
        }
    }
    const MajorAmounts money(view.recovery_book.minor_digits);
    TableWriter table(cells.size());
    table.texts("obligor_id", [&](std::size_t i) -> const std::string& {
        return view.book.obligors[order.obligor[order.group_offsets[cells[i].group]]];
    });
    table.integers("obligor_count", [&](std::size_t i) -> MaybeMonth {
        return order.group_offsets[cells[i].group + 1] - order.group_offsets[cells[i].group];
    });
    table.truths("defaulted", [&](std::size_t i) {
        const auto steps = std::span(view.paths.obligors.default_step);
        const std::uint32_t begin = order.group_offsets[cells[i].group];
        const auto of_group = steps.subspan(begin, order.group_offsets[cells[i].group + 1] - begin);
        return std::ranges::any_of(of_group, [](std::int32_t step) { return step != 0; });
    });
    table.texts("tier", [&](std::size_t i) { return seniority_names[cells[i].tier]; });
    table.numbers("claims", [&](std::size_t i) { return money(cells[i].claims_minor); });
    table.numbers("paid", [&](std::size_t i) { return money(cells[i].paid_minor); });
    table.truths("is_fulcrum", [&](std::size_t i) {
        constexpr auto first = static_cast<std::size_t>(WaterfallTier::super_senior);
        return static_cast<std::size_t>(groups.fulcrum[cells[i].group]) == cells[i].tier + first;
    });
    return table.take();
}

}  // namespace seawall::debt
