#include "engines/debt/simulation/waterfall_losses.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "engines/debt/simulation/tail_risk.hpp"
#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_losses_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;
using seawall::normal_cdf;
using seawall::normal_quantile;

namespace {

using Losses = std::vector<std::int64_t>;

/// One obligor's loan and its collateral.
Rows one_loan(std::int64_t amount, std::int64_t value, std::int64_t free_assets = 0) {
    return {.claims = {{.amount = amount, .pool = 0}},
            .pools = {{.value = value}},
            .estates = {{.free_assets = free_assets}}};
}

/// Each scenario's masks where the obligors' default draws decide.
std::vector<std::uint16_t> drawn_masks(const ObligorGroups& groups, std::uint64_t seed,
                                       std::uint64_t first) {
    std::vector<std::uint64_t> numbers(block_scenarios);
    std::iota(numbers.begin(), numbers.end(), first);
    std::vector<std::uint16_t> masks(groups.obligor_count);
    default_masks(groups, {.seed = seed, .scenario = numbers}, masks);
    return masks;
}

/// Total losses of a seed's first scenarios, a multiple of block_scenarios.
Losses simulated(const LossRule& rule, const ObligorGroups& groups, const FactorModel& model,
                 std::size_t count) {
    const Scenarios scenarios(5, 0, count, model);
    Losses losses(count);
    for (std::size_t first = 0; first < count; first += block_scenarios) {
        const auto masks = drawn_masks(groups, 5, first);
        rule.add_losses(scenarios.block(first, block_scenarios, masks),
                        std::span(losses).subspan(first, block_scenarios), {});
    }
    return losses;
}

/// Unequal obligors in units of five that share a pool and guarantee in a circle, and others.
struct MixedBook {
    Rows rows;
    std::vector<Shock> shocks;

    explicit MixedBook(std::size_t unit_count) {
        std::mt19937_64 random(17);
        for (std::uint32_t u = 0; u < unit_count; ++u) {
            const bool is_lone = random() % 2 == 0;
            const auto first = static_cast<std::uint32_t>(rows.estates.size());
            const auto pool = static_cast<std::uint32_t>(rows.pools.size());
            const std::uint32_t obligor_count = is_lone ? 1 : 5;
            for (std::uint32_t o = 0; o < obligor_count; ++o) {
                Claim claim{.amount = amount(random), .estate = first + o, .pool = pool};
                if (!is_lone) claim.guarantor = first + (o + 1) % 5;
                if (!is_lone && random() % 2 == 0) claim.limit = amount(random) / 3;
                claim.lien = static_cast<std::uint8_t>(random() % 3);
                claim.seniority = static_cast<Seniority>(random() % 4);
                rows.claims.push_back(claim);
                rows.estates.push_back({.free_assets = amount(random) / 5});
                if (o > 1) rows.estates.back().parent = first + 1;
            }
            rows.pools.push_back({.value = amount(random) * obligor_count / 2, .owner = first});
            shocks.push_back({.number = 3 * pool + 1,
                              .volatility = 0.1 * static_cast<double>(random() % 8),
                              .factor_weight = {0.5, 0.3}});
        }
    }

    Book book() const {
        return Book(rows, {.haircut = 0.2, .sale_cost = 0.05, .administration_cost = 0.07}, shocks,
                    2);
    }
    /// About half default; unlike in each scenario.
    std::vector<std::uint16_t> masks(unsigned seed) const {
        std::mt19937 random(seed);
        std::vector<std::uint16_t> masks(rows.estates.size());
        for (auto& mask : masks) mask = static_cast<std::uint16_t>(random());
        return masks;
    }

