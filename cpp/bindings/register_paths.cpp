#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/day_caster.hpp"
#include "bindings/debt_book.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "engines/debt/amendment.hpp"
#include "engines/debt/case_summary.hpp"
#include "engines/debt/case_wall.hpp"
#include "engines/debt/cash_flows.hpp"
#include "engines/debt/contractual_balance.hpp"
#include "engines/debt/path_tables.hpp"
#include "engines/debt/purchase.hpp"
#include "engines/debt/weekly_cash.hpp"
#include "table/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Description = py::typing::Dict<py::str, py::object>;
using Drivers = py::array_t<double, py::array::c_style>;

/// case_id; drivers of shape (months, segments, 7); change of the rate of new debt, (months,);
/// factor of cash; days of collection; days of payment.
using CaseArgument = std::tuple<std::string, Drivers, std::vector<double>, double, int, int>;
constexpr py::ssize_t driver_count = 7;
/// Position (row of the book); months of extension; changes of rate and spread in percentage
/// points; fraction that becomes equity; new limits by covenant.
using AmendmentArgument =
    std::tuple<std::size_t, std::int32_t, double, double, double, std::map<std::string, double>>;

/// What one run with a horizon holds of each case.
struct CaseRun {
    PathCase path_case;
    CasePaths paths;
    CaseRecovery recovery;
    std::vector<WallEntry> wall;
    std::vector<RiskRating> ratings;
};

/// A number of the settings, by name; None is NaN.
class Settings {
  public:
    explicit Settings(const Description& values) : values_(values) {}

    double number(const char* name) const {
        const py::object value = require(name);
        return value.is_none() ? std::numeric_limits<double>::quiet_NaN() : value.cast<double>();
    }
    int integer(const char* name) const { return require(name).cast<int>(); }
    bool truth(const char* name) const { return require(name).cast<bool>(); }
    DefaultLimits limits(const char* prefix) const {
        DefaultLimits limits{};
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const std::string name = prefix + std::string(covenant_name(static_cast<Covenant>(c)));
            limits[c] = number(name.c_str());
        }
        return limits;
    }

  private:
    py::object require(const char* name) const {
        if (!values_.contains(name)) {
            throw Error(ErrorCode::invalid_input, name, "the setting is missing");
        }
        return values_[name];
    }

    const Description& values_;
};

PathSettings path_settings(const Settings& given) {
    return {.terms = {.default_after_months = given.integer("default_after_months"),
                      .retains_surplus = given.truth("retains_surplus"),
                      .test_months = given.integer("test_months"),
                      .refinancing = {.rate_pct = given.number("refinancing_rate_pct"),
                                      .amortization_months =
                                          given.integer("refinancing_amortization_months"),
                                      .max_ltv = given.number("refinancing_max_ltv"),
                                      .min_dscr = given.number("refinancing_min_dscr"),
                                      .min_debt_yield = given.number("refinancing_min_debt_yield"),
                                      .cap_rate = given.number("refinancing_cap_rate")}},
            .covenants = {.limits = given.limits("limit_"),
                          .cure_months = given.integer("cure_months"),
                          .reset_step = given.integer("reset_month"),
                          .reset_limits = given.limits("reset_limit_")}};
}

RecoverySettings recovery_settings(const Settings& given) {
    return {.haircut = given.number("haircut"),
            .sale_cost = given.number("sale_cost"),
            .administration_cost = given.number("administration_cost"),
            .enterprise_multiple = given.number("enterprise_multiple"),
            .cap_rate = given.number("enterprise_cap_rate"),
            .timing = {.months_to_sale = given.integer("months_to_sale"),
                       .months_to_distribution = given.integer("months_to_distribution")},
            .priming_amount = given.number("priming_amount")};
}

PathCase path_case_of(const CaseArgument& argument, std::size_t index) {
    const auto& [id, drivers, refinancing, liquidity, collection, payment] = argument;
    if (drivers.ndim() != 3 || drivers.shape(2) != driver_count) {
        throw Error(ErrorCode::invalid_input, "cases[" + std::to_string(index) + "].drivers",
                    "must be of shape (months, segments, 7)");
    }
    PathCase result{.case_id = id,
                    .drivers = {},
                    .refinancing_rate_delta_pct = refinancing,
                    .liquidity_factor = liquidity,
                    .collection_extension_days = collection,
                    .payment_period_change_days = payment};
    const double* row = drivers.data();
    for (py::ssize_t i = 0; i < drivers.size(); i += driver_count) {
        result.drivers.push_back({.revenue_factor = row[i],
                                  .cost_factor = row[i + 1],
                                  .interest_rate_change_factor = row[i + 2],
                                  .interest_rate_delta_pct = row[i + 3],
                                  .collateral_factor = row[i + 4],
                                  .recovery_factor = row[i + 5],
                                  .currency_factor = row[i + 6]});
    }
    return result;
}

