#include "engines/debt/simulation/reverse_search_starts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engines/debt/simulation/reverse_search_axes.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/uniform.hpp"

namespace seawall::debt {
namespace {

constexpr std::uint64_t seed_of_starts = 0x73746172;
constexpr std::size_t most_principal_axes = 8;

/// Σ loss·b·b', in the order of the slots.
std::vector<double> loading_moments(const ObligorGroups& groups) {
    const std::size_t count = groups.factor_count;
    std::vector<double> moments(count * count);
    std::array<float, max_factors> rounded;
    std::array<double, max_factors> loading;
    for (std::size_t place = 0; place < groups.threshold.size(); ++place) {
        if (groups.loss_minor[place] == 0) continue;
        const auto loss = static_cast<double>(groups.loss_minor[place]);
        groups.copy_loading(place, std::span(rounded).first(count));
        for (std::size_t k = 0; k < count; ++k) loading[k] = static_cast<double>(rounded[k]);
        for (std::size_t j = 0; j < count; ++j) {
            const double weight = loss * loading[j];
            for (std::size_t k = 0; k <= j; ++k) moments[j * count + k] += weight * loading[k];
        }
    }
    for (std::size_t j = 0; j < count; ++j) {
        for (std::size_t k = 0; k < j; ++k) moments[k * count + j] = moments[j * count + k];
    }
    return moments;
}

void add_both_ways(SearchPoint direction, std::vector<SearchPoint>& directions) {
    directions.push_back(direction);
    for (double& value : direction) value = -value;
    directions.push_back(std::move(direction));
}

SearchPoint random_direction(std::size_t dimension, std::size_t index) {
    SearchPoint direction(dimension);
    double square = 0.0;
    for (std::size_t k = 0; k < dimension; ++k) {
        direction[k] = normal_quantile(stream_uniform_53(seed_of_starts, RandomStream::factors,
                                                         index, static_cast<std::uint32_t>(k)));
        square += direction[k] * direction[k];
    }
    for (double& value : direction) value /= std::sqrt(square);
    return direction;
}

}  // namespace

std::vector<SearchPoint> start_directions(const ObligorGroups& groups, std::size_t dimension,
                                          std::size_t random_count) {
    std::vector<SearchPoint> directions;
    for (std::size_t k = 0; k < dimension; ++k) {
        SearchPoint axis(dimension);
        axis[k] = 1.0;
        add_both_ways(std::move(axis), directions);
    }
    if (groups.factor_count > 1) {
        const PrincipalAxes axes = principal_axes(loading_moments(groups), groups.factor_count);
        const std::size_t most = std::min(most_principal_axes, groups.factor_count);
        for (std::size_t i = 0; i < most && axes.value[i] > 1e-12 * axes.value[0]; ++i) {
            SearchPoint direction(axes.row(i).begin(), axes.row(i).end());
            direction.resize(dimension);
            add_both_ways(std::move(direction), directions);
        }
    }
    for (std::size_t i = 0; i < random_count; ++i) {
        directions.push_back(random_direction(dimension, i));
    }
    return directions;
}

}  // namespace seawall::debt
