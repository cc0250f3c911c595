#include "engines/debt/simulation/positions_by_obligor.hpp"

namespace seawall::debt {

PositionsByObligor positions_by_obligor(std::span<const std::uint32_t> obligor_row,
                                        std::size_t obligor_count) {
    PositionsByObligor result{.first = std::vector<std::uint32_t>(obligor_count + 1),
                              .position = std::vector<std::uint32_t>(obligor_row.size())};
    for (const std::uint32_t row : obligor_row) ++result.first[row + 1];
    for (std::size_t row = 0; row < obligor_count; ++row)
        result.first[row + 1] += result.first[row];
    std::vector<std::uint32_t> next(result.first.begin(), result.first.end() - 1);
    for (std::uint32_t position = 0; position < obligor_row.size(); ++position) {
        result.position[next[obligor_row[position]]++] = position;
    }
    return result;
}

}  // namespace seawall::debt