Amendment amendment_of(const AmendmentArgument& argument, std::size_t index) {
    const auto& [position, extension, rate_change, spread_change, equitised, limits] = argument;
    Amendment amendment{.position = position,
                        .extension_months = extension,
                        .rate_change_pct = rate_change,
                        .spread_change_pct = spread_change,
                        .equitised_fraction = equitised};
    std::size_t known = 0;
    for (std::size_t c = 0; c < covenant_count; ++c) {
        const auto limit = limits.find(std::string(covenant_name(static_cast<Covenant>(c))));
        if (limit == limits.end()) continue;
        amendment.limits[c] = limit->second;
        ++known;
    }
    if (known != limits.size()) {
        throw Error(ErrorCode::invalid_input, "amendments[" + std::to_string(index) + "].limits",
                    "names no covenant: dscr, icr, ltv, leverage or debt_yield");
    }
    return amendment;
}

py::object maybe(double value) {
    return std::isfinite(value) ? py::cast(value) : py::none();
}

/// The cases of one run; their tables are built when asked for.
class DebtPaths {
  public:
    DebtPaths(std::shared_ptr<const DebtBook> book, PathBook path_book, RecoveryBook recovery_book,
              PathSettings settings, const RecoverySettings& recovery, std::size_t threads)
        : book_(std::move(book)),
          path_book_(std::move(path_book)),
          recovery_book_(std::move(recovery_book)),
          settings_(settings),
          recovery_settings_(recovery),
          threads_(threads) {}

    void run(PathCase path_case, const ParallelOptions& options) {
        CaseRun& run = cases_.emplace_back();
        run.path_case = std::move(path_case);
        run.paths = run_paths(path_book_, run.path_case, settings_, options);
        run.recovery = recover(path_book_, recovery_book_, run.paths, recovery_settings_);
        if (balances_.empty()) {
            ParallelOptions unobserved = options;
            unobserved.control.completed_units = nullptr;  // progress counts records of cases
            balances_ = contractual_balances(path_book_, unobserved);
        }
        run.wall = wall_entries(path_book_, run.path_case, settings_, run.paths, balances_);
        run.ratings = rate_records(path_book_, run.paths, run.wall);
    }

    std::size_t case_count() const { return cases_.size(); }

    Description assumed() const {
        const Description counts;
        counts["interest_accrual_method"] = path_book_.assumed.day_count;
        counts["amortisation"] = path_book_.assumed.amortisation;
        counts["spread_pct"] = path_book_.assumed.spread;
        counts["maturity_date"] = path_book_.assumed.maturity;
        return counts;
    }

