#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "engines/debt/simulation/sampling.hpp"

namespace seawall::debt {

struct PlainSampling {
    friend bool operator==(const PlainSampling&, const PlainSampling&) = default;
};
struct SobolSampling {
    friend bool operator==(const SobolSampling&, const SobolSampling&) = default;
};

/// How a run drew its systematic states, as it is asked for and kept.
using SamplingRecord = std::variant<PlainSampling, ImportanceShift, SobolSampling>;

/// A record with what drawing by it needs, made once a run.
class PreparedSampling {
  public:
    /// `conditional`, which the caller keeps, is null where the factors are N(0, C).
    PreparedSampling(SamplingRecord record, std::uint64_t seed, std::size_t factor_count,
                     const ConditionalFactors* conditional);
    PreparedSampling(const PreparedSampling&) = delete;
    PreparedSampling& operator=(const PreparedSampling&) = delete;
    ~PreparedSampling() = default;

    /// For ranges of the seed; valid as long as this object is there.
    StateSampling view() const;

  private:
    SamplingRecord record_;
    std::optional<SobolScrambles> scrambles_;
    const ConditionalFactors* conditional_;
};

}  // namespace seawall::debt
