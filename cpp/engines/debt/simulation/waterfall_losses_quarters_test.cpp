#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/simulation/loss_simulation.hpp"
#include "engines/debt/simulation/waterfall_losses_fixture.hpp"
#include "errors/error.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(waterfall_losses_quarters_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

using Losses = std::vector<std::int64_t>;

/// Each claim's amount in every quarter.
Losses flat(const Rows& rows, std::size_t quarter_count) {
    Losses amounts;
    for (const Claim& claim : rows.claims) {
        amounts.insert(amounts.end(), quarter_count, claim.amount);
    }
    return amounts;
}

/// Obligors of rows with cumulative probabilities by quarter, and claims by quarter.
struct QuarterBook {
    Rows rows;
    Book book;
    Factors factors;
    std::size_t quarter_count;
    std::vector<double> cumulative;  ///< (obligor, quarter)
    Losses amounts;                  ///< (claim, quarter)
    std::vector<double> discount;
    std::vector<Obligor> obligors;
    StandardObligors standard;

    QuarterBook(Rows of_rows, Book of_book, Factors of_factors, std::vector<double> probabilities,
                Losses of_claims, std::vector<double> discount_factors)
        : rows(std::move(of_rows)),
          book(std::move(of_book)),
          factors(std::move(of_factors)),
          quarter_count(discount_factors.size()),
          cumulative(std::move(probabilities)),
          amounts(std::move(of_claims)),
          discount(std::move(discount_factors)) {
        const std::vector<double> x = default_thresholds(cumulative, factors.model());
        for (std::uint32_t o = 0; o < rows.estates.size(); ++o) {
            std::vector<double> weight(factors.model().factor_count);
            weight.back() = 0.3 + 0.1 * (o % 5);
            obligors.push_back({.slot = o,
                                .default_threshold = x[(o + 1) * quarter_count - 1],
                                .factor_weight = weight,
                                .loss_minor = 0});
        }
        standard = standard_obligors(Obligors(obligors).columns(), factors.model());
    }

    /// `book` must be of the claims of who performs to the end.
    WaterfallLosses rule() const { return {book.book(), factors.model(), quarters()}; }
    ClaimQuarters quarters() const {
        return {DefaultQuarters(
                    standard, factors.model(),
                    {.quarter_count = quarter_count, .cumulative_default_probability = cumulative}),
                {.amount_minor = amounts, .discount_factor = discount},
                book.book().claims.estate};
    }
    ObligorGroups groups() const { return groups_of(obligors, factors); }
};

/// Rows whose obligors all default, each in a quarter of two.
Losses losses_of(const Rows& rows, const std::vector<int>& quarter,
                 const std::vector<double>& discount, const Losses& amounts,
                 const LiquidationTerms& terms = {}) {
    std::vector<double> cumulative;
    for (const int q : quarter) cumulative.insert(cumulative.end(), {q == 0 ? 1.0 : 0.0, 1.0});
    const QuarterBook book(rows, Book(rows, terms), Factors(1), cumulative, amounts, discount);
    const Scenarios scenarios(1, 0, 1, book.factors.model());
    const std::vector<std::uint16_t> masks(rows.estates.size(), 1);
    const WaterfallLosses rule = book.rule();
    const BlockLosses losses = fixture::losses_of(rule, scenarios.block(0, 1, masks));
    Losses found;
    for (std::size_t i = 0; i < rows.claims.size(); ++i) found.push_back(losses.of(i, 0));
    return found;
}

Losses losses_of(const Rows& rows, const std::vector<int>& quarter,
                 const std::vector<double>& discount) {
    return losses_of(rows, quarter, discount, flat(rows, 2));
}

