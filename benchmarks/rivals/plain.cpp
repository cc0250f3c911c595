// The engine's algorithm without its intrinsics: Philox counters of eight obligors with the first
// rounds taken apart, a filter of 16 bits with the same proven band, losses in limbs, tiles, and
// the canonical rule for what is open. So the losses are the engine's, bit by bit. One loop over
// scenarios, all other loops unrolled in it, is left to the compiler's vectoriser; the number of
// factors is known to it (FACTOR_COUNT).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "numeric/normal_distribution.hpp"
#include "numeric/uniform.hpp"

namespace {

constexpr std::size_t factor_count = FACTOR_COUNT;
constexpr std::size_t lanes = 16;
constexpr std::size_t group_obligors = 8;
constexpr std::size_t tile_groups = 256;
constexpr float table_error = 2.45F;  // of the portable filter's approximation, in 2^-16

struct Group {
    float threshold[group_obligors];
    float loading[factor_count][group_obligors];
    std::int32_t low_limb[group_obligors];
    std::int32_t high_limb[group_obligors];
    float largest_threshold;
    float largest_loading;
    std::uint32_t second_high;  // of the counter's first two rounds
    std::uint32_t second_low;
    std::uint32_t first_low;
};

// The scenarios of a block.
struct Block {
    alignas(64) float factor[factor_count][lanes];  // −z
    double exact_factor[lanes][factor_count];
    alignas(64) std::uint64_t first_low[lanes];
    alignas(64) std::uint64_t second_high[lanes];
    alignas(64) std::uint64_t second_low[lanes];
    alignas(64) std::int32_t low_sum[lanes];
    alignas(64) std::int32_t high_sum[lanes];
    alignas(64) std::uint32_t open[lanes];
    alignas(64) float nearest[lanes];  // to its limit, of a group's draws
    float largest_factor;
};

struct Key {
    std::uint32_t even[10];
    std::uint32_t odd[10];
};

std::uint32_t high(std::uint64_t product) {
    return static_cast<std::uint32_t>(product >> 32U);
}

float rounded_up(double value) {
    return std::nextafter(static_cast<float>(value), INFINITY);
}

Key key_of(std::uint64_t seed) {
    Key key{};
    for (std::uint32_t round = 0; round < 10; ++round) {
        key.even[round] = static_cast<std::uint32_t>(seed) + round * 0x9E3779B9U;
        key.odd[round] = high(seed) + round * 0xBB67AE85U;
    }
    return key;
}

void set_scenarios(Block& block, std::uint64_t first, std::uint64_t seed, const Key& key) {
    double largest_square = 0.0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::uint64_t scenario = first + lane;
        double square = 0.0;
        for (std::size_t k = 0; k < factor_count; ++k) {
            const double z = seawall::normal_quantile(seawall::stream_uniform_53(
                seed, seawall::RandomStream::factors, scenario, static_cast<std::uint32_t>(k)));
            block.exact_factor[lane][k] = z;
            block.factor[k][lane] = static_cast<float>(-z);
            square += z * z;
        }
        largest_square = std::max(largest_square, square);
        const std::uint64_t one = std::uint64_t{0xCD9E8D57U} * high(scenario);
        const std::uint64_t two = std::uint64_t{0xD2511F53U} *
                                  (high(one) ^ static_cast<std::uint32_t>(scenario) ^ key.even[0]);
        block.first_low[lane] = static_cast<std::uint32_t>(one) ^ key.even[1];
        block.second_high[lane] = high(two);
        block.second_low[lane] = static_cast<std::uint32_t>(two) ^ key.odd[2];
    }
    block.largest_factor = rounded_up(std::sqrt(largest_square));
}

// 2^16·Φ of a distance as the engine's portable filter has it.
inline float limit_of(float distance) {
    const float size = distance < 0.0F ? -distance : distance;
    const float quarter = (size < 4.0F ? size : 4.0F) * 0.25F;
    float root = __builtin_fmaf(quarter, -0.77389586F, 1.20780897F);
    root = __builtin_fmaf(root, quarter, 0.40992671F);
    root = __builtin_fmaf(root, quarter, -0.96908987F);
    root = __builtin_fmaf(root, quarter, -0.79699670F);
    root = __builtin_fmaf(root, quarter, 0.99999183F);
    const float square = root * root;
    const float tail = square * square * 32768.0F;
    return distance < 0.0F ? tail : 65536.0F - tail;
}

