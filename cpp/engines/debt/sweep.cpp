#include "engines/debt/sweep.hpp"

#include <algorithm>
#include <mutex>
#include <new>

#include "engines/debt/sweep_check.hpp"
#include "engines/debt/sweep_variants.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t cache_line = 64;

/// Memory that the kernels may load and store by whole registers.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U>
    explicit(false) AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{cache_line}));
    }
    void deallocate(T* memory, std::size_t) {
        ::operator delete(memory, std::align_val_t{cache_line});
    }
    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using Aligned = std::vector<T, AlignedAllocator<T>>;

/// All drivers, block after block of sweep_lanes scenarios; within a block a row of lanes a class
/// and quarter. The first class has a rate of 0 throughout: fixed rates are a spread over it.
class PackedDrivers {
  public:
    explicit PackedDrivers(const SweepScenarios& scenarios)
        : quarter_count_(scenarios.quarter_count),
          scenario_count_(scenarios.scenario_count),
          block_count_((scenario_count_ + sweep_lanes - 1) / sweep_lanes),
          income_class_(1 + scenarios.index.class_count),
          collateral_class_(income_class_ + scenarios.income.class_count),
          currency_class_(collateral_class_ + scenarios.collateral.class_count),
          class_count_(currency_class_ + scenarios.currency.class_count),
          values_(block_count_ * block_size()),
          least_index_(income_class_, 0.0) {
        pack(scenarios.index, 1, 0.25);
        const std::size_t cells = quarter_count_ * scenario_count_;
        for (std::size_t row = 0; cells != 0 && row < scenarios.index.class_count; ++row) {
            const auto rates = scenarios.index.values.subspan(row * cells, cells);
            least_index_[1 + row] = *std::ranges::min_element(rates) * 0.25;
        }
        pack(scenarios.income, income_class_, 1.0);
        pack(scenarios.collateral, collateral_class_, 1.0);
        pack(scenarios.currency, currency_class_,
             static_cast<double>(scenarios.minor_units_per_unit));
    }

    std::size_t block_count() const { return block_count_; }
    const double* block(std::size_t index) const { return values_.data() + index * block_size(); }

    SweepInstrument instrument(const SweepColumns& loans, std::size_t i) const {
        const double collateral = loans.collateral_value[i] * (1.0 - loans.haircut[i]);
        return {.balance = loans.balance[i],
                .scheduled_principal = loans.scheduled_principal[i],
                .quarter_spread = loans.spread[i] * 0.25,
                .income = std::max(loans.income[i], 0.0),
                .dscr_limit = loans.dscr_limit[i],
                .ltv_collateral = collateral * loans.ltv_limit[i],
                .collateral = collateral,
                .sale_proceeds = 1.0 - loans.sale_cost[i],
                .prior_claims = loans.prior_claims[i],
                .unrecovered = 1.0 - loans.unsecured_recovery[i],
                .index = row(0, loans.index_class[i]),
                .income_factor = row(income_class_, loans.income_class[i]),
                .collateral_factor = row(collateral_class_, loans.collateral_class[i]),
                .currency_factor = row(currency_class_, loans.currency_class[i])};
    }

    /// Whether the rate of an instrument is below 0 in any quarter of any scenario.
    bool rate_may_be_negative(const SweepColumns& loans, std::size_t i) const {
        // A larger index makes no smaller sum, rounding included: the least one tells of all.
        const auto index = static_cast<std::size_t>(loans.index_class[i]);
        return least_index_[index] + loans.spread[i] * 0.25 < 0.0;
    }

  private:
    std::size_t block_size() const { return class_count_ * quarter_count_ * sweep_lanes; }
    std::size_t row(std::size_t first_class, std::int64_t code) const {
        return (first_class + static_cast<std::size_t>(code)) * quarter_count_ * sweep_lanes;
    }

    void pack(const DriverCube& cube, std::size_t first_class, double scale) {
        for (std::size_t row = 0; row < cube.class_count * quarter_count_; ++row) {
            const auto from = cube.values.subspan(row * scenario_count_, scenario_count_);
            const std::size_t place = (first_class * quarter_count_ + row) * sweep_lanes;
            for (std::size_t s = 0; s < scenario_count_; ++s) {
                values_[s / sweep_lanes * block_size() + place + s % sweep_lanes] = from[s] * scale;
            }
        }
    }

    std::size_t quarter_count_;
    std::size_t scenario_count_;
    std::size_t block_count_;
    std::size_t income_class_;
    std::size_t collateral_class_;
    std::size_t currency_class_;
    std::size_t class_count_;
    Aligned<double> values_;
    std::vector<double> least_index_;  ///< of each index class, a quarter
};

