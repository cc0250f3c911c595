// What one writes first: a normal for every obligor in every scenario.
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

extern "C" void simulate(std::size_t obligor_count, std::size_t factor_count,
                         const double* threshold, const float* loading,
                         const std::int64_t* loss_minor, std::uint64_t seed,
                         std::size_t scenario_count, std::int64_t* losses) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    const std::vector<double> weight(loading, loading + obligor_count * factor_count);
    std::vector<double> factor(factor_count);
    for (std::size_t s = 0; s < scenario_count; ++s) {
        for (double& z : factor) z = normal(random);
        std::int64_t loss = 0;
        for (std::size_t i = 0; i < obligor_count; ++i) {
            double distance = threshold[i];
            for (std::size_t k = 0; k < factor_count; ++k) {
                distance -= weight[i * factor_count + k] * factor[k];
            }
            if (normal(random) <= distance) loss += loss_minor[i];
        }
        losses[s] = loss;
    }
}
