// Compiled with -mavx2; called only where the processor has it.
#if defined(__AVX2__)

#include "engines/debt/covenant_kernel.hpp"

namespace seawall::debt {

const CovenantKernels covenant_kernels_avx2 = covenant_kernels_of_this_unit;

}  // namespace seawall::debt

#endif
