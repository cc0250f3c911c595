#include "provenance/table_digest.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace seawall {
namespace {

template <typename T>
void update(Sha256& hash, std::span<const T> values) {
    hash.update(std::as_bytes(values));
}

void update_count(Sha256& hash, std::size_t count) {
    const auto value = static_cast<std::uint64_t>(count);
    update(hash, std::span(&value, 1));
}

void update_text(Sha256& hash, std::string_view text) {
    update_count(hash, text.size());
    update(hash, std::span(text.data(), text.size()));
}

void update_column(Sha256& hash, const Column& column) {
    update_text(hash, column.name());
    update_count(hash, static_cast<std::size_t>(column.type()));
    update(hash, std::span(column.presence()));
    switch (column.type()) {
        case ColumnType::float64:
            return update(hash, std::span(column.float64()));
        case ColumnType::int64:
            return update(hash, std::span(column.int64()));
        case ColumnType::date32:
            return update(hash, std::span(column.dates()));
        case ColumnType::boolean:
            return update(hash, std::span(column.truths()));
        case ColumnType::text:
            update(hash, std::span(column.text().offsets));
            return update_text(hash, column.text().bytes);
    }
}

}  // namespace

Digest table_digest(std::span<const Table* const> tables) {
    Sha256 hash;
    for (const Table* table : tables) {
        update_count(hash, table->columns.size());
        update_count(hash, table->row_count());
        for (const Column& column : table->columns) update_column(hash, column);
    }
    return hash.finish();
}

}  // namespace seawall
