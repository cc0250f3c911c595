#include "engines/debt/simulation/sampling_record.hpp"

#include <utility>

namespace seawall::debt {

PreparedSampling::PreparedSampling(SamplingRecord record, std::uint64_t seed,
                                   std::size_t factor_count, const ConditionalFactors* conditional)
    : record_(std::move(record)), conditional_(conditional) {
    if (std::holds_alternative<SobolSampling>(record_)) scrambles_.emplace(seed, factor_count);
}

StateSampling PreparedSampling::view() const {
    return {.importance = std::get_if<ImportanceShift>(&record_),
            .scrambles = scrambles_ ? &*scrambles_ : nullptr,
            .conditional = conditional_};
}

}  // namespace seawall::debt