  private:
    static std::int64_t amount(std::mt19937_64& random) {
        return static_cast<std::int64_t>(random() % 100'000'000);
    }
};

std::pair<ErrorCode, std::string> refusal(const Book& book) {
    try {
        const WaterfallLosses rule(book.book(), Factors(1).model());
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::source_unreadable, "none"};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_loan_loses_what_the_sale_of_its_collateral_leaves_open) {
    const LiquidationTerms terms{.haircut = 0.2, .sale_cost = 0.05};
    BOOST_TEST(losses_where(Book(one_loan(1000, 1000), terms), 1) == Losses{240});
    BOOST_TEST(losses_where(Book(one_loan(1000, 1315), terms), 1) == Losses{1});  // 999.4
    BOOST_TEST(losses_where(Book(one_loan(1000, 1316), terms), 1) == Losses{0});
    BOOST_TEST(losses_where(Book(one_loan(1000, 9000), terms), 1) == Losses{0});
    BOOST_TEST(losses_where(Book(one_loan(1000, 0), terms), 1) == Losses{1000});
}

BOOST_AUTO_TEST_CASE(free_assets_pay_the_rest_after_the_administration) {
    const LiquidationTerms terms{.administration_cost = 0.1};
    BOOST_TEST(losses_where(Book(one_loan(1000, 600, 200), terms), 1) == Losses{220});
    // Of the surplus of collateral too, which then does not matter.
    BOOST_TEST(losses_where(Book(one_loan(1000, 1500, 200), terms), 1) == Losses{0});
}

BOOST_AUTO_TEST_CASE(who_performs_loses_nothing) {
    BOOST_TEST(losses_where(Book(one_loan(1000, 0)), 0) == Losses{0});
}

BOOST_AUTO_TEST_CASE(nothing_but_zeros_is_no_loss) {
    BOOST_TEST(losses_where(Book(one_loan(0, 0)), 1) == Losses{0});
    Rows rows = one_loan(0, 0);
    rows.claims.push_back({.amount = 0, .pool = 0, .lien = 1});
    rows.claims.push_back({.amount = 0});
    BOOST_TEST(losses_where(Book(rows), 1) == (Losses{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_lien_holds_for_who_performs) {
    // Two obligors' loans on one pool.
    Rows rows = one_loan(80, 100);
    rows.claims.push_back({.amount = 80, .estate = 1, .pool = 0});
    rows.estates.emplace_back();
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{30, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{30, 30}));
    rows.claims[1].lien = 1;
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{0, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b10) == (Losses{0, 60}));
}

BOOST_AUTO_TEST_CASE(a_guarantor_that_performs_pays_before_its_own_debts_up_to_the_limit) {
    Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                         {.amount = 500, .estate = 1, .seniority = Seniority::super_senior}},
              .pools = {},
              .estates = {{.free_assets = 20}, {.free_assets = 60}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{20, 0}));
    rows.claims[0].limit = 35;
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{45, 0}));
    // In default its own creditors come by their rank: the super-senior one takes all.
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{80, 440}));
}

BOOST_AUTO_TEST_CASE(collateral_of_a_guarantor_that_performs_first_serves_its_liens) {
    const Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1},
                               {.amount = 90, .estate = 1, .pool = 0}},
                    .pools = {{.value = 100, .owner = 1}},
                    .estates = {{}, {}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{90, 0}));
}

