// Compiled with -mavx2; called only where the processor has it.
#if defined(__AVX2__)

#include "engines/debt/tile_kernel.hpp"

namespace seawall::debt {

const TileKernels tile_kernels_avx2 = kernels_of_this_unit;

}  // namespace seawall::debt

#endif
