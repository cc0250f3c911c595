#include "engines/debt/waterfall_batch.hpp"

#include <algorithm>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void check_size(const char* column, std::size_t size, std::size_t expected) {
    if (size != expected) {
        throw Error(ErrorCode::invalid_input, column, "must be as long as its fellow columns");
    }
}

}  // namespace

void check_lengths(const WaterfallBatch& batch) {
    const auto& [claims, pools, estates, group_offsets] = batch;
    check_size("estate", claims.estate.size(), batch.claim_count());
    check_size("pool", claims.pool.size(), batch.claim_count());
    check_size("lien_position", claims.lien_position.size(), batch.claim_count());
    check_size("seniority", claims.seniority.size(), batch.claim_count());
    if (!claims.guarantor.empty() || !claims.guarantee_limit_minor.empty()) {
        check_size("guarantor", claims.guarantor.size(), batch.claim_count());
        check_size("guarantee_limit_minor", claims.guarantee_limit_minor.size(),
                   batch.claim_count());
    }
    check_size("owner", pools.owner.size(), batch.pool_count());
    check_size("haircut", pools.haircut.size(), batch.pool_count());
    check_size("sale_cost", pools.sale_cost.size(), batch.pool_count());
    check_size("administration_cost_minor", estates.administration_cost_minor.size(),
               batch.estate_count());
    check_size("priming_claim_minor", estates.priming_claim_minor.size(), batch.estate_count());
    check_size("parent", estates.parent.size(), batch.estate_count());
    // Keys are row · 4 + seniority, and one more.
    constexpr std::size_t most_rows = (UINT32_MAX - 2) / seniority_count;
    if (std::max({batch.claim_count(), batch.pool_count(), batch.estate_count()}) > most_rows) {
        throw Error(ErrorCode::limit_exceeded, "group_offsets", "a batch has at most 2^30 rows");
    }
}

}  // namespace seawall::debt