BOOST_AUTO_TEST_CASE(a_subsidiary_that_performs_leaves_its_parent_what_all_its_debts_leave) {
    const Rows rows{
        .claims = {{.amount = 100, .estate = 0},
                   {.amount = 70, .estate = 1, .seniority = Seniority::subordinated}},
        .pools = {},
        .estates = {{.free_assets = 10}, {.free_assets = 120, .parent = 0}}};
    BOOST_TEST(losses_where(Book(rows), 0b01) == (Losses{40, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b11) == (Losses{40, 0}));
    BOOST_TEST(losses_where(Book(rows), 0b10) == (Losses{0, 0}));
}

BOOST_AUTO_TEST_CASE(only_obligors_in_default_are_administered) {
    const Rows rows{.claims = {{.amount = 100, .estate = 0, .guarantor = 1}},
                    .pools = {},
                    .estates = {{.free_assets = 20}, {.free_assets = 60}}};
    const LiquidationTerms terms{.administration_cost = 0.5};
    BOOST_TEST(losses_where(Book(rows, terms), 0b01) == Losses{30});
    BOOST_TEST(losses_where(Book(rows, terms), 0b11) == Losses{60});
    BOOST_TEST(losses_where(Book(rows, terms), 0b10) == Losses{0});
}

BOOST_AUTO_TEST_CASE(guarantees_in_a_circle_pay_all_there_is) {
    Rows rows;
    for (std::uint32_t o = 0; o < 3; ++o) {
        rows.claims.push_back({.amount = 100, .estate = o, .guarantor = (o + 1) % 3});
        rows.estates.push_back({.free_assets = 30});
    }
    rows.estates[2].free_assets = 150;
    const Losses losses = losses_where(Book(rows), 0b111);
    BOOST_TEST(losses[0] + losses[1] + losses[2] == 300 - 210);
}

BOOST_AUTO_TEST_CASE(a_loan_in_two_under_one_obligor_loses_the_same_within_pennies) {
    const LiquidationTerms terms{.haircut = 0.3, .sale_cost = 0.07, .administration_cost = 0.03};
    std::mt19937_64 random(8);
    for (int i = 0; i < 2'000; ++i) {
        const auto amount = static_cast<std::int64_t>(random() % 1'000'000);
        const auto part = static_cast<std::int64_t>(random() % 1'000'000) * amount / 1'000'000;
        const Rows whole = one_loan(amount, static_cast<std::int64_t>(random() % 1'500'000),
                                    static_cast<std::int64_t>(random() % 100'000));
        Rows split = whole;
        split.claims[0].amount = part;
        split.claims.push_back({.amount = amount - part, .pool = 0});
        const Losses losses = losses_where(Book(split, terms), 1);
        const Losses expected = losses_where(Book(whole, terms), 1);
        BOOST_REQUIRE_EQUAL(losses[0] + losses[1], expected[0]);
        // Each bears its share, in each of two tiers to the penny.
        BOOST_REQUIRE_LE(std::abs(static_cast<double>(losses[0]) * static_cast<double>(amount) -
                                  static_cast<double>(expected[0]) * static_cast<double>(part)),
                         2.0 * static_cast<double>(amount));
    }
}

BOOST_AUTO_TEST_CASE(the_mean_loss_of_a_loan_is_the_integral_over_the_factor) {
    const Factors factors(1);
    const double pd = 0.1;
    const double weight = 0.5;
    const double of_pool = 0.7;
    const double sigma = 0.35;
    const auto groups = groups_of({{.slot = 3,
                                    .default_threshold = normal_quantile(pd),
                                    .factor_weight = {weight},
                                    .loss_minor = 0}},
                                  factors);
    const Book book(one_loan(1'000'000, 1'200'000), {.haircut = 0.15, .sale_cost = 0.05},
                    {{.number = 7, .volatility = sigma, .factor_weight = {of_pool}}});
    const WaterfallLosses rule(book.book(), factors.model());
    const std::size_t count = std::size_t{1} << 18U;
    const LossMoments moments = loss_moments(simulated(rule, groups, factors.model(), count));

    // Given z, default and value are independent, and the loss is a put on a lognormal value.
    const double kept = 0.85 * 0.95 * 1'200'000.0;
    const double own = sigma * std::sqrt(1.0 - of_pool * of_pool);
    double expected = 0.0;
    const double step = 1e-3;
    for (double z = -9.0; z <= 9.0; z += step) {
        const double p =
            normal_cdf((normal_quantile(pd) - weight * z) / std::sqrt(1.0 - weight * weight));
        const double forward =
            kept * std::exp(sigma * of_pool * z - 0.5 * sigma * sigma + 0.5 * own * own);
        const double d = (std::log(1e6 / forward) + 0.5 * own * own) / own;
        const double put = 1e6 * normal_cdf(d) - forward * normal_cdf(d - own);
        const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
        expected += p * put * density * step;
    }
    BOOST_TEST_MESSAGE("mean loss " << moments.expected_minor << ", integral " << expected);
    BOOST_TEST(std::abs(moments.expected_minor - expected) < 4.0 * moments.standard_error_minor);
    // A loss that ignored the factor would be far off.
    BOOST_TEST(moments.standard_error_minor < 0.01 * expected);
}

BOOST_AUTO_TEST_CASE(value_is_conserved_to_the_minor_unit_in_every_scenario) {
    const MixedBook mixed(60);
    const Factors factors(2, 0.4, 4.0);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const Scenarios scenarios(3, 0, 96, factors.model());
    for (std::size_t first = 0; first < 96; first += block_scenarios) {
        const auto masks = mixed.masks(static_cast<unsigned>(first));
        const DefaultedBlock block = scenarios.block(first, block_scenarios, masks);
        const BlockLosses losses = losses_of(rule, block);
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            const RecoveryMoney money = rule.money(block, s);
            BOOST_REQUIRE_EQUAL(money.value_minor,
                                money.paid_minor + money.set_aside_minor + money.sale_cost_minor +
                                    money.administration_minor + money.equity_minor);
            BOOST_REQUIRE_GT(money.set_aside_minor, 0);
            std::int64_t due = 0;
            std::int64_t of_positions = 0;
            for (std::size_t i = 0; i < mixed.rows.claims.size(); ++i) {
                const bool defaults = (masks[mixed.rows.claims[i].estate] >> s & 1U) != 0;
                if (defaults) due += mixed.rows.claims[i].amount;
                if (!defaults) BOOST_REQUIRE_EQUAL(losses.of(i, s), 0);
                BOOST_REQUIRE_GE(losses.of(i, s), 0);
                of_positions += losses.of(i, s);
            }
            BOOST_REQUIRE_EQUAL(losses.total[s], due - money.paid_minor);
            BOOST_REQUIRE_EQUAL(losses.total[s], of_positions);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_bit_depends_on_how_scenarios_are_split) {
    const MixedBook mixed(40);
    const Factors factors(2, 0.4, 4.0);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const Scenarios scenarios(3, 1'000, block_scenarios, factors.model());
    const auto masks = mixed.masks(1);
    const BlockLosses all = losses_of(rule, scenarios.block(0, block_scenarios, masks));
    for (const std::size_t split : {1U, 7U, 15U}) {
        std::vector<std::uint16_t> later = masks;
        for (auto& mask : later) mask = static_cast<std::uint16_t>(mask >> split);
        const BlockLosses front = losses_of(rule, scenarios.block(0, split, masks));
        const BlockLosses back =
            losses_of(rule, scenarios.block(split, block_scenarios - split, later));
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            const BlockLosses& part = s < split ? front : back;
            const std::size_t place = s < split ? s : s - split;
            BOOST_REQUIRE_EQUAL(part.total[place], all.total[s]);
            for (std::size_t i = 0; i < rule.position_count(); ++i) {
                BOOST_REQUIRE_EQUAL(part.of(i, place), all.of(i, s));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(any_thread_may_ask_at_any_time) {
    const MixedBook mixed(40);
    const Factors factors(2, 0.4);
    const WaterfallLosses rule(mixed.book().book(), factors.model());
    const std::size_t block_count = 24;
    const Scenarios scenarios(3, 0, block_count * block_scenarios, factors.model());
    const auto masks = mixed.masks(2);
    const auto run = [&](std::size_t block, std::vector<BlockLosses>& results) {
        results[block] =
            losses_of(rule, scenarios.block(block * block_scenarios, block_scenarios, masks));
    };
    std::vector<BlockLosses> expected(block_count);
    for (std::size_t block = 0; block < block_count; ++block) run(block, expected);
    std::vector<BlockLosses> found(block_count);
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t k = 0; k < block_count / 3; ++k) {
                run(block_count - 1 - (3 * k + t), found);
            }
        });
    }
    threads.clear();
    for (std::size_t block = 0; block < block_count; ++block) {
        BOOST_TEST(found[block].total == expected[block].total);
        BOOST_TEST(found[block].position == expected[block].position);
    }
}

BOOST_AUTO_TEST_CASE(losses_are_added_to_what_is_there) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 2, factors.model());
    const std::vector<std::uint16_t> masks{0b10};
    Losses total{5, 6};
    Losses position(block_scenarios, 1);
    rule.add_losses(scenarios.block(0, 2, masks), total, position);
    BOOST_TEST(total == (Losses{5, 706}));
    BOOST_TEST(position[0] == 1);
    BOOST_TEST(position[1] == 701);
}

BOOST_AUTO_TEST_CASE(bits_beyond_the_scenarios_asked_for_are_no_defaults) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 1, factors.model());
    const std::vector<std::uint16_t> masks{0xFFFF};
    Losses total{0};
    rule.add_losses(scenarios.block(0, 1, masks), total, {});
    BOOST_TEST(total == Losses{700});
}