// Words in the low halves of 64 bits: a product of those is one instruction.
inline void round_of(std::uint64_t (&c)[4], std::uint32_t key_even, std::uint32_t key_odd) {
    const std::uint64_t even = std::uint64_t{0xD2511F53U} * (c[0] & 0xFFFFFFFFU);
    const std::uint64_t odd = std::uint64_t{0xCD9E8D57U} * (c[2] & 0xFFFFFFFFU);
    c[0] = (odd >> 32U) ^ c[1] ^ key_even;
    c[1] = odd;
    c[2] = (even >> 32U) ^ c[3] ^ key_odd;
    c[3] = even;
}

// Decides a group in all scenarios of the block; returns whether a lane is open.
template <bool listing>
bool decide_group(Block& block, const Group& group, const Key& key, float band) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        std::uint64_t c[4];
        c[0] = block.first_low[lane] ^ group.second_high;
        c[2] = block.second_high[lane] ^ group.first_low;
        const std::uint64_t even = std::uint64_t{0xD2511F53U} * c[0];
        const std::uint64_t odd = std::uint64_t{0xCD9E8D57U} * c[2];
        c[0] = (odd >> 32U) ^ group.second_low;
        c[1] = odd;
        c[2] = (even >> 32U) ^ block.second_low[lane];
        c[3] = even;
#pragma GCC unroll 7
        for (int round = 3; round < 10; ++round) round_of(c, key.even[round], key.odd[round]);
        std::int32_t low_sum = block.low_sum[lane];
        std::int32_t high_sum = block.high_sum[lane];
        std::uint32_t open = 0;
        float nearest = 65536.0F;
#pragma GCC unroll 8
        for (std::size_t o = 0; o < group_obligors; ++o) {
            float distance = group.threshold[o];
#pragma GCC unroll 64
            for (std::size_t k = 0; k < factor_count; ++k) {
                distance = __builtin_fmaf(group.loading[k][o], block.factor[k][lane], distance);
            }
            const auto word = static_cast<std::uint32_t>(c[o / 2]);
            const std::uint32_t draw = o % 2 == 0 ? word & 0xFFFFU : word >> 16U;
            const float above =
                static_cast<float>(static_cast<std::int32_t>(draw)) - limit_of(distance);
            if constexpr (listing) {
                if (-band <= above && above < band) open |= 1U << o;
            } else {
                const std::int32_t defaults = above < -band ? -1 : 0;
                low_sum += defaults & group.low_limb[o];
                high_sum += defaults & group.high_limb[o];
                const float distance_to_draw = above < 0.0F ? -above : above;
                nearest = distance_to_draw < nearest ? distance_to_draw : nearest;
            }
        }
        if constexpr (listing) {
            block.open[lane] = open;
        } else {
            block.low_sum[lane] = low_sum;
            block.high_sum[lane] = high_sum;
            block.nearest[lane] = nearest;
        }
    }
    float nearest = block.nearest[0];
    for (std::size_t lane = 1; lane < lanes; ++lane) {
        nearest = block.nearest[lane] < nearest ? block.nearest[lane] : nearest;
    }
    return nearest <= band;
}

class Simulation {
  public:
    Simulation(std::size_t obligor_count, const double* threshold, const float* loading,
               const std::int64_t* loss_minor, std::uint64_t seed)
        : obligor_count_(obligor_count),
          threshold_(threshold),
          loading_(loading),
          loss_minor_(loss_minor),
          seed_(seed),
          key_(key_of(seed)),
          groups_((obligor_count + group_obligors - 1) / group_obligors) {
        for (std::size_t i = 0; i < obligor_count; ++i) put(i);
        for (std::size_t g = 0; g < groups_.size(); ++g) set_stream(g);
        const double terms = static_cast<double>(factor_count + 4) * 0x1p-24;
        float_error_ = static_cast<float>(65536.0 * 0.399 * terms / (1.0 - terms) * 1.001);
    }

