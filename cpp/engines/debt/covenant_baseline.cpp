#include "engines/debt/covenant_kernel.hpp"

namespace seawall::debt {

const CovenantKernels covenant_kernels_baseline = covenant_kernels_of_this_unit;

}  // namespace seawall::debt