std::vector<double> rising(std::size_t obligor_count, std::size_t quarter_count) {
    std::vector<double> cumulative;
    for (std::size_t o = 0; o < obligor_count; ++o) {
        const double last = o % 9 == 0 ? 1.0 : 0.05 + 0.1 * static_cast<double>(o % 7);
        for (std::size_t q = 1; q <= quarter_count; ++q) {
            cumulative.push_back(last * static_cast<double>(q) /
                                 static_cast<double>(quarter_count));
        }
    }
    return cumulative;
}

QuarterBook mixed_book(double degrees_of_freedom, std::vector<double> discount) {
    const MixedBook mixed(40);
    const std::size_t quarters = discount.size();
    return {mixed.rows,
            mixed.book(),
            Factors(2, 0.4, degrees_of_freedom),
            rising(mixed.rows.estates.size(), quarters),
            flat(mixed.rows, quarters),
            std::move(discount)};
}

/// The first quarter whose limit is above the obligor's draw, by the canonical rule; quarter_count:
/// no default.
std::size_t quarter_literally(const QuarterBook& book, std::uint64_t seed, std::uint64_t scenario,
                              std::size_t obligor) {
    const FactorModel model = book.factors.model();
    const std::vector<double> root = correlation_root(model);
    const std::vector<double> x = default_thresholds(book.cumulative, model);
    std::vector<float> loading(model.factor_count);
    standardise_loading(book.obligors[obligor].factor_weight, root, loading);
    std::vector<double> z(model.factor_count);
    draw_factors(seed, scenario, z);
    const double mixing = MixingVariable(model.degrees_of_freedom).root(seed, scenario);
    const auto draw = seawall::default_uniform_48(seed, scenario, book.obligors[obligor].slot);
    for (std::size_t q = 0; q < book.quarter_count; ++q) {
        const double threshold =
            standardise_threshold(x[obligor * book.quarter_count + q], loading);
        const auto limit =
            conditional_default_limit(threshold, loading, {.factor = z, .mixing_root = mixing});
        if (std::isinf(threshold) ? threshold > 0.0 : draw < limit) return q;
    }
    return book.quarter_count;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_losses_of_eight_quarters_are_those_of_one_period_with_flat_claims) {
    for (const double degrees_of_freedom : {infinity, 4.0}) {
        const QuarterBook book = mixed_book(degrees_of_freedom, std::vector<double>(8, 1.0));
        const WaterfallLosses one_period(book.book.book(), book.factors.model());
        const SimulationRange range{.seed = 6, .count = 500};
        const Losses whole = simulate_losses(book.groups(), one_period, range, {});
        BOOST_TEST(simulate_losses(book.groups(), book.rule(), range, {}) == whole);
        BOOST_TEST(*std::ranges::max_element(whole) > 0);
    }
}

