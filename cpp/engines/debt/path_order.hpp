#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/book_tables.hpp"

namespace seawall::debt {

/// A book's positions, records and obligors so ordered that what must be looked at together lies
/// together: a group of connected obligors, of each its records, of each its positions. Rows below
/// are of this order; within it, everything keeps the order of the book.
struct PathOrder {
    std::vector<std::uint32_t> position;  ///< (position_count,), of the book
    std::vector<std::uint32_t> record;    ///< (record_count,), of the book
    std::vector<std::uint32_t> obligor;   ///< (obligor_count,), of the book

    // Where the rows of each begin, and last the count.
    std::vector<std::uint32_t> position_offsets;  ///< (record_count + 1,)
    std::vector<std::uint32_t> record_offsets;    ///< (obligor_count + 1,)
    std::vector<std::uint32_t> group_offsets;     ///< (group_count + 1,), obligors

    std::vector<std::uint32_t> record_of_position;
    std::vector<std::uint32_t> obligor_of_record;
    std::vector<std::uint32_t> cross_default;       ///< (obligor_count,), who defaults with whom
    std::vector<std::int64_t> guarantor_of_record;  ///< obligor row, or −1
    std::vector<std::int64_t> parent_of_obligor;    ///< obligor row, or −1
    std::vector<std::int64_t> pool_of_record;       ///< pool row where shared by name, else −1

    std::size_t position_count() const { return position.size(); }
    std::size_t record_count() const { return record.size(); }
    std::size_t obligor_count() const { return obligor.size(); }
    std::size_t group_count() const { return group_offsets.size() - 1; }
};

/// Obligors are connected by a `cross_default_group`, by collateral of one `collateral_group_id`,
/// by a `guarantor_id` and by a `parent_obligor_id` that are obligors of the book. Throws
/// Error(invalid_input) where the records of an obligor name several parents.
PathOrder make_path_order(const BookTables& tables, const Book& book);

}  // namespace seawall::debt
