#include <pybind11/stl.h>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/case_descriptions.hpp"
#include "bindings/day_caster.hpp"
#include "bindings/debt_book.hpp"
#include "bindings/module.hpp"
#include "bindings/path_arguments.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "engines/debt/case_summary.hpp"
#include "engines/debt/case_wall.hpp"
#include "engines/debt/cash_flows.hpp"
#include "engines/debt/contractual_balance.hpp"
#include "engines/debt/path_tables.hpp"
#include "engines/debt/purchase.hpp"
#include "engines/debt/weekly_cash.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

/// About what a case keeps of a position with an obligor and a record of its own.
constexpr std::size_t bytes_a_position = 448, bytes_of_going_concern = 80;

/// What one run with a horizon holds of each case.
struct CaseRun {
    CaseRun(std::size_t expected_bytes, std::pmr::memory_resource& pages)
        : memory(expected_bytes, &pages) {}

    OutputMemory memory;  ///< of what follows
    PathCase path_case;
    CasePaths paths;
    CaseRecovery recovery;

    // Of the life of the book after the horizon too: made when first asked for.
    std::once_flag is_rated;
    Buffer<WallEntry> wall;
    std::vector<RiskRating> ratings;
};

/// The cases of one run; their tables are built when asked for.
class DebtPaths {
    // Ahead of their uses: their results are deduced.
    /// What the core makes of a case.
    template <class Make>
    auto without_gil(std::size_t index, const Make& make) {
        const CaseRun& run = at(index);
        const py::gil_scoped_release release;
        return make(view(run));
    }
    /// The same of a case with its wall and ratings.
    template <class Make>
    auto rated_without_gil(std::size_t index, const Make& make) {
        CaseRun& run = at(index);
        const py::gil_scoped_release release;
        rate(run);
        return make(view(run));
    }

  public:
    DebtPaths(std::shared_ptr<const DebtBook> book, PathBook path_book, RecoveryBook recovery_book,
              PathSettings settings, const RecoverySettings& recovery, std::size_t threads)
        : book_(std::move(book)),
          path_book_(std::move(path_book)),
          recovery_book_(std::move(recovery_book)),
          settings_(settings),
          limits_(covenant_limits(path_book_, settings.covenants)),
          recovery_settings_(recovery),
          threads_(threads) {}

    void run(PathCase path_case, const ParallelOptions& options) {
        const std::size_t bytes =
            bytes_a_position +
            (asks_going_concern(recovery_settings_) ? bytes_of_going_concern : 0);
        CaseRun& run =
            cases_.emplace_back(bytes * path_book_.order.position_count(), *book_->pages);
        run.path_case = std::move(path_case);
        run.paths = run_paths(path_book_, run.path_case, settings_, limits_, options, &run.memory);
        ParallelOptions unobserved = options;
        unobserved.control.completed_units = nullptr;  // progress counts records of cases
        run.recovery = recover(path_book_, recovery_book_, run.paths, recovery_settings_,
                               unobserved, &run.memory);
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

    NativeTable table(Table (*make)(const CaseView&), std::size_t index) {
        return {std::make_shared<const Table>(without_gil(index, make))};
    }
    NativeTable rated_table(Table (*make)(const CaseView&), std::size_t index) {
        return {std::make_shared<const Table>(rated_without_gil(index, make))};
    }

    NativeTable cash_flows(std::size_t index,
                           const std::optional<std::vector<std::int64_t>>& records) {
        const CaseRun& run = at(index);
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(cash_flow_table(view(run), rerun(run), records))};
    }

