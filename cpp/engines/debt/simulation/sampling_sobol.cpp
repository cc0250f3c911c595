#include "engines/debt/simulation/sampling_sobol.hpp"

#include "numeric/normal_distribution.hpp"

namespace seawall::debt {

SobolScrambles::SobolScrambles(std::uint64_t seed, std::size_t factor_count) : seed_(seed) {
    scrambles_.reserve(scramble_count);
    for (std::uint32_t scramble = 0; scramble < scramble_count; ++scramble) {
        scrambles_.emplace_back(factor_count + 1, seed, scramble);
    }
}

double SobolScrambles::draw(std::uint64_t scenario, const MixingVariable& mixing,
                            std::span<double> factor) const {
    const ScrambledSobol& sobol = scrambles_[scenario % scramble_count];
    const std::uint64_t point = scenario / scramble_count;
    for (std::size_t k = 0; k < factor.size(); ++k) {
        factor[k] = normal_quantile(sobol.coordinate(point, k));
    }
    if (mixing.is_gaussian()) return 1.0;
    return mixing.root_of(sobol.coordinate(point, factor.size()));
}

}  // namespace seawall::debt