BOOST_AUTO_TEST_CASE(each_position_loses_by_its_own_quarter_what_a_settlement_of_all_leaves) {
    // Claims that fall, pools that stand still: the settlement of one period is the oracle.
    const MixedBook mixed(12);
    Rows rows = mixed.rows;
    Losses amounts;
    const std::vector<double> discount{1.0, 0.75, 0.5, 0.375};
    for (Claim& claim : rows.claims) {
        for (const std::int64_t part : {1, 2, 3, 5}) amounts.push_back(claim.amount / part);
        claim.amount = amounts.back();
    }
    const LiquidationTerms terms{.haircut = 0.2, .sale_cost = 0.05, .administration_cost = 0.07};
    const std::size_t obligor_count = rows.estates.size();
    const QuarterBook book(rows, Book(rows, terms), Factors(1, 0.0, 5.0), rising(obligor_count, 4),
                           amounts, discount);
    const WaterfallLosses rule = book.rule();
    const std::size_t count = 8;
    const Scenarios scenarios(3, 0, count, book.factors.model());
    std::vector<std::uint64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::vector<std::uint16_t> masks(obligor_count);
    default_masks(book.groups(), {.seed = 3, .scenario = numbers}, masks);
    const BlockLosses losses = fixture::losses_of(rule, scenarios.block(0, count, masks));
    std::size_t later = 0;
    for (std::size_t s = 0; s < count; ++s) {
        Rows at_default = rows;
        std::vector<std::size_t> quarter;
        for (std::size_t o = 0; o < obligor_count; ++o) {
            quarter.push_back(quarter_literally(book, 3, s, o));
            BOOST_REQUIRE_EQUAL(quarter[o] < 4, (std::uint32_t{masks[o]} >> s & 1U) != 0);
            later += quarter[o] > 0 && quarter[o] < 4 ? 1 : 0;
        }
        for (std::size_t i = 0; i < rows.claims.size(); ++i) {
            const std::size_t q = quarter[rows.claims[i].estate];
            at_default.claims[i].amount = amounts[4 * i + std::min<std::size_t>(q, 3)];
        }
        const WaterfallLosses settled(Book(at_default, terms).book(), book.factors.model());
        const BlockLosses nominal = fixture::losses_of(settled, scenarios.block(0, count, masks));
        for (std::size_t i = 0; i < rows.claims.size(); ++i) {
            const std::size_t q = quarter[rows.claims[i].estate];
            const double worth =
                q < 4 ? std::nearbyint(static_cast<double>(nominal.of(i, s)) * discount[q]) : 0.0;
            BOOST_REQUIRE_EQUAL(losses.of(i, s), static_cast<std::int64_t>(worth));
        }
    }
    BOOST_TEST(later > 50U);
}

BOOST_AUTO_TEST_CASE(a_loss_is_discounted_from_the_quarter_of_its_own_default) {
    Rows rows = one_loan(1000, 400);
    rows.claims.push_back({.amount = 500, .estate = 1});
    rows.estates.emplace_back();
    BOOST_TEST(losses_of(rows, {0, 0}, {0.5, 0.25}) == (Losses{300, 250}));
    BOOST_TEST(losses_of(rows, {0, 1}, {0.5, 0.25}) == (Losses{300, 125}));
    BOOST_TEST(losses_of(rows, {1, 0}, {0.5, 0.25}) == (Losses{150, 250}));
    BOOST_TEST(losses_of(rows, {1, 1}, {1.0, 2.0}) == (Losses{1200, 1000}));
}

BOOST_AUTO_TEST_CASE(defaults_of_connected_obligors_in_other_quarters_are_settled_at_once) {
    // A guarantor that defaults a quarter later pays by dividend, its own creditor beside.
    const Rows rows{
        .claims = {{.amount = 100, .estate = 0, .guarantor = 1}, {.amount = 100, .estate = 1}},
        .pools = {},
        .estates = {{}, {.free_assets = 80}}};
    for (const auto& quarters : {std::vector{0, 0}, std::vector{0, 1}, std::vector{1, 0}}) {
        BOOST_TEST(losses_of(rows, quarters, {1.0, 1.0}) == (Losses{60, 60}));
    }
    BOOST_TEST(losses_of(rows, {0, 1}, {1.0, 0.5}) == (Losses{60, 30}));
}

BOOST_AUTO_TEST_CASE(administration_is_of_what_the_liens_of_the_quarter_leave) {
    // 800 less a lien of 600 or 200, of which the administration takes half.
    Rows rows = one_loan(200, 800);
    rows.claims.push_back({.amount = 1000});
    const Losses amounts{600, 200, 1000, 1000};
    const LiquidationTerms terms{.administration_cost = 0.5};
    BOOST_TEST(losses_of(rows, {0}, {1.0, 1.0}, amounts, terms) == (Losses{0, 900}));
    BOOST_TEST(losses_of(rows, {1}, {1.0, 1.0}, amounts, terms) == (Losses{0, 700}));
}

