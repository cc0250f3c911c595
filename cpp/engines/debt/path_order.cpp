#include "engines/debt/path_order.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engines/debt/cross_default.hpp"
#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

using Rows = std::vector<std::int64_t>;

/// What a text column of the records names, as numbers by first appearance; −1 where it is absent.
Rows named_groups(const Table& records, std::string_view name) {
    Rows groups(records.row_count(), -1);
    const Column* column = find_column(records, name, ColumnType::text);
    if (column == nullptr) return groups;
    std::unordered_map<std::string_view, std::int64_t> index;
    for (std::size_t row = 0; row < groups.size(); ++row) {
        if (!column->is_present(row)) continue;
        const auto next = static_cast<std::int64_t>(index.size());
        groups[row] = index.emplace(column->text()[row], next).first->second;
    }
    return groups;
}

/// The obligors of the book that a text column names; −1 for others.
Rows named_obligors(const Table& records, const Book& book, std::string_view name) {
    Rows obligors(records.row_count(), -1);
    const Column* column = find_column(records, name, ColumnType::text);
    if (column == nullptr) return obligors;
    std::unordered_map<std::string_view, std::int64_t> index;
    for (std::size_t i = 0; i < book.obligors.size(); ++i) {
        index.emplace(book.obligors[i], static_cast<std::int64_t>(i));
    }
    for (std::size_t row = 0; row < obligors.size(); ++row) {
        if (!column->is_present(row)) continue;
        if (const auto found = index.find(column->text()[row]); found != index.end()) {
            obligors[row] = found->second;
        }
    }
    return obligors;
}

Rows parents(const Table& records, const Book& book) {
    const Rows named = named_obligors(records, book, "parent_obligor_id");
    Rows result(book.obligors.size(), -1);
    for (std::size_t row = 0; row < named.size(); ++row) {
        auto& parent = result[static_cast<std::size_t>(book.obligor_of_record[row])];
        if (named[row] < 0) continue;
        if (parent >= 0 && parent != named[row]) {
            throw Error(
                ErrorCode::invalid_input,
                "parent_obligor_id[" + std::to_string(records.find("record")->int64()[row]) + "]",
                "another record of the obligor names another parent");
        }
        parent = named[row];
    }
    return result;
}

/// Which obligors are in a group together; the groups of each relation are numbered apart.
class Relations {
  public:
    void add_groups(const Rows& group_of_record, const Book& book) {
        std::uint32_t last = next_;
        for (std::size_t row = 0; row < group_of_record.size(); ++row) {
            if (group_of_record[row] < 0) continue;
            const std::uint32_t group = next_ + static_cast<std::uint32_t>(group_of_record[row]);
            add(obligor(book, row), group);
            last = std::max(last, group + 1);
        }
        next_ = last;
    }
    void add_edge(std::uint32_t a, std::uint32_t b) {
        add(a, next_);
        add(b, next_++);
    }
    std::vector<std::uint32_t> components(std::size_t obligor_count) const {
        return connect_obligors({.obligor_count = obligor_count,
                                 .group_count = next_,
                                 .obligor = obligors_,
                                 .group = groups_})
            .component_of_obligor;
    }
    static std::uint32_t obligor(const Book& book, std::size_t row) {
        return static_cast<std::uint32_t>(book.obligor_of_record[row]);
    }

  private:
    void add(std::uint32_t obligor, std::uint32_t group) {
        obligors_.push_back(obligor);
        groups_.push_back(group);
    }

    std::vector<std::uint32_t> obligors_, groups_;
    std::uint32_t next_ = 0;
};

/// 0 … count − 1, stably by rising key.
std::vector<std::uint32_t> ordered_by(const std::vector<std::uint32_t>& key) {
    std::vector<std::uint32_t> order(key.size());
    std::iota(order.begin(), order.end(), 0U);
    if (!std::ranges::is_sorted(key)) {
        std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return key[i]; });
    }
    return order;
}

