#include "engines/debt/simulation/sensitivities.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engines/debt/minor_digits.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
    throw Error(ErrorCode::invalid_input, place, message);
}

std::string entry(const char* column, std::size_t row) {
    return "book." + std::string(column) + "[" + std::to_string(row) + "]";
}

bool is_fraction(double value) {
    return value >= 0.0 && value <= 1.0;  // false for NaN
}

void check(const CreditColumns& book, const FactorModel& factors) {
    const std::size_t count = book.obligor_count();
    const auto has_values = [](std::size_t size, std::size_t expected, const char* column) {
        if (size != expected) refuse("book." + std::string(column), "must fit the obligors");
    };
    has_values(book.default_probability.size(), count, "default_probability");
    has_values(book.loss_given_default.size(), count, "loss_given_default");
    has_values(book.exposure_minor.size(), count, "exposure_minor");
    has_values(book.factor_weight.size(), count * factors.factor_count, "factor_weight");
    if (!book.obligor_class.empty()) has_values(book.obligor_class.size(), count, "obligor_class");
    for (std::size_t row = 0; row < count; ++row) {
        if (!is_fraction(book.default_probability[row])) {
            refuse(entry("default_probability", row), "must be from 0 to 1");
        }
        if (!is_fraction(book.loss_given_default[row])) {
            refuse(entry("loss_given_default", row), "must be from 0 to 1");
        }
        if (book.exposure_minor[row] < 0 || book.exposure_minor[row] > largest_minor_units) {
            refuse(entry("exposure_minor", row), "must be from 0 to 2^53");
        }
    }
}

/// The columns that a simulation takes, with or without a bump.
class BumpedBook {
  public:
    BumpedBook(const CreditColumns& book, const FactorModel& factors, const Bump& bump)
        : slot_(book.slot),
          weight_(book.factor_weight.begin(), book.factor_weight.end()),
          probability_(book.default_probability.begin(), book.default_probability.end()) {
        bool is_any = !bump.obligor_class;
        for (std::size_t row = 0; row < book.obligor_count(); ++row) {
            const bool is_meant =
                !bump.obligor_class ||
                (!book.obligor_class.empty() && book.obligor_class[row] == *bump.obligor_class);
            is_any = is_any || is_meant;
            double exposure = static_cast<double>(book.exposure_minor[row]);
            double severity = book.loss_given_default[row];
            if (is_meant) {
                const std::span<double> weights =
                    std::span(weight_).subspan(row * factors.factor_count, factors.factor_count);
                apply(bump, row, probability_[row], severity, exposure, weights);
            }
            loss_.push_back(static_cast<std::int64_t>(std::nearbyint(exposure * severity)));
        }
        if (!is_any) refuse("", "is of a class that no obligor has");
        threshold_ = default_thresholds(probability_, factors);
    }

    ObligorColumns columns() const {
        return {.slot = slot_,
                .default_threshold = threshold_,
                .factor_weight = weight_,
                .loss_minor = loss_};
    }

  private:
    static void apply(const Bump& bump, std::size_t row, double& probability, double& severity,
                      double& exposure, std::span<double> weights) {
        switch (bump.kind) {
            case BumpKind::default_probability_by:
                probability += bump.size;
                break;
            case BumpKind::default_probability_times:
                probability *= 1.0 + bump.size;
                break;
            case BumpKind::loss_given_default_by:
                severity += bump.size;
                break;
            case BumpKind::loss_given_default_times:
                severity *= 1.0 + bump.size;
                break;
            case BumpKind::factor_weight_times:
                for (double& weight : weights) weight *= 1.0 + bump.size;
                break;
            case BumpKind::exposure_times:
                exposure *= 1.0 + bump.size;
                break;
        }
        const bool is_exposure =
            exposure >= 0.0 && exposure <= static_cast<double>(largest_minor_units);
        if (is_fraction(probability) && is_fraction(severity) && is_exposure) return;
        const char* const column = !is_fraction(probability) ? "default_probability"
                                   : !is_fraction(severity)  ? "loss_given_default"
                                                             : "exposure_minor";
        refuse("", "takes " + entry(column, row) + " out of its range");
    }

    std::span<const std::uint32_t> slot_;
    std::vector<double> weight_;
    std::vector<double> probability_;
    std::vector<double> threshold_;
    std::vector<std::int64_t> loss_;
};

