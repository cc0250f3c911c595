#include "engines/debt/tile_rerun.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "errors/error.hpp"

namespace seawall::debt {

void rerun_tiles(const CaseRerun& rerun, std::span<const std::size_t> tiles,
                 const TileVisit& visit) {
    constexpr std::size_t tiles_a_task = 8;  // they reuse one tile's memory
    const PathBook& book = rerun.book;
    const CaseFactors factors = case_factors(rerun.path_case, book.horizon, book.segment_count);
    const TileInputs inputs{.book = book, .factors = factors, .terms = rerun.terms};
    const std::size_t tasks = (tiles.size() + tiles_a_task - 1) / tiles_a_task;
    const bool complete = parallel_for(tasks, rerun.options, [&](std::size_t task) {
        PathTile tile;
        TileState state;
        const std::size_t end = std::min((task + 1) * tiles_a_task, tiles.size());
        for (std::size_t t = task * tiles_a_task; t < end; ++t) {
            run_tile(book, factors, rerun.terms, book.tiles[tiles[t]], state, tile);
            visit(tiles[t], inputs, tile);
        }
    });
    if (!complete) throw Error(ErrorCode::cancelled, "paths", "stopped by the caller");
}

void rerun_tiles(const CaseRerun& rerun, const TileVisit& visit) {
    std::vector<std::size_t> tiles(rerun.book.tiles.size());
    std::iota(tiles.begin(), tiles.end(), std::size_t{0});
    rerun_tiles(rerun, tiles, visit);
}

}  // namespace seawall::debt
