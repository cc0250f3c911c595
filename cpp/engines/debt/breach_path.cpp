#include "engines/debt/breach_path.hpp"

#include <bit>
#include <utility>

namespace seawall::debt {

BreachFindings breach_findings(const TestedPath& path, std::int32_t cure_months) {
    BreachFindings findings;
    if (path.breached == 0) return findings;
    findings.first_breach_step = std::countr_zero(path.breached) + 1;
    findings.breach_steps = std::popcount(path.breached);
    findings.cured = true;
    const std::uint64_t compliant = path.tested & ~path.breached;
    for (std::uint64_t rest = path.breached; rest != 0;) {
        const auto begin = static_cast<unsigned>(std::countr_zero(rest));
        const std::uint64_t later = compliant >> begin;
        if (later == 0) {
            findings.in_breach_at_end = true;
            findings.cured = false;
            break;
        }
        const auto months = static_cast<unsigned>(std::countr_zero(later));
        if (std::cmp_greater(months, cure_months)) findings.cured = false;
        rest &= ~std::uint64_t{0} << (begin + months);  // below 64: a later bit is set
    }
    return findings;
}

}  // namespace seawall::debt