/// The bumped book as the kernels read it; whatever is wrong with it is the bump's.
ObligorGroups groups_of(const CreditColumns& book, const FactorModel& factors,
                        std::span<const Bump> bumps, std::size_t index) {
    const std::string place = "bumps[" + std::to_string(index) + "]";
    if (!std::isfinite(bumps[index].size)) refuse(place + ".size", "must be finite");
    try {
        return group_obligors_by_slot(BumpedBook(book, factors, bumps[index]).columns(), factors);
    } catch (const Error& error) {
        const std::string separator = error.where().empty() ? "" : ": ";
        throw Error(error.code(), place + separator + error.where(), error.what());
    }
}

struct Simulated {
    std::vector<std::int64_t> losses;
    TailRisk tail;
};

Simulated simulate(const ObligorGroups& groups, const SimulationRange& range,
                   const ConfidenceLevel& level, const ParallelOptions& parallel) {
    Simulated run{.losses = simulate_losses(groups, range, parallel), .tail = {}};
    run.tail = tail_risk(run.losses, level);
    return run;
}

/// Sections of consecutive scenarios are independent, and each has its own VaR.
double var_standard_error(const Simulated& before, const Simulated& after) {
    const std::size_t count = before.losses.size();
    std::vector<double> differences;
    double sum = 0.0;
    for (std::size_t section = 0; section < var_sections; ++section) {
        const std::size_t first = section * count / var_sections;
        const std::size_t size = (section + 1) * count / var_sections - first;
        const auto var_of = [&](const Simulated& run) {
            return tail_risk(std::span(run.losses).subspan(first, size), run.tail.level).var_minor;
        };
        differences.push_back(static_cast<double>(var_of(after) - var_of(before)));
        sum += differences.back();
    }
    constexpr auto sections = static_cast<double>(var_sections);
    double squares = 0.0;
    for (const double difference : differences) {
        const double deviation = difference - sum / sections;
        squares += deviation * deviation;
    }
    return std::sqrt(squares / (sections - 1.0) / sections);
}

}  // namespace

SensitivityTable sensitivities(const CreditColumns& book, const FactorModel& factors,
                               std::span<const Bump> bumps, const SimulationRange& range,
                               const ConfidenceLevel& level, const ParallelOptions& parallel) {
    check(book, factors);
    if (range.count < var_sections) refuse("scenarios.count", "must be at least 32");
    // All bumps are read before the first scenario is drawn.
    for (std::size_t i = 0; i < bumps.size(); ++i) groups_of(book, factors, bumps, i);
    const Simulated before =
        simulate(group_obligors_by_slot(BumpedBook(book, factors, Bump{}).columns(), factors),
                 range, level, parallel);
    SensitivityTable table{
        .before_moments = loss_moments(before.losses), .before = before.tail, .rows = {}};
    for (std::size_t i = 0; i < bumps.size(); ++i) {
        const Simulated after =
            simulate(groups_of(book, factors, bumps, i), range, level, parallel);
        table.rows.push_back(
            {.difference = paired_difference(before.losses, before.tail, after.losses, after.tail),
             .var_minor = after.tail.var_minor - before.tail.var_minor,
             .var_standard_error_minor = var_standard_error(before, after)});
    }
    return table;
}

std::vector<double> expected_loss_by_probability_minor(const CreditColumns& book) {
    if (book.loss_given_default.size() != book.exposure_minor.size()) {
        refuse("book.loss_given_default", "must fit the obligors");
    }
    std::vector<double> slopes;
    for (std::size_t row = 0; row < book.exposure_minor.size(); ++row) {
        slopes.push_back(std::nearbyint(static_cast<double>(book.exposure_minor[row]) *
                                        book.loss_given_default[row]));
    }
    return slopes;
}

std::vector<double> expected_shortfall_by_exposure(std::span<const double> loss_given_default,
                                                   const TailDefaults& defaults,
                                                   const TailRisk& tail) {
    // A loss of 1 contributes how often it is made in the tail.
    const std::vector<std::int64_t> ones(loss_given_default.size(), 1);
    std::vector<double> slopes = contributions_minor(defaults, ones, tail);
    for (std::size_t row = 0; row < slopes.size(); ++row) slopes[row] *= loss_given_default[row];
    return slopes;
}

}  // namespace seawall::debt
