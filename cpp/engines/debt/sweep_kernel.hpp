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

/// What an instrument needs in every quarter, in registers.
template <class L>
struct LoadedInstrument {
    L::Vector spread, scheduled, income, dscr_limit, ltv_collateral;
    const double* index;
    const double* income_factor;
    const double* collateral_factor;
};

template <class L>
[[gnu::always_inline]] inline LoadedInstrument<L> loaded(const SweepBlock& block,
                                                         const SweepInstrument& loan,
                                                         std::size_t lane) {
    const double* const drivers = block.drivers + lane;
    return {L::all(loan.quarter_spread),  L::all(loan.scheduled_principal), L::all(loan.income),
            L::all(loan.dscr_limit),      L::all(loan.ltv_collateral),      drivers + loan.index,
            drivers + loan.income_factor, drivers + loan.collateral_factor};
}

/// Some instruments side by side in the lanes lane .. lane + vectors · width: each of their
/// registers waits for its own quarter before, so that several at once hide that latency.
template <class L, bool rates_may_be_negative, std::size_t instruments, std::size_t vectors>
[[gnu::always_inline]] inline void sweep_instruments(const SweepBlock& block,
                                                     const SweepInstrument* loans,
                                                     std::size_t lane) {
    const auto zero = L::all(0.0);
    std::int64_t* breach_count = block.breach_count + lane;
    const std::size_t place_end = block.quarter_count * sweep_lanes;
    LoadedInstrument<L> terms[instruments];
    typename L::Vector balance[instruments][vectors];
    typename L::Mask covered_before[instruments][vectors];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < instruments; ++i) {
        terms[i] = loaded<L>(block, loans[i], lane);
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) {
            balance[i][v] = L::all(loans[i].balance);
            covered_before[i][v] = L::every();
        }
    }
    for (std::size_t quarter = 0; quarter < place_end; quarter += sweep_lanes) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) {
            const std::size_t place = quarter + v * L::width;
            auto breaches = L::load_counts(breach_count + place);
#pragma GCC unroll 8
            for (std::size_t i = 0; i < instruments; ++i) {
                const LoadedInstrument<L>& loan = terms[i];
                const auto stated = L::add(L::load(loan.index + place), loan.spread);
                const auto rate = rates_may_be_negative ? L::max(stated, zero) : stated;
                const auto interest = L::mul(balance[i][v], rate);
                const auto principal = L::min(balance[i][v], loan.scheduled);
                const auto service = L::add(interest, principal);
                const auto income = L::mul(L::load(loan.income_factor + place), loan.income);
                const auto ltv_value =
                    L::mul(L::load(loan.collateral_factor + place), loan.ltv_collateral);
                const auto in_no_breach = L::not_less(income, L::mul(service, loan.dscr_limit));
                breaches = L::minus_one_where(
                    L::not_less_too(in_no_breach, ltv_value, balance[i][v]), breaches);
                const auto covered = L::not_less(income, service);
                // Nothing is due on a balance of 0: no breach and no second default.
                const auto paid = L::min(L::max(L::sub(income, interest), zero), principal);
                const auto left = L::sub(balance[i][v], paid);
                // Of most quarters all lanes stay, and their masks need not be made.
                if (L::all_of_either(covered, covered_before[i][v])) {
                    balance[i][v] = left;
                } else {
                    const auto stays = L::either(covered, covered_before[i][v]);
                    add_losses<L>(block, loans[i], lane + place, L::inverse(stays), balance[i][v]);
                    balance[i][v] = L::where(stays, left);
                }
                covered_before[i][v] = covered;
            }
            L::store_counts(breach_count + place, breaches);
        }
    }
}

template <class L, bool rates_may_be_negative, std::size_t instruments, std::size_t vectors>
void sweep_lanes_of(const SweepBlock& block) {
    static_assert(sweep_lanes % (vectors * L::width) == 0);
    for (std::size_t lane = 0; lane < sweep_lanes; lane += vectors * L::width) {
        std::size_t i = 0;
        for (; i + instruments <= block.instrument_count; i += instruments) {
            sweep_instruments<L, rates_may_be_negative, instruments, vectors>(
                block, block.instruments + i, lane);
        }
        for (; i < block.instrument_count; ++i) {
            sweep_instruments<L, rates_may_be_negative, 1, vectors>(block, block.instruments + i,
                                                                    lane);
        }
    }
}

template <class L, std::size_t instruments, std::size_t vectors>
void sweep_all_lanes(const SweepBlock& block) {
    if (block.rates_may_be_negative) {
        sweep_lanes_of<L, true, instruments, vectors>(block);
    } else {
        sweep_lanes_of<L, false, instruments, vectors>(block);
    }
}

}  // namespace
}  // namespace seawall::debt
