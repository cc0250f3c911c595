#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall::debt {

/// The steps that fit the bits of a path.
inline constexpr std::size_t max_covenant_steps = 64;

/// One covenant of one record over the steps: bit m − 1 stands for step m.
struct TestedPath {
    std::uint64_t tested = 0;    ///< the ratio was known
    std::uint64_t breached = 0;  ///< and past its limit; a part of `tested`
};

/// What such a path amounts to. Between two tests the state is that of the earlier one.
struct BreachFindings {
    std::int32_t first_breach_step = 0;  ///< 1, 2, …; 0: never
    std::int32_t breach_steps = 0;       ///< tests in breach
    bool in_breach_at_end = false;       ///< at the last test
    bool cured =
        false;  ///< breached, and each breach was over within cure_months of its first test
};

/// A breach begins with a test in breach and ends with the next one that is not.
BreachFindings breach_findings(const TestedPath& path, std::int32_t cure_months);

}  // namespace seawall::debt
