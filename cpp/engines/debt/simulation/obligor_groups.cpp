#include "engines/debt/simulation/obligor_groups.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "engines/debt/simulation/standard_obligors.hpp"

namespace seawall::debt {
namespace {

constexpr std::uint64_t limb_mask = (std::uint64_t{1} << limb_bits) - 1;
/// Beyond this a threshold may not fit a float; no filter decides such a group.
constexpr double largest_rounded_threshold = 0x1p100;

std::vector<std::uint32_t> rows_by_slot(const ObligorColumns& obligors) {
    std::vector<std::uint32_t> rows(obligors.obligor_count());
    std::iota(rows.begin(), rows.end(), 0U);
    std::ranges::sort(rows, {}, [&](std::uint32_t row) { return obligors.slot[row]; });
    return rows;
}

/// As many limbs as hold the largest loss, of the numbers that the kernels know.
std::size_t limb_count_of(std::span<const std::int64_t> losses) {
    const auto largest = static_cast<std::uint64_t>(losses.empty() ? 0 : std::ranges::max(losses));
    for (const std::size_t count : {2U, 3U}) {
        if (largest >> (count * limb_bits) == 0) return count;
    }
    return 5;
}

float rounded_up(double value) {
    const auto rounded = static_cast<float>(value);
    return std::nextafter(rounded, std::numeric_limits<float>::infinity());
}

/// Fills one place of the last group.
class Filler {
  public:
    explicit Filler(ObligorGroups& groups) : groups_(groups) {}

    void open_group(std::uint32_t stream_block) {
        const std::size_t count = groups_.group_count() + 1;
        groups_.stream_block.push_back(stream_block);
        groups_.threshold.resize(count * group_obligors);
        groups_.rounded_threshold.resize(count * group_obligors);
        groups_.loading.resize(count * group_obligors * groups_.factor_count);
        groups_.largest_threshold.push_back(0.0F);
        groups_.largest_loading.push_back(0.0F);
        groups_.loss_minor.resize(count * group_obligors);
        groups_.loss_limb.resize(count * group_obligors * groups_.limb_count);
        groups_.row.resize(count * group_obligors, no_obligor);
    }

    void put(std::uint32_t row, std::size_t place_in_group, double threshold,
             std::span<const float> loading, std::int64_t loss_minor) {
        const std::size_t group = groups_.group_count() - 1;
        const std::size_t place = group * group_obligors + place_in_group;
        groups_.row[place] = row;
        groups_.threshold[place] = threshold;
        const bool fits = std::abs(threshold) < largest_rounded_threshold;
        groups_.rounded_threshold[place] = fits ? static_cast<float>(threshold) : 0.0F;
        float& largest_threshold = groups_.largest_threshold[group];
        largest_threshold =
            std::max(largest_threshold, fits ? rounded_up(std::abs(threshold))
                                             : std::numeric_limits<float>::infinity());
        double square = 0.0;
        for (std::size_t k = 0; k < loading.size(); ++k) {
            groups_.loading[(group * groups_.factor_count + k) * group_obligors + place_in_group] =
                loading[k];
            square += static_cast<double>(loading[k]) * static_cast<double>(loading[k]);
        }
        float& largest_loading = groups_.largest_loading[group];
        largest_loading = std::max(largest_loading, rounded_up(std::sqrt(square)));
        groups_.loss_minor[place] = loss_minor;
        std::int16_t* const limbs = groups_.loss_limb.data() +
                                    2 * ((group * 4 + place_in_group / 2) * groups_.limb_count) +
                                    place_in_group % 2;
        auto bits = static_cast<std::uint64_t>(loss_minor);
        for (std::size_t limb = 0; limb < groups_.limb_count; ++limb) {
            limbs[2 * limb] =
                static_cast<std::int16_t>(-static_cast<std::int32_t>(bits & limb_mask));
            bits >>= limb_bits;
        }
    }

  private:
    ObligorGroups& groups_;
};

}  // namespace

void ObligorGroups::copy_loading(std::size_t place, std::span<float> loading_of_one) const {
    const float* const first =
        loading.data() + place / group_obligors * group_obligors * factor_count;
    for (std::size_t k = 0; k < factor_count; ++k) {
        loading_of_one[k] = first[k * group_obligors + place % group_obligors];
    }
}

ObligorGroups group_obligors_by_slot(const ObligorColumns& obligors, const FactorModel& factors) {
    const std::vector<double> root = correlation_root(factors);
    check(obligors, factors);
    const std::size_t factor_count = factors.factor_count;
    ObligorGroups groups;
    groups.obligor_count = obligors.obligor_count();
    groups.factor_count = factor_count;
    groups.limb_count = limb_count_of(obligors.loss_minor);
    groups.mixing = MixingVariable(factors.degrees_of_freedom);
    Filler filler(groups);
    std::array<float, max_factors> loading_of_one{};
    const std::span<float> loading(loading_of_one.data(), factor_count);
    for (const std::uint32_t row : rows_by_slot(obligors)) {
        standardise_row(obligors, row, root, loading);
        const double threshold = obligors.default_threshold[row];
        if (std::isinf(threshold)) {  // certain, or never: no draw
            if (threshold < 0.0) continue;
            groups.certain_rows.push_back(row);
            groups.certain_loss_minor += obligors.loss_minor[row];
            continue;
        }
        const std::uint32_t slot = obligors.slot[row];
        const auto block = static_cast<std::uint32_t>(slot / group_obligors);
        if (groups.stream_block.empty() || groups.stream_block.back() != block) {
            filler.open_group(block);
        }
        filler.put(row, slot % group_obligors, standardise_threshold(threshold, loading), loading,
                   obligors.loss_minor[row]);
    }
    return groups;
}

}  // namespace seawall::debt
