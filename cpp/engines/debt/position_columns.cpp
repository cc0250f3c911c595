#include "engines/debt/position_columns.hpp"

namespace seawall::debt {

PositionRows::PositionRows(const Book& book) {
    for (std::size_t row = 0; row + 1 < book.instrument_offsets.size(); ++row) {
        const std::int64_t begin = book.instrument_offsets[row];
        const std::int64_t end = book.instrument_offsets[row + 1];
        if (begin == end) {
            record.push_back(row);
            instrument.push_back(-1);
        }
        for (std::int64_t i = begin; i < end; ++i) {
            record.push_back(row);
            instrument.push_back(i);
        }
    }
}

}  // namespace seawall::debt