    NativeTable table(Table (*make)(const CaseView&), std::size_t index) const {
        const CaseRun& run = at(index);
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(make(view(run)))};
    }

    NativeTable cash_flows(std::size_t index,
                           const std::optional<std::vector<std::int64_t>>& records) const {
        const CaseRun& run = at(index);
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(cash_flow_table(view(run), rerun(run), records))};
    }

    NativeTable weekly_cash(Table (*make)(const CaseView&, const CaseRerun&,
                                          const PaymentCalendar&),
                            std::size_t index, const std::string& convention,
                            std::vector<std::chrono::sys_days> holidays) const {
        const auto named = calendar::business_day_convention_named(convention);
        if (!named) {
            throw Error(ErrorCode::invalid_input, "convention",
                        "must be unadjusted, following, modified_following or preceding");
        }
        const PaymentCalendar days{.convention = *named,
                                   .holidays = calendar::HolidayCalendar(std::move(holidays))};
        const CaseRun& run = at(index);
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(make(view(run), rerun(run), days))};
    }

    std::pair<NativeTable, Description> purchase(std::size_t index, double price_pct,
                                                 std::optional<double> risk_free_rate_pct) const {
        PurchaseTerms terms{.price_pct = price_pct,
                            .haircut = recovery_settings_.haircut,
                            .sale_cost = recovery_settings_.sale_cost,
                            .timing = recovery_settings_.timing};
        if (risk_free_rate_pct) terms.risk_free_rate_pct = *risk_free_rate_pct;
        const CaseRun& run = at(index);
        Purchase bought;
        NativeTable table;
        {
            const py::gil_scoped_release release;
            bought = value_purchase(view(run), rerun(run), terms);
            table = {std::make_shared<const Table>(purchase_table(view(run), bought))};
        }
        const Description book;
        for (const auto& [name, figure] : purchase_figure_names) {
            book[name] = maybe(bought.book.*figure);
        }
        book["unknown_count"] = bought.unknown_count;
        book["flows"] = bought.flows;
        return {table, book};
    }

    std::vector<Description> covenants(std::size_t index) const {
        std::array<CovenantSummary, covenant_count> summaries;
        const CaseRun& run = at(index);
        {
            const py::gil_scoped_release release;
            summaries = summarise_covenants(view(run));
        }
        std::vector<Description> list;
        for (std::size_t c = 0; c < covenant_count; ++c) {
            const CovenantSummary& s = summaries[c];
            const Description d;
            d["covenant"] = covenant_name(static_cast<Covenant>(c));
            d["limited_count"] = s.limited_count;
            d["tested_count"] = s.tested_count;
            d["breach_count"] = s.breach_count;
            d["breach_outstanding"] = s.breach_outstanding;
            d["cured_count"] = s.cured_count;
            d["standing_count"] = s.standing_count;
            d["first_breach_month"] =
                s.first_breach_step == 0 ? py::none() : py::cast(s.first_breach_step);
            d["worst_headroom"] = maybe(s.worst_headroom);
            d["first_breach_counts"] = py::cast(s.first_breach_counts);
            d["first_breach_outstanding"] = py::cast(s.first_breach_outstanding);
            list.push_back(d);
        }
        return list;
    }

    std::vector<Description> wall(std::size_t index) const {
        std::vector<CaseWallQuarter> quarters;
        const CaseRun& run = at(index);
        {
            const py::gil_scoped_release release;
            quarters = sum_wall(run.wall);
        }
        std::vector<Description> list;
        for (const CaseWallQuarter& q : quarters) {
            const Description d;
            d["quarter"] =
                std::to_string(static_cast<int>(q.year)) + "Q" + std::to_string(q.quarter);
            d["maturity_count"] = q.maturity_count;
            d["due"] = q.due;
            d["refinanced"] = q.refinanced;
            d["gap"] = q.gap;
            d["untested"] = q.untested;
            d["in_default"] = q.in_default;
            const Description by_test;
            for (std::size_t t = 1; t < refinancing_test_count; ++t) {
                by_test[py::cast(test_name(static_cast<RefinancingTest>(t)))] = q.gap_by_test[t];
            }
            d["gap_by_test"] = by_test;
            list.push_back(d);
        }
        return list;
    }

    Description risk(std::size_t index) const {
        const RiskSummary summary = summarise_risk(view(at(index)));
        const Description levels, outstanding, reasons, result;
        for (std::size_t level = 0; level < summary.levels.size(); ++level) {
            const py::object name = py::cast(level_name(static_cast<RiskLevel>(level)));
            levels[name] = summary.levels[level];
            outstanding[name] = summary.outstanding[level];
        }
        for (std::size_t k = 0; k < all_risk_reasons.size(); ++k) {
            if (summary.reasons[k] == 0) continue;
            reasons[py::cast(reason_text(all_risk_reasons[k]))] = summary.reasons[k];
        }
        result["levels"] = levels;
        result["outstanding"] = outstanding;
        result["reasons"] = reasons;
        return result;
    }

    std::vector<std::int64_t> runways(std::size_t index) const {
        return count_runways(view(at(index)));
    }

    Description waterfall(std::size_t index, const std::string& basis, bool defaulted) const {
        if (basis != "liquidation" && basis != "going_concern") {
            throw Error(ErrorCode::invalid_input, "basis", "must be liquidation or going_concern");
        }
        const CaseRun& run = at(index);
        WaterfallSummary s;
        {
            const py::gil_scoped_release release;
            s = summarise_waterfall(view(run),
                                    basis == "liquidation" ? WaterfallBasis::liquidation
                                                           : WaterfallBasis::going_concern,
                                    defaulted);
        }
        double unit = 1.0;
        for (int i = 0; i < recovery_book_.minor_digits; ++i) unit *= 10.0;
        const auto money = [&](std::int64_t minor) { return static_cast<double>(minor) / unit; };
        const Description d;
        d["group_count"] = s.group_count;
        d["unknown_group_count"] = s.unknown_group_count;
        d["value"] = money(s.value);
        d["claims"] = money(s.claims);
        d["paid_to_creditors"] = money(s.paid_to_creditors);
        d["administration_cost"] = money(s.administration_cost);
        d["sale_cost"] = money(s.sale_cost);
        d["priming_paid"] = money(s.priming_paid);
        d["equity"] = money(s.equity);
        d["present_value"] = money(s.present_value);
        d["cost_of_carry"] = money(s.cost_of_carry);
        d["tiers"] = tiers(s, money);
        const Description fulcrum;
        constexpr std::array<const char*, 7> tier_names{"priming", "administration", "super_senior",
                                                        "senior",  "subordinated",   "junior",
                                                        "none"};
        for (std::size_t t = 0; t < tier_names.size(); ++t) {
            if (s.fulcrum[t] > 0) fulcrum[tier_names[t]] = s.fulcrum[t];
        }
        d["fulcrum_counts"] = fulcrum;
        const Description better;
        constexpr std::array<const char*, 4> better_names{"liquidation", "going_concern", "equal",
                                                          "unknown"};
        for (std::size_t b = 0; b < better_names.size(); ++b) {
            if (s.better[b] > 0) better[better_names[b]] = s.better[b];
        }
        d["better_counts"] = better;
        return d;
    }

  private:
    template <class Money>
    static std::vector<Description> tiers(const WaterfallSummary& s, const Money& money) {
        constexpr std::array<const char*, seniority_count> names{"super_senior", "senior",
                                                                 "subordinated", "junior"};
        std::vector<Description> list;
        for (std::size_t t = 0; t < seniority_count; ++t) {
            if (s.tier_claims[t] == 0) continue;
            const Description d;
            d["tier"] = names[t];
            d["claims"] = money(s.tier_claims[t]);
            d["paid"] = money(s.tier_paid[t]);
            d["paid_from_collateral"] = money(s.tier_from_collateral[t]);
            list.push_back(d);
        }
        return list;
    }

    const CaseRun& at(std::size_t index) const {
        if (index >= cases_.size()) throw py::index_error();
        return cases_[index];
    }

    CaseView view(const CaseRun& run) const {
        return {.records = *book_->records,
                .book = book_->book,
                .path_book = path_book_,
                .recovery_book = recovery_book_,
                .paths = run.paths,
                .recovery = run.recovery,
                .wall = run.wall,
                .ratings = run.ratings};
    }

    CaseRerun rerun(const CaseRun& run) const {
        return {.book = path_book_,
                .path_case = run.path_case,
                .terms = settings_.terms,
                .options = {.threads = threads_}};
    }

    std::shared_ptr<const DebtBook> book_;
    PathBook path_book_;
    RecoveryBook recovery_book_;
    PathSettings settings_;
    RecoverySettings recovery_settings_;
    std::size_t threads_;
    Buffer<double> balances_;
    std::vector<CaseRun> cases_;
};