BOOST_AUTO_TEST_CASE(no_bit_depends_on_threads_tasks_or_instructions) {
    const QuarterBook book = mixed_book(4.0, {0.99, 0.97, 0.9, 0.8});
    const WaterfallLosses rule = book.rule();
    const SimulationRange range{.seed = 9, .first_scenario = 7, .count = 300};
    const Losses whole = simulate_losses(book.groups(), rule, range, {});
    for (const InstructionSet set : default_kernels()) {
        for (const std::size_t task : {16U, 80U, 1024U}) {
            BOOST_TEST(simulate_losses(book.groups(), rule, range, {.threads = 3},
                                       {.instruction_set = set, .task_scenarios = task}) == whole);
        }
    }
    const SimulationRange rest{.seed = 9, .first_scenario = 100, .count = 207};
    BOOST_TEST(simulate_losses(book.groups(), rule, rest, {}) ==
               Losses(whole.begin() + 93, whole.end()));
}

BOOST_AUTO_TEST_CASE(value_is_conserved_by_quarter_too) {
    QuarterBook book = mixed_book(infinity, {0.9, 0.8});
    for (std::size_t i = 0; i < book.amounts.size(); i += 2) book.amounts[i] += 1000;
    const WaterfallLosses rule = book.rule();
    const Scenarios scenarios(3, 0, block_scenarios, book.factors.model());
    std::vector<std::uint64_t> numbers(block_scenarios);
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::vector<std::uint16_t> masks(book.obligors.size());
    default_masks(book.groups(), {.seed = 3, .scenario = numbers}, masks);
    for (std::size_t s = 0; s < block_scenarios; ++s) {
        const RecoveryMoney money = rule.money(scenarios.block(0, block_scenarios, masks), s);
        BOOST_REQUIRE_GT(money.paid_minor, 0);
        BOOST_REQUIRE_EQUAL(money.value_minor, money.paid_minor + money.set_aside_minor +
                                                   money.sale_cost_minor +
                                                   money.administration_minor + money.equity_minor);
    }
}

BOOST_AUTO_TEST_CASE(quarters_that_do_not_fit_are_refused_at_their_place) {
    const Rows rows = one_loan(1000, 400);
    const auto refusal = [&](Losses amounts, std::vector<double> discount) {
        const QuarterBook book(rows, Book(rows), Factors(1), {0.1, 0.2}, std::move(amounts),
                               {1.0, 1.0});
        QuarterBook with = book;
        with.discount = std::move(discount);
        try {
            const WaterfallLosses rule = with.rule();
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("none");
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::int64_t most = 0x4000'0000'0000'0000;
    BOOST_TEST(refusal({1000, 1000}, {1.0, 0.5}) == "none");
    BOOST_TEST(refusal({1000}, {1.0, 0.5}) == "positions.exposure_minor");
    BOOST_TEST(refusal({1000, -1}, {1.0, 0.5}) == "positions.exposure_minor[0]");
    BOOST_TEST(refusal({1000, 1000}, {1.0}) == "discount_factors");
    BOOST_TEST(refusal({1000, 1000}, {1.0, nan}) == "discount_factors[1]");
    BOOST_TEST(refusal({1000, 1000}, {-0.1, 1.0}) == "discount_factors[0]");
    BOOST_TEST(refusal({1000, 1000}, {1.0, infinity}) == "discount_factors[1]");
    BOOST_TEST(refusal({most, 0}, {1.0, 1.0}) == "none");
    BOOST_TEST(refusal({most + 1, 0}, {1.0, 1.0}) == "positions.exposure_minor");
    BOOST_TEST(refusal({most / 2, 0}, {1.0, 2.5}) == "positions.exposure_minor");

    const QuarterBook one(rows, Book(rows), Factors(1), {0.1, 0.2}, {1000, 1000}, {1.0, 1.0});
    Rows two = rows;
    two.estates.emplace_back();
    BOOST_CHECK_EXCEPTION(WaterfallLosses(Book(two).book(), one.factors.model(), one.quarters()),
                          Error, [](const Error& error) { return error.where() == "quarters"; });
}

BOOST_AUTO_TEST_SUITE_END()
