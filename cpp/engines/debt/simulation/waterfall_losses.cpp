#include "engines/debt/simulation/waterfall_losses.hpp"

#include <array>
#include <string>
#include <utility>

#include "engines/debt/collateral_pool.hpp"
#include "engines/debt/simulation/block_scenarios.hpp"
#include "engines/debt/simulation/collateral_batch.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t largest_unit_value = 0x4000'0000'0000'0000;

std::size_t checked_position_count(const WaterfallBook& book) {
    check(book);
    return book.claims.amount_minor.size();
}

}  // namespace

/// What a thread works in.
struct WaterfallLosses::Room {
    JointSettlement settlement;
    RankedUnits::Scratch ranked;
    CollateralBatch collateral;
    std::vector<std::uint8_t> quarters;  ///< of a block's defaults; empty over one period
};

/// Room that is idle, or new, with the quarters of a block's defaults.
class WaterfallLosses::Lent {
  public:
    Lent(const WaterfallLosses& owner, const DefaultedBlock& block) : owner_(owner) {
        {
            const std::scoped_lock lock(owner.idle_mutex_);
            if (!owner.idle_.empty()) {
                room_ = std::move(owner.idle_.back());
                owner.idle_.pop_back();
            }
        }
        const ClaimQuarters* const quarters = owner.quarters_ ? &*owner.quarters_ : nullptr;
        if (room_ == nullptr) {
            room_ = std::make_unique<Room>(Room{{owner.units_.joint, owner.terms_, quarters},
                                                owner.ranked_.scratch(),
                                                CollateralBatch(owner.shocks_),
                                                {}});
        }
        if (quarters == nullptr) return;
        room_->quarters.resize(owner.obligor_count_ * block_scenarios);
        quarters->find(block, room_->quarters);
    }
    ~Lent() {
        const std::scoped_lock lock(owner_.idle_mutex_);
        owner_.idle_.push_back(std::move(room_));
    }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;

    Room& room() const { return *room_; }
    std::span<const std::uint8_t> quarters() const { return room_->quarters; }

  private:
    const WaterfallLosses& owner_;
    std::unique_ptr<Room> room_;
};

WaterfallLosses::WaterfallLosses(const WaterfallBook& book, const FactorModel& factors)
    : WaterfallLosses(book, factors, std::optional<ClaimQuarters>()) {}

WaterfallLosses::WaterfallLosses(const WaterfallBook& book, const FactorModel& factors,
                                 ClaimQuarters quarters)
    : WaterfallLosses(book, factors, std::optional(std::move(quarters))) {}

WaterfallLosses::WaterfallLosses(const WaterfallBook& book, const FactorModel& factors,
                                 std::optional<ClaimQuarters> quarters)
    : position_count_(checked_position_count(book)),
      obligor_count_(book.obligors.free_assets_minor.size()),
      quarters_(std::move(quarters)),
      terms_(book.terms),
      net_of_sale_(MinorFraction::left_after(book.terms.haircut, book.terms.sale_cost)),
      administration_cost_(MinorFraction::of(book.terms.administration_cost)),
      shocks_(book.pools, factors),
      units_(connect_obligors(book)),
      ranked_(units_.joint, terms_, quarters_ ? &*quarters_ : nullptr) {
    const bool is_of_others = quarters_ && (quarters_->obligor_count() != obligor_count_ ||
                                            quarters_->position_count() != position_count_);
    if (is_of_others) {
        throw Error(ErrorCode::invalid_input, "quarters", "must be of the book's obligors");
    }
    check_values(book);
}

WaterfallLosses::~WaterfallLosses() = default;

