#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "engines/debt/path_tile.hpp"
#include "engines/debt/tile_state.hpp"
#include "numeric/thread_pool.hpp"

namespace seawall::debt {

/// A case that has run, to be looked at step by step: what every position did in every step is too
/// much to keep. Views: the caller keeps all of it.
struct CaseRerun {
    const PathBook& book;
    const PathCase& path_case;
    const PathTerms& terms;
    ParallelOptions options{};
};

/// The tile's row in the book comes first.
using TileVisit = std::function<void(std::size_t, const TileInputs&, const PathTile&)>;

/// Runs tiles of the book again and shows each to `visit`, on any thread and in any order; they
/// have the bits of the first run. Throws Error(cancelled).
void rerun_tiles(const CaseRerun& rerun, std::span<const std::size_t> tiles,
                 const TileVisit& visit);

/// The same for all tiles.
void rerun_tiles(const CaseRerun& rerun, const TileVisit& visit);

}  // namespace seawall::debt
