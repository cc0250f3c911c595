// What the kernel's parts take alone on this processor, with nothing to wait for: the draws, the
// sums of the distances, and the filter with the losses. They are the kernel's own, of the unit of
// one instruction set (KERNEL).
#include KERNEL

#include <vector>

namespace seawall::debt {
namespace {

template <class Value>
[[gnu::always_inline]] inline void use(Value& value) {
    asm volatile("" : "+x"(value));
}

template <class L>
struct Parts {
    static constexpr std::size_t lanes_of_a_group = group_obligors * L::width;

    static void draw(const DefaultBlock& block, std::size_t groups) {
        const DefaultStream<L> stream(block, 0);
        for (std::size_t group = 0; group < groups; ++group) {
            Counters<L> counters = stream.begin(block.stream[group % tile_groups]);
#pragma GCC unroll 8
            for (int round = stream.first_round; round < stream.round_count; ++round) {
                stream.advance(counters, round);
            }
            typename L::Words words[4];
            stream.join(counters, words);
            for (auto& word : words) use(word);
        }
    }

    static void add_factors(const DefaultBlock& block, std::size_t groups) {
        for (std::size_t group = 0; group < groups; ++group) {
            const float* const threshold = block.threshold + group % tile_groups * group_obligors;
            const float* loading =
                block.loading + group % tile_groups * group_obligors * block.factor_count;
            const typename L::Floats root = L::load(block.mixing_root);
            typename L::Floats distance[group_obligors];
#pragma GCC unroll 8
            for (std::size_t o = 0; o < group_obligors; ++o) {
                distance[o] = L::multiply_add(L::all(threshold[o]), root, L::all(L::offset));
            }
            for (std::size_t k = 0; k < block.factor_count; ++k) {
                const typename L::Floats z = L::load(block.factor + k * block_scenarios);
#pragma GCC unroll 8
                for (std::size_t o = 0; o < group_obligors; ++o) {
                    distance[o] = L::multiply_add(L::all(loading[o]), z, distance[o]);
                }
                loading += group_obligors;
            }
            for (auto& one : distance) use(one);
        }
    }

    static std::size_t filter(const DefaultBlock& block, std::size_t groups) {
        typename L::Floats distance[group_obligors];
        for (auto& one : distance) one = L::all(-12000.0F);
        typename L::Words words[4];
        for (auto& word : words) word = L::word(0x80008000U);
        typename L::Sums sums[2] = {L::no_sums(), L::no_sums()};
        const auto band = L::band(8);
        std::size_t open_count = 0;
        for (std::size_t group = 0; group < groups; ++group) {
            for (auto& one : distance) use(one);
            for (auto& word : words) use(word);
            typename L::Decision decisions[4];
            decide_pairs<L>(distance, words, band, decisions);
            const std::int16_t* const limbs =
                block.loss_limb + group % tile_groups * group_obligors * 2;
#pragma GCC unroll 4
            for (std::size_t pair = 0; pair < 4; ++pair) {
                L::add(decisions[pair], limbs + 4 * pair, sums[0]);
                L::add(decisions[pair], limbs + 4 * pair + 2, sums[1]);
            }
            open_count += L::any_open(decisions, band) ? 1 : 0;
        }
        for (auto& sum : sums) use(sum);
        return open_count;
    }
};

}  // namespace
}  // namespace seawall::debt

/// Does one part (0: draws, 1: sums of distances, 2: filter) for at least so many lanes.
extern "C" std::size_t run_part(int part, std::size_t lanes, std::size_t factor_count) {
    using namespace seawall::debt;
    using All = Parts<LANES>;
    static std::vector<float> numbers;
    numbers.assign((factor_count + 4) * tile_groups * group_obligors + 16, 0.5F);
    static std::vector<StreamWords> words(tile_groups + 1, StreamWords{1, 2, 3});
    static std::vector<std::int16_t> limbs(tile_groups * group_obligors * 2, std::int16_t{-7});
    alignas(64) static std::uint32_t scenario[block_scenarios] = {};
    alignas(64) static float factor[64 * block_scenarios] = {};
    DefaultBlock block{};
    block.factor_count = factor_count;
    block.stream = words.data();
    block.threshold = numbers.data();
    block.loading = numbers.data();
    block.loss_limb = limbs.data();
    block.scenario_low = scenario;
    block.scenario_high = scenario;
    block.factor = factor;
    block.mixing_root = factor;
    const std::size_t groups = (lanes + All::lanes_of_a_group - 1) / All::lanes_of_a_group;
    if (part == 0) All::draw(block, groups);
    if (part == 1) All::add_factors(block, groups);
    return part == 2 ? All::filter(block, groups) : 0;
}