std::unique_ptr<DebtPaths> run_debt_paths(const std::shared_ptr<DebtBook>& book,
                                          std::chrono::sys_days as_of, std::size_t months,
                                          const std::vector<CaseArgument>& arguments,
                                          const Description& given, std::size_t threads,
                                          const OptionalControl& control,
                                          const std::vector<AmendmentArgument>& amended) {
    const Settings settings(given);
    const PathSettings paths = path_settings(settings);
    const RecoverySettings recovery = recovery_settings(settings);
    std::vector<PathCase> cases;
    cases.reserve(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        cases.push_back(path_case_of(arguments[i], i));
    }
    std::vector<Amendment> amendments;
    amendments.reserve(amended.size());
    for (std::size_t i = 0; i < amended.size(); ++i) {
        amendments.push_back(amendment_of(amended[i], i));
    }
    ParallelOptions options{.threads = threads};
    if (control) options.control = (*control)->native();
    const py::gil_scoped_release release;
    check(paths.terms.refinancing);
    const Horizon horizon = make_horizon(as_of, months);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        check(cases[i], i, horizon, book->book.segments.keys.size());
    }
    const BookTables tables{.records = book->records.get(),
                            .instruments = book->instruments.get(),
                            .principal_schedule = book->principal_schedule.get()};
    PathBook path_book = make_path_book(tables, book->book, horizon, amendments);
    RecoveryBook recovery_book = make_recovery_book(path_book, book->book.currency);
    auto run = std::make_unique<DebtPaths>(book, std::move(path_book), std::move(recovery_book),
                                           paths, recovery, threads);
    for (PathCase& path_case : cases) run->run(std::move(path_case), options);
    return run;
}

}  // namespace