/// The sums of a block, rows of sweep_lanes.
struct BlockSums {
    BlockSums(std::size_t quarter_count, std::size_t instrument_count)
        : loss_minor(quarter_count * sweep_lanes),
          breach_count(quarter_count * sweep_lanes, static_cast<std::int64_t>(instrument_count)),
          default_count(quarter_count * sweep_lanes) {}

    Aligned<std::int64_t> loss_minor;
    Aligned<std::int64_t> breach_count;
    Aligned<std::int64_t> default_count;
};

/// Adds the lanes that are scenarios to their places in the result.
void add_block(const Aligned<std::int64_t>& sums, std::size_t block, std::size_t scenario_count,
               std::vector<std::int64_t>& result) {
    const std::size_t first = block * sweep_lanes;
    const std::size_t lanes = std::min(sweep_lanes, scenario_count - first);
    const std::size_t quarter_count = sums.size() / sweep_lanes;
    for (std::size_t quarter = 0; quarter < quarter_count; ++quarter) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            result[quarter * scenario_count + first + lane] += sums[quarter * sweep_lanes + lane];
        }
    }
}

auto kernel_of(InstructionSet set) {
    switch (set) {
#if defined(__x86_64__)
        case InstructionSet::avx512:
            return &sweep_block_avx512;
        case InstructionSet::avx2:
            return &sweep_block_avx2;
#endif
        default:
            return &sweep_block_baseline;
    }
}

/// Few instruments are split finer, so that every thread has some.
std::size_t chunk_size_for(std::size_t instrument_count) {
    return std::clamp(instrument_count / 64, std::size_t{64}, SweepVariant{}.chunk_size);
}

}  // namespace

bool is_supported([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
    }
    if (set == InstructionSet::avx2) return __builtin_cpu_supports("avx2");
#endif
    return set == InstructionSet::baseline;
}

InstructionSet fastest_instruction_set() {
    for (const auto set : {InstructionSet::avx512, InstructionSet::avx2}) {
        if (is_supported(set)) return set;
    }
    return InstructionSet::baseline;
}

std::string_view instruction_set_name(InstructionSet set) {
    if (set == InstructionSet::avx512) return "avx512";
    return set == InstructionSet::avx2 ? "avx2" : "baseline";
}

SweepResult sweep(const SweepColumns& loans, const SweepScenarios& scenarios,
                  const ParallelOptions& parallel) {
    return sweep(loans, scenarios, parallel,
                 {.instruction_set = fastest_instruction_set(),
                  .chunk_size = chunk_size_for(loans.instrument_count())});
}

SweepResult sweep(const SweepColumns& loans, const SweepScenarios& scenarios,
                  const ParallelOptions& parallel, const SweepVariant& variant) {
    check(loans, scenarios);
    const std::size_t cells = scenarios.quarter_count * scenarios.scenario_count;
    SweepResult result{.quarter_count = scenarios.quarter_count,
                       .scenario_count = scenarios.scenario_count,
                       .loss_minor = std::vector<std::int64_t>(cells),
                       .breach_count = std::vector<std::int64_t>(cells),
                       .default_count = std::vector<std::int64_t>(cells)};
    const PackedDrivers drivers(scenarios);
    const auto kernel = kernel_of(variant.instruction_set);
    const std::size_t count = loans.instrument_count();
    const std::size_t chunk_count = (count + variant.chunk_size - 1) / variant.chunk_size;
    std::mutex merging;
    const bool complete = parallel_for(chunk_count, parallel, [&](std::size_t chunk) {
        const std::size_t begin = chunk * variant.chunk_size;
        const std::size_t end = std::min(begin + variant.chunk_size, count);
        std::vector<SweepInstrument> instruments;
        instruments.reserve(end - begin);
        bool rates_may_be_negative = false;
        for (std::size_t i = begin; i < end; ++i) {
            instruments.push_back(drivers.instrument(loans, i));
            rates_may_be_negative |= drivers.rate_may_be_negative(loans, i);
        }
        for (std::size_t block = 0; block < drivers.block_count(); ++block) {
            BlockSums sums(scenarios.quarter_count, instruments.size());
            kernel({.instruments = instruments.data(),
                    .instrument_count = instruments.size(),
                    .drivers = drivers.block(block),
                    .quarter_count = scenarios.quarter_count,
                    .rates_may_be_negative = rates_may_be_negative,
                    .loss_minor = sums.loss_minor.data(),
                    .breach_count = sums.breach_count.data(),
                    .default_count = sums.default_count.data()});
            const std::scoped_lock lock(merging);
            add_block(sums.loss_minor, block, scenarios.scenario_count, result.loss_minor);
            add_block(sums.breach_count, block, scenarios.scenario_count, result.breach_count);
            add_block(sums.default_count, block, scenarios.scenario_count, result.default_count);
        }
        parallel.control.advance(end - begin);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "sweep", "stopped by the caller");
    return result;
}

}  // namespace seawall::debt
