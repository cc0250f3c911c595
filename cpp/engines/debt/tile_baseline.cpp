#include "engines/debt/tile_kernel.hpp"

namespace seawall::debt {

const TileKernels tile_kernels_baseline = kernels_of_this_unit;

}  // namespace seawall::debt
