#include "engines/debt/simulation/recovery_tables.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engines/debt/exposure.hpp"
#include "engines/debt/loan_terms.hpp"
#include "engines/debt/operating_figures.hpp"
#include "engines/debt/path_order.hpp"
#include "engines/debt/position_columns.hpp"
#include "engines/debt/record_columns.hpp"
#include "engines/debt/table_writer.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t none = -1;

std::optional<std::int64_t> known(std::int64_t row) {
    return row == none ? std::nullopt : std::optional(row);
}

/// Pools, and which one each record has, in the order of the book.
struct Pools {
    std::vector<std::int64_t> of_record;
    std::vector<double> value;
    std::vector<std::string> id, system;
};

class PoolsMaker {
  public:
    PoolsMaker(const BookTables& tables, const Book& book, const Exposure& exposure)
        : records_(*tables.records), book_(book), value_(exposure.records.collateral_value) {
        pools_.of_record.assign(book.total_outstanding.size(), none);
    }

    Pools make(const PathOrder& order) {
        for (std::size_t r = 0; r < order.record_count(); ++r) {
            add(order.record[r], order.pool_of_record[r]);
        }
        return std::move(pools_);
    }

  private:
    bool is_known(std::size_t record) const {
        if (!book_.collateral_withheld.empty() && book_.collateral_withheld[record] != 0) {
            return false;
        }
        return book_.collateral_given[record] != 0 || value_[record] > 0.0;
    }

    void add(std::size_t record, std::int64_t group) {
        // A record of a group may state no value of its own: another of the group does.
        if (group < 0 && !is_known(record)) return;
        const auto next = static_cast<std::int64_t>(pools_.value.size());
        const auto [entry, added] =
            group < 0 ? std::pair(shared_.end(), true) : shared_.emplace(group, next);
        const std::int64_t pool = added ? next : entry->second;
        pools_.of_record[record] = pool;
        if (added) {
            pools_.value.push_back(0.0);
            const char* name = group < 0 ? "source_record_id" : "collateral_group_id";
            pools_.id.emplace_back(records_.find(name)->text()[record]);
            pools_.system.emplace_back(group < 0 ? records_.find("source_system")->text()[record]
                                                 : std::string_view());
        }
        if (is_known(record)) pools_.value[static_cast<std::size_t>(pool)] += value_[record];
    }

    const Table& records_;
    const Book& book_;
    const Buffer<double>& value_;
    std::unordered_map<std::int64_t, std::int64_t> shared_;
    Pools pools_;
};

Table position_rows(const BookTables& tables, const Book& book, const PathOrder& order,
                    const Pools& pools) {
    std::vector<std::int64_t> guarantor(order.record_count(), none);
    for (std::size_t r = 0; r < order.record_count(); ++r) {
        const std::int64_t row = order.guarantor_of_record[r];
        if (row < 0) continue;
        const std::int64_t obligor = order.obligor[static_cast<std::size_t>(row)];
        // Whoever guarantees its own debt adds nothing to it.
        const std::uint32_t record = order.record[r];
        if (obligor != book.obligor_of_record[record]) guarantor[record] = obligor;
    }
    const PositionRows rows(book);
    const LoanTerms terms = read_loan_terms(tables, book).terms;
    TableWriter table(rows.count());
    table.integers("pool", [&](std::size_t i) { return known(pools.of_record[rows.record[i]]); });
    table.integers("lien_position", [&](std::size_t i) { return terms.lien_position[i]; });
    table.integers("seniority", [&](std::size_t i) { return terms.seniority[i]; });
    table.integers("guarantor", [&](std::size_t i) { return known(guarantor[rows.record[i]]); });
    return table.take();
}

Table pool_rows(const Pools& pools) {
    TableWriter table(pools.value.size());
    table.numbers("value", [&](std::size_t i) { return pools.value[i]; });
    table.texts("pool_id", [&](std::size_t i) { return std::string_view(pools.id[i]); });
    table.texts("pool_system", [&](std::size_t i) { return std::string_view(pools.system[i]); });
    return table.take();
}

Table obligor_rows(const BookTables& tables, const Book& book, const PathOrder& order,
                   const Exposure& exposure) {
    const OperatingFigures operating = read_operating_figures(tables, book);
    std::vector<double> free_assets(book.obligors.size());
    std::vector<std::int64_t> parent(book.obligors.size(), none);
    for (std::size_t record = 0; record < book.obligor_of_record.size(); ++record) {
        const auto obligor = static_cast<std::size_t>(book.obligor_of_record[record]);
        free_assets[obligor] += operating.cash[record] +
                                operating.unencumbered_assets_value[record] +
                                exposure.records.distressed_asset_recovery[record];
    }
    for (std::size_t o = 0; o < order.obligor_count(); ++o) {
        const std::int64_t row = order.parent_of_obligor[o];
        if (row >= 0) parent[order.obligor[o]] = order.obligor[static_cast<std::size_t>(row)];
    }
    TableWriter table(book.obligors.size());
    table.numbers("free_assets", [&](std::size_t i) { return free_assets[i]; });
    table.integers("parent", [&](std::size_t i) { return known(parent[i]); });
    return table.take();
}

}  // namespace

RecoveryTables recovery_tables(const BookTables& tables, const Book& book) {
    const Exposure exposure = measure_exposure(book.columns(), {.detail = Detail::records});
    const PathOrder order = make_path_order(tables, book);
    const Pools pools = PoolsMaker(tables, book, exposure).make(order);
    return {.positions = position_rows(tables, book, order, pools),
            .pools = pool_rows(pools),
            .obligors = obligor_rows(tables, book, order, exposure)};
}

}  // namespace seawall::debt