void register_paths(py::module_& module) {
    const auto table = [](Table (*make)(const CaseView&)) {
        return [make](const DebtPaths& self, std::size_t index) { return self.table(make, index); };
    };
    const auto weekly =
        [](Table (*make)(const CaseView&, const CaseRerun&, const PaymentCalendar&)) {
            return [make](const DebtPaths& self, std::size_t index, const std::string& convention,
                          std::vector<std::chrono::sys_days> holidays) {
                return self.weekly_cash(make, index, convention, std::move(holidays));
            };
        };
    const std::vector<std::chrono::sys_days> no_holidays;
    py::class_<DebtPaths>(module, "DebtPaths",
                          "The cases of one run with a horizon, in the order they were given.")
        .def_property_readonly("case_count", &DebtPaths::case_count)
        .def_property_readonly("assumed", &DebtPaths::assumed,
                               "Positions of which a term was assumed, by the term.")
        .def("steps", table(step_table), py::arg("case"), "One row a month of the book.")
        .def("loans", table(loan_path_table), py::arg("case"), "One row a position.")
        .def("cash_flows", &DebtPaths::cash_flows, py::arg("case"), py::arg("records") = py::none(),
             "One row a position and month; of all records, or those of the given numbers.")
        .def("purchase", &DebtPaths::purchase, py::arg("case"), py::arg("price_pct"),
             py::arg("risk_free_rate_pct") = py::none(),
             "What a purchase of the book on the first day returns: one row a position, and the\n"
             "figures of the book with its flows by months after that day.")
        .def("obligors", table(obligor_path_table), py::arg("case"), "One row an obligor.")
        .def("weekly_cash", weekly(weekly_cash_table), py::arg("case"),
             py::arg("convention") = "unadjusted", py::arg("holidays") = no_holidays,
             "One row a week of the first 13: the cash of the obligors whose income is known.\n"
             "Payments move to business days by the convention; holidays rise.")
        .def("obligor_weekly_cash", weekly(obligor_weekly_cash_table), py::arg("case"),
             py::arg("convention") = "unadjusted", py::arg("holidays") = no_holidays,
             "The same, one row an obligor and week.")
        .def("covenants", table(covenant_table), py::arg("case"),
             "One row a record and covenant that it has or whose ratio is known.")
        .def("maturities", table(maturity_table), py::arg("case"),
             "One row a record and day on which something falls due.")
        .def("tiers", table(tier_table), py::arg("case"),
             "One row a group of connected obligors and tier with claims.")
        .def("covenant_summary", &DebtPaths::covenants, py::arg("case"))
        .def("wall", &DebtPaths::wall, py::arg("case"), "What falls due, by calendar quarter.")
        .def("risk", &DebtPaths::risk, py::arg("case"),
             "Obligors by risk level, what they owe, and how many each reason holds for.")
        .def("runways", &DebtPaths::runways, py::arg("case"),
             "Obligors of known income by months of runway; the last do not run dry.")
        .def("waterfall", &DebtPaths::waterfall, py::arg("case"), py::arg("basis"),
             py::arg("defaulted"),
             "What groups with a defaulted obligor, or the others, leave to whom.");
    module.def(
        "run_debt_paths", &run_debt_paths, py::arg("book"), py::arg("as_of"), py::arg("months"),
        py::arg("cases"), py::arg("settings"), py::arg("threads") = 0,
        py::arg("control") = py::none(), py::arg("amendments") = std::vector<AmendmentArgument>{},
        "Lets a book run through the months after as_of under each case:\n"
        "(case_id, drivers of shape (months, segments, 7), change of the rate of new debt\n"
        "by month in percentage points, factor of the opening cash, days by which receipts\n"
        "are late, days (0 or less) by which payments are early).\n"
        "Amendments hold in all of them: (row of loans, months of extension, change of the\n"
        "rate, of the spread in percentage points, fraction that becomes equity, new limits\n"
        "by covenant as plain ratios).");
}

}  // namespace seawall::bindings