    NativeTable weekly_cash(Table (*make)(const CaseView&, const CaseRerun&,
                                          const PaymentCalendar&),
                            std::size_t index, const std::string& convention,
                            std::vector<std::chrono::sys_days> holidays) {
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
                                                 std::optional<double> risk_free_rate_pct) {
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
            book[name] = finite_or_none(bought.book.*figure);
        }
        book["unknown_count"] = bought.unknown_count;
        book["flows"] = bought.flows;
        return {table, book};
    }

    std::vector<Description> covenants(std::size_t index) {
        return describe(without_gil(index, summarise_covenants));
    }
    std::vector<Description> wall(std::size_t index) {
        return describe(
            rated_without_gil(index, [](const CaseView& view) { return sum_wall(view.wall); }));
    }
    Description risk(std::size_t index) {
        return describe(rated_without_gil(index, summarise_risk));
    }
    std::vector<std::int64_t> runways(std::size_t index) {
        return without_gil(index, count_runways);
    }

    Description waterfall(std::size_t index, const std::string& basis, bool defaulted) {
        if (basis != "liquidation" && basis != "going_concern") {
            throw Error(ErrorCode::invalid_input, "basis", "must be liquidation or going_concern");
        }
        const auto settled_by =
            basis == "liquidation" ? WaterfallBasis::liquidation : WaterfallBasis::going_concern;
        const auto summarise = [&](const CaseView& view) {
            return summarise_waterfall(view, settled_by, defaulted);
        };
        return describe(without_gil(index, summarise), recovery_book_.minor_digits);
    }

  private:
    CaseRun& at(std::size_t index) {
        if (index >= cases_.size()) throw py::index_error();
        return cases_[index];
    }

    void rate(CaseRun& run) {
        const ParallelOptions options{.threads = threads_};
        std::call_once(has_balances_,
                       [&] { balances_ = contractual_balances(path_book_, options); });
        std::call_once(run.is_rated, [&] {
            run.wall = wall_entries(path_book_, run.path_case, settings_, run.paths, balances_,
                                    options, &run.memory);
            run.ratings = rate_records(path_book_, run.paths, run.wall);
        });
    }

    CaseView view(const CaseRun& run) const {
        return {.records = *book_->records,
                .book = book_->book,
                .path_book = path_book_,
                .recovery_book = recovery_book_,
                .limits = limits_,
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

    std::shared_ptr<const DebtBook>
        book_;  ///< ahead of the cases, whose memory goes back to its pages
    PathBook path_book_;
    RecoveryBook recovery_book_;
    PathSettings settings_;
    Buffer<double> limits_;
    RecoverySettings recovery_settings_;
    std::size_t threads_;
    std::once_flag has_balances_;
    Buffer<double> balances_;    ///< contractual ones
    std::deque<CaseRun> cases_;  ///< which stay where they are
};

std::unique_ptr<DebtPaths> run_debt_paths(const std::shared_ptr<DebtBook>& book,
                                          std::chrono::sys_days as_of, std::size_t months,
                                          const std::vector<CaseArgument>& arguments,
                                          const Description& given, std::size_t threads,
                                          const OptionalControl& control,
                                          const std::vector<AmendmentArgument>& amended) {
    const PathSettings paths = path_settings(given);
    const RecoverySettings recovery = recovery_settings(given);
    std::vector<PathCase> cases = path_cases(arguments);
    const std::vector<Amendment> amendments = amendments_of(amended);
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
        return [make](DebtPaths& self, std::size_t index) { return self.table(make, index); };
    };
    const auto rated_table = [](Table (*make)(const CaseView&)) {
        return [make](DebtPaths& self, std::size_t index) { return self.rated_table(make, index); };
    };
    const auto weekly =
        [](Table (*make)(const CaseView&, const CaseRerun&, const PaymentCalendar&)) {
            return [make](DebtPaths& self, std::size_t index, const std::string& convention,
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
        .def("loans", rated_table(loan_path_table), py::arg("case"), "One row a position.")
        .def("cash_flows", &DebtPaths::cash_flows, py::arg("case"), py::arg("records") = py::none(),
             "One row a position and month; of all records, or those of the given numbers.")
        .def("purchase", &DebtPaths::purchase, py::arg("case"), py::arg("price_pct"),
             py::arg("risk_free_rate_pct") = py::none(),
             "What a purchase of the book on the first day returns: one row a position, and the\n"
             "figures of the book with its flows by months after that day.")
        .def("obligors", rated_table(obligor_path_table), py::arg("case"), "One row an obligor.")
        .def("weekly_cash", weekly(weekly_cash_table), py::arg("case"),
             py::arg("convention") = "unadjusted", py::arg("holidays") = no_holidays,
             "One row a week of the first 13: the cash of the obligors whose income is known.\n"
             "Payments move to business days by the convention; holidays rise.")
        .def("obligor_weekly_cash", weekly(obligor_weekly_cash_table), py::arg("case"),
             py::arg("convention") = "unadjusted", py::arg("holidays") = no_holidays,
             "The same, one row an obligor and week.")
        .def("covenants", table(covenant_table), py::arg("case"),
             "One row a record and covenant that it has or whose ratio is known.")
        .def("maturities", rated_table(maturity_table), py::arg("case"),
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
