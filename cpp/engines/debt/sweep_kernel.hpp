// The quarters of the sweep, for the units that are compiled for one instruction set each. Nothing
// here or included here may have external linkage: what the linker may merge could run on a
// processor without the instructions. Hence the unnamed namespace, and no standard library.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engines/debt/sweep_block.hpp"

namespace seawall::debt {
namespace {

/// 1.5 · 2^52: a double of less than 2^51 added to it is rounded half-even to an integer, which its
/// lowest bits then hold.
constexpr double rounding_shift = 6755399441055744.0;

/// Adds the losses of the lanes that default in a quarter to its sums.
template <class L>
[[gnu::always_inline]] inline void add_losses(const SweepBlock& block, const SweepInstrument& loan,
                                              std::size_t place, typename L::Mask defaults,
                                              typename L::Vector balance) {
    const double* const drivers = block.drivers + place;
    const auto collateral =
        L::mul(L::load(drivers + loan.collateral_factor), L::all(loan.collateral));
    const auto proceeds =
        L::sub(L::mul(collateral, L::all(loan.sale_proceeds)), L::all(loan.prior_claims));
    const auto recovered = L::min(L::max(proceeds, L::all(0.0)), balance);
    const auto loss = L::mul(L::mul(L::sub(balance, recovered), L::all(loan.unrecovered)),
                             L::load(drivers + loan.currency_factor));
    L::add_where(defaults, L::rounded(loss), block.loss_minor + place);
    L::count_where(defaults, block.default_count + place);
}

/// One instrument in the lanes lane .. lane + vectors · width.
template <class L, std::size_t vectors>
[[gnu::always_inline]] inline void sweep_instrument(const SweepBlock& block,
                                                    const SweepInstrument& loan, std::size_t lane) {
    const auto spread = L::all(loan.quarter_spread);
    const auto scheduled = L::all(loan.scheduled_principal);
    const auto base_income = L::all(loan.income);
    const auto dscr_limit = L::all(loan.dscr_limit);
    const auto ltv_collateral = L::all(loan.ltv_collateral);
    const auto zero = L::all(0.0);
    const double* index = block.drivers + loan.index + lane;
    const double* income_factor = block.drivers + loan.income_factor + lane;
    const double* collateral_factor = block.drivers + loan.collateral_factor + lane;
    std::int64_t* breach_count = block.breach_count + lane;
    const std::size_t place_end = block.quarter_count * sweep_lanes;
    typename L::Vector balance[vectors];
    typename L::Mask short_before[vectors];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
        balance[v] = L::all(loan.balance);
        short_before[v] = L::none();
    }
    for (std::size_t quarter = 0; quarter < place_end; quarter += sweep_lanes) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) {
            const std::size_t place = quarter + v * L::width;
            const auto rate = L::max(L::add(L::load(index + place), spread), zero);
            const auto interest = L::mul(balance[v], rate);
            const auto principal = L::min(balance[v], scheduled);
            const auto service = L::add(interest, principal);
            const auto income = L::mul(L::load(income_factor + place), base_income);
            const auto ltv_value = L::mul(L::load(collateral_factor + place), ltv_collateral);
            const auto breach = L::either(L::less(income, L::mul(service, dscr_limit)),
                                          L::less(ltv_value, balance[v]));
            L::count_where(breach, breach_count + place);
            const auto is_short = L::less(income, service);
            const auto defaults = L::both(is_short, short_before[v]);
            if (L::any(defaults)) add_losses<L>(block, loan, lane + place, defaults, balance[v]);
            short_before[v] = is_short;
            // Nothing is due on a balance of 0: no breach and no second default.
            const auto paid = L::min(L::max(L::sub(income, interest), zero), principal);
            balance[v] = L::zero_where(defaults, L::sub(balance[v], paid));
        }
    }
}

/// `vectors` registers at once hide the latency of each other's chains.
template <class L, std::size_t vectors>
void sweep_all_lanes(const SweepBlock& block) {
    static_assert(sweep_lanes % (vectors * L::width) == 0);
    for (std::size_t lane = 0; lane < sweep_lanes; lane += vectors * L::width) {
        for (std::size_t i = 0; i < block.instrument_count; ++i) {
            sweep_instrument<L, vectors>(block, block.instruments[i], lane);
        }
    }
}

}  // namespace
}  // namespace seawall::debt
