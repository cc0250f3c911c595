#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "table/column.hpp"

namespace seawall::debt {

/// What becomes of collateral that a record shares with other loans, where the tape does not state
/// the record's share.
enum class SharedCollateralRule {
    withheld,         ///< it counts nothing
    by_debt_service,  ///< its share is the record's part of the property's debt service
};

enum class ShareBasis { stated, debt_service, withheld };

constexpr std::string_view basis_name(ShareBasis basis) {
    switch (basis) {
        case ShareBasis::stated:
            return "stated";
        case ShareBasis::debt_service:
            return "debt_service";
        case ShareBasis::withheld:
            return "withheld";
    }
    return "withheld";
}

/// A record whose stated collateral belongs, or may belong, to other loans too.
struct SharedCollateral {
    std::size_t row = 0;  ///< of the records
    ShareBasis basis = ShareBasis::withheld;
    double share = 0.0;          ///< fraction of the stated collateral that counts
    double stated_value = 0.0;   ///< in the book's currency, as the next
    double counted_value = 0.0;  ///< share · stated value
};

/// A debt service coverage ratio is rounded on a tape, so that a whole loan's share may come out a
/// little above 1.
inline constexpr double largest_debt_service_share = 1.02;

/// What a year of a loan's own debt costs, or nothing where that is not known. `months` is its term
/// of amortisation; 0 is interest only, at the actual days of a year over 360, as commercial
/// mortgages count them.
std::optional<double> annual_debt_service(std::optional<double> total,
                                          std::optional<double> original,
                                          std::optional<double> rate_pct, std::int64_t months);

/// The records whose collateral is stated and whose shared_collateral is true or absent, by rising
/// row and still without their values; in a tape without that column, those with a
/// collateral_share. Throws Error(invalid_input) at "collateral_share[record]" on a share outside
/// 0 .. 100 %, and on one below 100 % where shared_collateral is false.
std::vector<SharedCollateral> share_collateral(const Table& records, const Table* instruments,
                                               SharedCollateralRule rule);

}  // namespace seawall::debt
