#include "ingest/growing_table.hpp"

namespace seawall::ingest {

void GrowingTable::add_column(std::string name, ColumnType type, Keep keep) {
    columns_.emplace_back(std::move(name), type);
    is_kept_.push_back(keep == Keep::always ? 1 : 0);
}

void GrowingTable::append(const GrowingTable& next) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (next.is_kept_[i] != 0) meet(i);
        if (next.columns_[i].size() == 0) continue;
        fill_up(i);
        columns_[i].append(next.columns_[i]);
    }
    row_count_ += next.row_count_;
}

Table GrowingTable::finish() && {
    Table table;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (is_kept_[i] == 0) continue;
        fill_up(i);
        table.columns.push_back(std::move(columns_[i]));
    }
    return table;
}

}  // namespace seawall::ingest
