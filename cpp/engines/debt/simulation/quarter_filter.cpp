#include "engines/debt/simulation/quarter_filter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "engines/debt/simulation/default_decider.hpp"

namespace seawall::debt {
namespace {

/// Beyond this a threshold may not fit a float; no filter decides such a group.
constexpr double largest_rounded_threshold = 0x1p100;

constexpr std::uint16_t all_lanes = 0xFFFF;

float rounded_up(double value) {
    const auto rounded = static_cast<float>(value);
    return std::nextafter(rounded, std::numeric_limits<float>::infinity());
}

/// The bits of a byte as eight bytes of 0 or 1, the lowest bit in the lowest byte.
constexpr auto bytes_of_bits = [] {
    std::array<std::uint64_t, 256> bytes{};
    for (std::uint64_t bits = 0; bits < bytes.size(); ++bits) {
        for (std::uint64_t i = 0; i < 8; ++i) bytes[bits] |= (bits >> i & 1U) << (8 * i);
    }
    return bytes;
}();

/// A count of quarters for each scenario of a block, in a byte each.
struct QuarterCounts {
    std::uint64_t low = 0, high = 0;

    void add(std::uint16_t mask) {
        low += bytes_of_bits[mask & 0xFFU];
        high += bytes_of_bits[mask >> 8U];
    }
    void store(std::uint8_t* counts) const {
        static_assert(std::endian::native == std::endian::little);
        std::memcpy(counts, &low, sizeof low);
        std::memcpy(counts + sizeof low, &high, sizeof high);
    }
};

/// All obligors, those that are certain to default too: not all are in each quarter.
ObligorGroups grouped(const StandardObligors& obligors) {
    std::vector<std::uint32_t> rows(obligors.obligor_count());
    std::iota(rows.begin(), rows.end(), 0U);
    std::ranges::sort(rows, {}, [&](std::uint32_t row) { return obligors.slot[row]; });
    ObligorGroups groups;
    groups.obligor_count = obligors.obligor_count();
    groups.factor_count = obligors.factor_count;
    groups.limb_count = 0;  // no losses
    for (const std::uint32_t row : rows) {
        const auto block = static_cast<std::uint32_t>(obligors.slot[row] / group_obligors);
        if (groups.stream_block.empty() || groups.stream_block.back() != block) {
            groups.stream_block.push_back(block);
            groups.row.resize(groups.row.size() + group_obligors, no_obligor);
            groups.loading.resize(groups.loading.size() + group_obligors * groups.factor_count);
            groups.largest_loading.push_back(0.0F);
        }
        const std::size_t group = groups.group_count() - 1;
        const std::size_t place = obligors.slot[row] % group_obligors;
        groups.row[group * group_obligors + place] = row;
        double square = 0.0;
        const std::span<const float> loading = obligors.loading_of(row);
        for (std::size_t k = 0; k < loading.size(); ++k) {
            groups.loading[(group * groups.factor_count + k) * group_obligors + place] = loading[k];
            square += static_cast<double>(loading[k]) * static_cast<double>(loading[k]);
        }
        float& largest = groups.largest_loading[group];
        largest = std::max(largest, rounded_up(std::sqrt(square)));
    }
    return groups;
}

}  // namespace

QuarterFilter::QuarterFilter(const StandardObligors& obligors, std::span<const double> threshold,
                             std::size_t quarter_count)
    : groups_(grouped(obligors)), by_quarter_(quarter_count - 1) {
    const std::size_t places = groups_.row.size();
    for (std::size_t quarter = 0; quarter < by_quarter_.size(); ++quarter) {
        Thresholds& of_quarter = by_quarter_[quarter];
        of_quarter.exact.resize(places);
        of_quarter.rounded.resize(places);
        of_quarter.largest.resize(groups_.group_count());
        for (std::uint32_t place = 0; place < places; ++place) {
            if (groups_.row[place] == no_obligor) continue;
            const double exact = threshold[groups_.row[place] * quarter_count + quarter];
            of_quarter.exact[place] = exact;
            if (std::isinf(exact)) {
                (exact < 0.0 ? of_quarter.never : of_quarter.always).push_back(place);
                continue;
            }
            const bool fits = std::abs(exact) < largest_rounded_threshold;
            of_quarter.rounded[place] = fits ? static_cast<float>(exact) : 0.0F;
            float& largest = of_quarter.largest[place / group_obligors];
            largest = std::max(largest, fits ? rounded_up(std::abs(exact))
                                             : std::numeric_limits<float>::infinity());
        }
    }
}

void QuarterFilter::find(const DefaultedBlock& block, InstructionSet set,
                         std::span<std::uint8_t> quarter) const {
    constexpr std::size_t tile_places = tile_groups * group_obligors;
    DefaultDecider decider(groups_, *block.states, block.seed, set);
    std::vector<std::uint16_t> defaults(std::min(tile_places, groups_.row.size()));
    std::vector<QuarterCounts> counts(defaults.size());
    for (std::size_t first = 0; first < groups_.row.size(); first += tile_places) {
        const std::size_t count = std::min(tile_places, groups_.row.size() - first);
        std::fill_n(counts.begin(), count, QuarterCounts{});
        for (const Thresholds& of_quarter : by_quarter_) {
            std::fill_n(defaults.begin(), count, std::uint16_t{0});
            decider.decide(first / group_obligors, block.first / block_scenarios,
                           {.exact = of_quarter.exact,
                            .rounded = of_quarter.rounded,
                            .largest = of_quarter.largest},
                           defaults.data());
            const auto set_places = [&](const std::vector<std::uint32_t>& places,
                                        std::uint16_t mask) {
                auto next = std::ranges::lower_bound(places, first);
                for (; next != places.end() && *next < first + count; ++next) {
                    defaults[*next - first] = mask;
                }
            };
            set_places(of_quarter.never, 0);
            set_places(of_quarter.always, all_lanes);
            for (std::size_t i = 0; i < count; ++i) {
                counts[i].add(static_cast<std::uint16_t>(~defaults[i]));
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t row = groups_.row[first + i];
            if (row == no_obligor) continue;
            counts[i].add(static_cast<std::uint16_t>(~block.masks[row]));
            counts[i].store(quarter.data() + row * block_scenarios);
        }
    }
}

}  // namespace seawall::debt
