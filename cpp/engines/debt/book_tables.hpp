#pragma once

#include "table/column.hpp"

namespace seawall::debt {

/// The normalised tables of a dataset; a null list means that its profile has none.
struct BookTables {
    const Table* records = nullptr;
    const Table* instruments = nullptr;
    const Table* distressed_assets = nullptr;
    const Table* principal_schedule = nullptr;  ///< of records without instruments
};

}  // namespace seawall::debt