BOOST_AUTO_TEST_CASE(masks_of_another_book_are_refused) {
    const Book book(one_loan(1000, 300));
    const Factors factors(1);
    const WaterfallLosses rule(book.book(), factors.model());
    const Scenarios scenarios(1, 0, 1, factors.model());
    const std::vector<std::uint16_t> masks{1, 1};
    Losses total{0};
    BOOST_CHECK_EXCEPTION(rule.add_losses(scenarios.block(0, 1, masks), total, {}), Error,
                          [](const Error& error) { return error.where() == "masks"; });
}

BOOST_AUTO_TEST_CASE(sums_up_to_2_62_are_exact_and_beyond_refused) {
    const std::int64_t most = std::int64_t{1} << 62U;
    BOOST_TEST(losses_where(Book(one_loan(most, most - 1)), 1) == Losses{1});
    Rows rows = one_loan(most / 2, most / 2 - 3);
    rows.claims.push_back({.amount = most / 2, .estate = 1, .pool = 0, .guarantor = 0});
    rows.estates[0].free_assets = most / 2 + 3;
    rows.estates.emplace_back();
    const Losses none = losses_where(Book(rows), 0b11);
    BOOST_TEST(none[0] + none[1] == 0);

    rows.claims[1].amount += 1;
    const auto limit = [](std::string where) {
        return std::pair(ErrorCode::limit_exceeded, std::move(where));
    };
    BOOST_CHECK(refusal(Book(rows)) == limit("claims.amount_minor"));
    rows.claims[1].amount -= 1;
    rows.estates[1].free_assets = 1;
    BOOST_CHECK(refusal(Book(rows)) == limit("pools.value_minor[0]"));
    BOOST_CHECK(refusal(Book(one_loan(5, 5, most))) == limit("pools.value_minor[0]"));
    // Of units apart each may be worth that much.
    Rows apart = one_loan(5, most);
    apart.claims.push_back({.amount = 5, .estate = 1});
    apart.estates.push_back({.free_assets = most});
    BOOST_CHECK(refusal(Book(apart)).second == "none");
}

