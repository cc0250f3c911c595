#pragma once

#include <span>
#include <vector>

#include "engines/debt/case_wall.hpp"
#include "engines/debt/debt_paths.hpp"
#include "engines/debt/path_book.hpp"
#include "engines/debt/risk_level.hpp"

namespace seawall::debt {

/// The risk level of each record under a case, (record_count,) in path order. `wall` is that of the
/// case.
std::vector<RiskRating> rate_records(const PathBook& book, const CasePaths& paths,
                                     std::span<const WallEntry> wall);

/// Of each obligor: the gravest level of its records, and every reason of them.
std::vector<RiskRating> rate_obligors(const PathBook& book,
                                      const std::vector<RiskRating>& of_records);

}  // namespace seawall::debt