std::vector<std::uint32_t> inverse(const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> rows(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) rows[order[i]] = static_cast<std::uint32_t>(i);
    return rows;
}

/// Where each run of equal keys begins, and last the count.
std::vector<std::uint32_t> run_offsets(const std::vector<std::uint32_t>& key) {
    std::vector<std::uint32_t> offsets;
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (i == 0 || key[i] != key[i - 1]) offsets.push_back(static_cast<std::uint32_t>(i));
    }
    offsets.push_back(static_cast<std::uint32_t>(key.size()));
    return offsets;
}

/// Where an obligor of the book stands; −1 where there is none.
std::int64_t row_or_none(std::int64_t obligor, const std::vector<std::uint32_t>& obligor_row) {
    return obligor < 0 ? -1 : std::int64_t{obligor_row[static_cast<std::size_t>(obligor)]};
}

}  // namespace

PathOrder make_path_order(const BookTables& tables, const Book& book) {
    const Table& records = *tables.records;
    const std::size_t obligor_count = book.obligors.size();
    const Rows cross_default = named_groups(records, "cross_default_group");
    const Rows pools = named_groups(records, "collateral_group_id");
    const Rows guarantors = named_obligors(records, book, "guarantor_id");
    const Rows parent = parents(records, book);

    Relations defaulting;
    defaulting.add_groups(cross_default, book);
    Relations connected = defaulting;
    connected.add_groups(pools, book);
    for (std::size_t row = 0; row < guarantors.size(); ++row) {
        if (guarantors[row] < 0) continue;
        connected.add_edge(Relations::obligor(book, row),
                           static_cast<std::uint32_t>(guarantors[row]));
    }
    for (std::size_t o = 0; o < obligor_count; ++o) {
        if (parent[o] < 0) continue;
        connected.add_edge(static_cast<std::uint32_t>(o), static_cast<std::uint32_t>(parent[o]));
    }
    const std::vector<std::uint32_t> group = connected.components(obligor_count);
    const std::vector<std::uint32_t> default_group = defaulting.components(obligor_count);

    PathOrder order;
    order.obligor = ordered_by(group);
    const std::vector<std::uint32_t> obligor_row = inverse(order.obligor);
    std::vector<std::uint32_t> key(records.row_count());
    for (std::size_t row = 0; row < key.size(); ++row) {
        key[row] = obligor_row[Relations::obligor(book, row)];
    }
    order.record = ordered_by(key);
    std::vector<std::uint32_t> groups_in_order;
    for (const std::uint32_t o : order.obligor) {
        groups_in_order.push_back(group[o]);
        order.cross_default.push_back(default_group[o]);
        order.parent_of_obligor.push_back(row_or_none(parent[o], obligor_row));
    }
    order.group_offsets = run_offsets(groups_in_order);

    std::vector<std::uint32_t> first_position{0};
    for (std::size_t row = 0; row + 1 < book.instrument_offsets.size(); ++row) {
        const std::int64_t count = book.instrument_offsets[row + 1] - book.instrument_offsets[row];
        first_position.push_back(first_position.back() +
                                 static_cast<std::uint32_t>(std::max<std::int64_t>(count, 1)));
    }
    for (std::size_t r = 0; r < order.record.size(); ++r) {
        const std::uint32_t row = order.record[r];
        order.obligor_of_record.push_back(key[row]);
        order.pool_of_record.push_back(pools[row]);
        order.guarantor_of_record.push_back(row_or_none(guarantors[row], obligor_row));
        order.position_offsets.push_back(static_cast<std::uint32_t>(order.position.size()));
        for (std::uint32_t p = first_position[row]; p < first_position[row + 1]; ++p) {
            order.position.push_back(p);
            order.record_of_position.push_back(static_cast<std::uint32_t>(r));
        }
    }
    order.position_offsets.push_back(static_cast<std::uint32_t>(order.position.size()));
    order.record_offsets = run_offsets(order.obligor_of_record);
    return order;
}

}  // namespace seawall::debt