BOOST_AUTO_TEST_CASE(in_a_distressed_book_the_tail_is_the_recovery) {
    // 200 loans that default with 70 %: how many do varies little, what they bring varies much.
    const Factors factors(1);
    std::vector<Obligor> obligors;
    Rows rows;
    std::vector<Shock> shocks;
    for (std::uint32_t i = 0; i < 200; ++i) {
        obligors.push_back({.slot = i,
                            .default_threshold = normal_quantile(0.7),
                            .factor_weight = {std::sqrt(0.2)},
                            .loss_minor = 0});
        rows.claims.push_back({.amount = 1'000'000, .estate = i, .pool = i});
        rows.pools.push_back({.value = 750'000, .owner = i});
        rows.estates.emplace_back();
        shocks.push_back({.number = i, .volatility = 0.5, .factor_weight = {0.8}});
    }
    const Book book(rows, {.haircut = 0.2, .sale_cost = 0.05}, shocks);
    const WaterfallLosses rule(book.book(), factors.model());
    const Losses losses =
        simulated(rule, groups_of(obligors, factors), factors.model(), std::size_t{1} << 14U);
    const double mean = loss_moments(losses).expected_minor;
    // The same expected loss with a loss given default that is fixed.
    for (Obligor& obligor : obligors) obligor.loss_minor = std::llround(mean / (200 * 0.7));
    const Losses fixed = simulate_losses(groups_of(obligors, factors),
                                         {.seed = 5, .count = losses.size()}, {});
    const ConfidenceLevel level{.numerator = 99, .denominator = 100};
    const double exposure = 200e6;
    const double with_waterfall =
        static_cast<double>(tail_risk(losses, level).var_minor) / exposure;
    const double with_fixed = static_cast<double>(tail_risk(fixed, level).var_minor) / exposure;
    BOOST_TEST_MESSAGE("expected " << mean / exposure << ", 99 %: fixed " << with_fixed
                                   << ", waterfall " << with_waterfall);
    BOOST_TEST(std::abs(loss_moments(fixed).expected_minor - mean) < 0.01 * mean);
    // In an infinitely fine pool they are 0.476 and 0.761.
    BOOST_TEST(std::abs(with_fixed - 0.476) < 0.01);
    BOOST_TEST(std::abs(with_waterfall - 0.761) < 0.02);
}

BOOST_AUTO_TEST_SUITE_END()