void WaterfallLosses::check_values(const WaterfallBook& book) const {
    const auto add = [](std::int64_t& total, std::int64_t value, const char* column,
                        std::size_t row) {
        if (value > largest_unit_value - total) {
            throw Error(ErrorCode::limit_exceeded, place_of(column, row),
                        "the unit could be worth more than 2^62 minor units in a scenario");
        }
        total += value;
    };
    const auto add_pool = [&](std::int64_t& total, std::uint32_t pool) {
        add(total, shocks_.largest_value_minor(pool), "pools.value_minor", pool);
    };
    const auto add_free = [&](std::int64_t& total, std::uint32_t obligor) {
        add(total, book.obligors.free_assets_minor[obligor], "obligors.free_assets_minor", obligor);
    };
    for (const LoneDebt& claim : units_.lone) {
        std::int64_t total = 0;
        add_free(total, claim.obligor);
        if (claim.pool != no_index) add_pool(total, claim.pool);
    }
    const JointUnits& joint = units_.joint;
    for (std::size_t unit = 0; unit < joint.unit_count(); ++unit) {
        std::int64_t total = 0;
        for (std::uint32_t e = joint.estate_offsets[unit]; e < joint.estate_offsets[unit + 1];
             ++e) {
            add_free(total, joint.obligor[e]);
        }
        for (std::uint32_t p = joint.pool_offsets[unit]; p < joint.pool_offsets[unit + 1]; ++p) {
            add_pool(total, joint.pool[p]);
        }
    }
}

void WaterfallLosses::check_block(const DefaultedBlock& block) const {
    if (block.masks.size() != obligor_count_) {
        throw Error(ErrorCode::invalid_input, "masks", "must be as many as the obligors");
    }
    if (block.count > block_scenarios) {
        throw Error(ErrorCode::limit_exceeded, "scenarios", "at most 16 scenarios at once");
    }
}

LoneDebt WaterfallLosses::due(const LoneDebt& claim, const RecoveryScenario& scenario) const {
    LoneDebt due = claim;
    if (quarters_) {
        due.amount_minor = quarters_->amount_minor(claim.position, scenario.quarter(claim.obligor));
    }
    return due;
}

template <class Add>
void WaterfallLosses::add_lone(const BlockScenarios& scenarios, const DefaultedBlock& block,
                               Room& room, Add add) const {
    struct Waiting {
        const LoneDebt* claim;
        const RecoveryScenario* at;
    };
    std::array<Waiting, CollateralBatch::most_values> waiting;
    std::size_t count = 0;
    const auto settle = [&](const LoneDebt& claim, const RecoveryScenario& at, std::int64_t value) {
        const LoneDebt owed = due(claim, at);
        const LoneSettlement settled =
            settle_lone(owed, net_of_sale_.rounded_down(value), administration_cost_);
        add(claim.position, at, claim.obligor, owed.amount_minor - settled.paid_minor());
    };
    const auto settle_waiting = [&] {
        const auto values = room.collateral.draw(block.seed);
        for (std::size_t i = 0; i < count; ++i)
            settle(*waiting[i].claim, *waiting[i].at, values[i]);
        room.collateral.clear();
        count = 0;
    };
    for (const LoneDebt& claim : units_.lone) {
        scenarios.visit(block.masks[claim.obligor], [&](const RecoveryScenario& at) {
            if (claim.pool == no_index) {
                settle(claim, at, 0);
                return;
            }
            waiting[count++] = {&claim, &at};
            room.collateral.push(claim.pool, at.scenario, at.state);
            if (count == waiting.size()) settle_waiting();
        });
    }
    settle_waiting();
}

