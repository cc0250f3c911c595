#include <algorithm>
#include <string>
#include <vector>

#include "engines/debt/simulation/recovery_units.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t most_rows = std::size_t{1} << 28U;
constexpr std::int64_t largest_total_claim = 0x4000'0000'0000'0000;

void check_length(const char* column, std::size_t length, std::size_t expected) {
    if (length != expected) refuse_input(column, "must be as long as its fellow columns");
}

void check_lengths(const WaterfallBook& book) {
    const auto& [claims, pools, obligors, terms] = book;
    const std::size_t count = claims.amount_minor.size();
    check_length("claims.estate", claims.estate.size(), count);
    check_length("claims.pool", claims.pool.size(), count);
    check_length("claims.lien_position", claims.lien_position.size(), count);
    check_length("claims.seniority", claims.seniority.size(), count);
    if (!claims.guarantor.empty() || !claims.guarantee_limit_minor.empty()) {
        check_length("claims.guarantor", claims.guarantor.size(), count);
        check_length("claims.guarantee_limit_minor", claims.guarantee_limit_minor.size(), count);
    }
    check_length("pools.owner", pools.owner.size(), pools.pool_count());
    check_length("obligors.parent", obligors.parent.size(), obligors.free_assets_minor.size());
    if (std::max({count, pools.pool_count(), obligors.parent.size()}) > most_rows) {
        throw Error(ErrorCode::limit_exceeded, "claims", "a book has at most 2^28 rows");
    }
}

void check_claims(const WaterfallBook& book) {
    const auto& [claims, pools, obligors, terms] = book;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < claims.amount_minor.size(); ++i) {
        const std::int64_t amount = claims.amount_minor[i];
        if (amount < 0) refuse_input("claims.amount_minor", i, "must not be negative");
        if (amount > largest_total_claim - total) {
            throw Error(ErrorCode::limit_exceeded, "claims.amount_minor",
                        "the sum of the claims passes 2^62 minor units");
        }
        total += amount;
        if (claims.estate[i] >= obligors.parent.size())
            refuse_input("claims.estate", i, "is no obligor");
        if (static_cast<std::size_t>(claims.seniority[i]) >= seniority_count) {
            refuse_input("claims.seniority", i, "is no seniority");
        }
        if (claims.pool[i] == no_index) continue;
        if (claims.pool[i] >= pools.pool_count()) refuse_input("claims.pool", i, "is no pool");
        if (claims.lien_position[i] >= lien_count) {
            refuse_input("claims.lien_position", i, "must be 0, 1 or 2");
        }
    }
    for (std::size_t i = 0; i < claims.guarantor.size(); ++i) {
        if (claims.guarantee_limit_minor[i] < 0) {
            refuse_input("claims.guarantee_limit_minor", i, "must not be negative");
        }
        if (claims.guarantor[i] == no_index) continue;
        if (claims.guarantor[i] >= obligors.parent.size()) {
            refuse_input("claims.guarantor", i, "is no obligor");
        }
        if (claims.guarantor[i] == claims.estate[i]) {
            refuse_input("claims.guarantor", i, "must be another obligor");
        }
    }
}

/// Follows each row upwards to where another was before: to one of the same way in a circle.
void check_ownership(std::span<const std::uint32_t> parent) {
    for (std::size_t i = 0; i < parent.size(); ++i) {
        if (parent[i] != no_index && parent[i] >= parent.size()) {
            refuse_input("obligors.parent", i, "is no obligor");
        }
    }
    std::vector<std::uint32_t> way_of(parent.size(), no_index);
    for (std::uint32_t first = 0; first < parent.size(); ++first) {
        std::uint32_t row = first;
        for (; row != no_index && way_of[row] == no_index; row = parent[row]) way_of[row] = first;
        if (row != no_index && way_of[row] == first) {
            refuse_input("obligors.parent", row, "ownership runs in a circle");
        }
    }
}

void check_fraction(const char* place, double fraction) {
    const bool is_fraction = fraction >= 0.0 && fraction <= 1.0;  // false for NaN
    if (!is_fraction) refuse_input(place, "must be from 0 to 1");
}

}  // namespace

void check(const WaterfallBook& book) {
    check_lengths(book);
    check_claims(book);
    for (std::size_t i = 0; i < book.pools.pool_count(); ++i) {
        if (book.pools.owner[i] >= book.obligors.parent.size()) {
            refuse_input("pools.owner", i, "is no obligor");
        }
    }
    for (std::size_t i = 0; i < book.obligors.free_assets_minor.size(); ++i) {
        if (book.obligors.free_assets_minor[i] < 0) {
            refuse_input("obligors.free_assets_minor", i, "must not be negative");
        }
    }
    check_ownership(book.obligors.parent);
    check_fraction("terms.haircut", book.terms.haircut);
    check_fraction("terms.sale_cost", book.terms.sale_cost);
    check_fraction("terms.administration_cost", book.terms.administration_cost);
}

}  // namespace seawall::debt
