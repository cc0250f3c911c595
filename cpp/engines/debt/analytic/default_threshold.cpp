#include "engines/debt/analytic/default_threshold.hpp"

#include <limits>

#include "numeric/normal_distribution.hpp"
#include "numeric/student_t_distribution.hpp"

namespace seawall::debt {

double default_threshold(double probability, std::optional<double> degrees_of_freedom) {
    if (probability == 0.0) return -std::numeric_limits<double>::infinity();
    if (probability == 1.0) return std::numeric_limits<double>::infinity();
    return degrees_of_freedom ? student_t_quantile(probability, *degrees_of_freedom)
                              : normal_quantile(probability);
}

}  // namespace seawall::debt