template <class Add>
void WaterfallLosses::add_joint(const BlockScenarios& scenarios, const DefaultedBlock& block,
                                Room& room, Add add) const {
    const JointUnits& joint = units_.joint;
    struct Waiting {
        std::size_t unit;
        const RecoveryScenario* at;
    };
    std::array<Waiting, CollateralBatch::most_values> waiting;
    std::size_t count = 0;
    const auto settle = [&](std::size_t unit, const RecoveryScenario& at,
                            std::span<const std::int64_t> values) {
        if (ranked_.is_ranked(unit)) {
            ranked_.settle(unit, at, values, room.ranked,
                           [&](std::uint32_t position, std::uint32_t obligor, std::int64_t open) {
                               add(position, at, obligor, open);
                           });
            return;
        }
        JointSettlement& settlement = room.settlement;
        settlement.settle(unit, at, values);
        for (std::uint32_t c = joint.claim_offsets[unit]; c < joint.claim_offsets[unit + 1]; ++c) {
            const std::int64_t open = settlement.due_minor(c) - settlement.paid_minor(c);
            if (settlement.due_minor(c) == 0) continue;
            add(joint.position[c], at, joint.obligor[joint.estate[c]], open);
        }
    };
    const auto settle_waiting = [&] {
        auto values = room.collateral.draw(block.seed);
        for (const auto& [unit, at] : std::span(waiting).first(count)) {
            const std::size_t pools = joint.pool_offsets[unit + 1] - joint.pool_offsets[unit];
            settle(unit, *at, values.first(pools));
            values = values.subspan(pools);
        }
        room.collateral.clear();
        count = 0;
    };
    for (std::size_t unit = 0; unit < joint.unit_count(); ++unit) {
        const std::uint16_t mask = room.settlement.default_mask(unit, block.masks);
        scenarios.visit(mask, [&](const RecoveryScenario& at) {
            waiting[count++] = {unit, &at};
            for (std::uint32_t p = joint.pool_offsets[unit]; p < joint.pool_offsets[unit + 1];
                 ++p) {
                room.collateral.push(joint.pool[p], at.scenario, at.state);
            }
            if (count == waiting.size() || room.collateral.is_full()) settle_waiting();
        });
    }
    settle_waiting();
}

void WaterfallLosses::add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                                 std::span<std::int64_t> position_minor) const {
    check_block(block);
    const Lent lent(*this, block);
    const BlockScenarios scenarios(block, lent.quarters());
    const auto add = [&](std::uint32_t position, const RecoveryScenario& at, std::uint32_t obligor,
                         std::int64_t open) {
        if (open == 0) return;
        const std::int64_t loss =
            quarters_ ? quarters_->worth_today(open, at.quarter(obligor)) : open;
        total_minor[at.bit] += loss;
        if (!position_minor.empty()) position_minor[position * block_scenarios + at.bit] += loss;
    };
    add_lone(scenarios, block, lent.room(), add);
    add_joint(scenarios, block, lent.room(), add);
}

RecoveryMoney WaterfallLosses::money(const DefaultedBlock& block, std::size_t scenario) const {
    check_block(block);
    const Lent lent(*this, block);
    const BlockScenarios scenarios(block, lent.quarters());
    const RecoveryScenario& at = scenarios[scenario];
    RecoveryMoney total;
    for (const LoneDebt& claim : units_.lone) {
        if (!at.defaults(claim.obligor)) continue;
        const std::int64_t value =
            claim.pool == no_index
                ? 0
                : shocks_.value_minor(claim.pool, at.seed, at.scenario, at.state);
        const SaleProceeds proceeds = sell(value, terms_.haircut, terms_.sale_cost);
        const LoneSettlement settled =
            settle_lone(due(claim, at), net_of_sale_.rounded_down(value), administration_cost_);
        total += {.value_minor = claim.free_assets_minor + proceeds.sold_minor,
                  .paid_minor = settled.paid_minor(),
                  .set_aside_minor = 0,
                  .sale_cost_minor = proceeds.sold_minor - proceeds.net_minor,
                  .administration_minor = settled.administration_minor,
                  .equity_minor = settled.equity_minor};
    }
    JointSettlement& settlement = lent.room().settlement;
    const JointUnits& joint = units_.joint;
    for (std::size_t unit = 0; unit < joint.unit_count(); ++unit) {
        const std::uint32_t mask = settlement.default_mask(unit, block.masks);
        if ((mask >> at.bit & 1U) == 0) continue;
        std::vector<std::int64_t> values;
        for (std::uint32_t p = joint.pool_offsets[unit]; p < joint.pool_offsets[unit + 1]; ++p) {
            values.push_back(shocks_.value_minor(joint.pool[p], at.seed, at.scenario, at.state));
        }
        settlement.settle(unit, at, values);
        total += settlement.money(unit);
    }
    return total;
}

}  // namespace seawall::debt