    void run(std::size_t scenario_count, std::int64_t* losses) {
        const std::size_t padded = (scenario_count + lanes - 1) / lanes;
        std::vector<Block> blocks(std::min<std::size_t>(padded, 16));
        std::vector<std::int64_t> sums(blocks.size() * lanes);
        for (std::size_t first = 0; first < scenario_count; first += blocks.size() * lanes) {
            std::ranges::fill(sums, 0);
            for (std::size_t b = 0; b < blocks.size(); ++b) {
                set_scenarios(blocks[b], first + b * lanes, seed_, key_);
            }
            for (std::size_t tile = 0; tile < groups_.size(); tile += tile_groups) {
                const std::size_t end = std::min(tile + tile_groups, groups_.size());
                for (std::size_t b = 0; b < blocks.size(); ++b) {
                    run_tile(tile, end, blocks[b], first + b * lanes, sums.data() + b * lanes);
                }
            }
            std::copy_n(sums.begin(), std::min(sums.size(), scenario_count - first),
                        losses + first);
        }
    }

  private:
    void put(std::size_t i) {
        Group& group = groups_[i / group_obligors];
        const std::size_t o = i % group_obligors;
        group.threshold[o] = static_cast<float>(threshold_[i]);
        group.largest_threshold =
            std::max(group.largest_threshold, rounded_up(std::abs(threshold_[i])));
        double square = 0.0;
        for (std::size_t k = 0; k < factor_count; ++k) {
            const float b = loading_[i * factor_count + k];
            group.loading[k][o] = b;
            square += static_cast<double>(b) * b;
        }
        group.largest_loading = std::max(group.largest_loading, rounded_up(std::sqrt(square)));
        group.low_limb[o] = static_cast<std::int32_t>(loss_minor_[i] & 0x7FFF);
        group.high_limb[o] = static_cast<std::int32_t>(loss_minor_[i] >> 15U);
    }

    void set_stream(std::size_t g) {
        const std::uint64_t one = std::uint64_t{0xD2511F53U} * g;
        const auto stream = static_cast<std::uint32_t>(seawall::RandomStream::default_high);
        const std::uint64_t two = std::uint64_t{0xCD9E8D57U} * (high(one) ^ stream ^ key_.odd[0]);
        groups_[g].second_high = high(two);
        groups_[g].second_low = static_cast<std::uint32_t>(two) ^ key_.even[2];
        groups_[g].first_low = static_cast<std::uint32_t>(one) ^ key_.odd[1];
    }

    void run_tile(std::size_t first, std::size_t end, Block& block, std::uint64_t scenario,
                  std::int64_t* sums) const {
        std::fill_n(block.low_sum, lanes, 0);
        std::fill_n(block.high_sum, lanes, 0);
        for (std::size_t g = first; g < end; ++g) {
            const Group& group = groups_[g];
            const float band =
                table_error + float_error_ * (group.largest_threshold +
                                              group.largest_loading * block.largest_factor);
            if (decide_group<false>(block, group, key_, band)) [[unlikely]] {
                decide_group<true>(block, group, key_, band);
                decide_open(g, block, scenario, sums);
            }
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sums[lane] += block.low_sum[lane] + (std::int64_t{block.high_sum[lane]} << 15U);
        }
    }

    // The canonical rule.
    void decide_open(std::size_t g, const Block& block, std::uint64_t scenario,
                     std::int64_t* sums) const {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            for (std::uint32_t open = block.open[lane]; open != 0; open &= open - 1) {
                const std::size_t i =
                    g * group_obligors + static_cast<std::size_t>(__builtin_ctz(open));
                if (i >= obligor_count_) continue;
                double distance = threshold_[i];
                for (std::size_t k = 0; k < factor_count; ++k) {
                    distance -= static_cast<double>(loading_[i * factor_count + k]) *
                                block.exact_factor[lane][k];
                }
                const auto limit =
                    static_cast<std::uint64_t>(0x1p48 * seawall::normal_cdf(distance));
                const std::uint64_t uniform = seawall::default_uniform_48(
                    seed_, scenario + lane, static_cast<std::uint32_t>(i));
                if (uniform < limit) sums[lane] += loss_minor_[i];
            }
        }
    }

    std::size_t obligor_count_;
    const double* threshold_;
    const float* loading_;
    const std::int64_t* loss_minor_;
    std::uint64_t seed_;
    Key key_;
    float float_error_ = 0.0F;
    std::vector<Group> groups_;
};

}  // namespace

extern "C" void simulate(std::size_t obligor_count, std::size_t, const double* threshold,
                         const float* loading, const std::int64_t* loss_minor, std::uint64_t seed,
                         std::size_t scenario_count, std::int64_t* losses) {
    Simulation(obligor_count, threshold, loading, loss_minor, seed).run(scenario_count, losses);
}
