// Compiled with -mavx512f -mavx512dq; called only where the processor has both.
#if defined(__AVX512F__) && defined(__AVX512DQ__)

#include "engines/debt/covenant_kernel.hpp"

namespace seawall::debt {

const CovenantKernels covenant_kernels_avx512 = covenant_kernels_of_this_unit;

}  // namespace seawall::debt

#endif
