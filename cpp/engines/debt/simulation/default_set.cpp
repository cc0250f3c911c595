#include "engines/debt/simulation/default_set.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t largest_total_loss = 0x4000'0000'0000'0000;

void check(const ObligorColumns& obligors, std::int64_t least_loss_minor) {
    const std::size_t count = obligors.obligor_count();
    if (obligors.default_threshold.size() != count || obligors.loss_minor.size() != count) {
        refuse_input("obligors", "must have a threshold and a loss for each obligor");
    }
    std::int64_t total = 0;
    for (std::size_t row = 0; row < count; ++row) {
        const std::int64_t loss = obligors.loss_minor[row];
        if (loss < 0) {
            refuse_input("obligors.loss_minor[" + std::to_string(row) + "]", "must be at least 0");
        }
        if (loss > largest_total_loss - total) {
            throw Error(ErrorCode::limit_exceeded, "obligors.loss_minor",
                        "the sum of the losses passes 2^62 minor units");
        }
        total += loss;
    }
    if (least_loss_minor <= 0) refuse_input("least_loss_minor", "must be above 0");
}

[[noreturn]] void refuse_unreachable() {
    refuse_input("least_loss_minor", "is more than all obligors that may default lose");
}

bool is_certain(const ObligorColumns& obligors, std::size_t row) {
    return obligors.default_threshold[row] == std::numeric_limits<double>::infinity();
}

bool is_excluded(const ObligorColumns& obligors, std::size_t row) {
    return obligors.default_threshold[row] == -std::numeric_limits<double>::infinity();
}

std::int64_t certain_loss(const ObligorColumns& obligors) {
    std::int64_t loss = 0;
    for (std::size_t row = 0; row < obligors.obligor_count(); ++row) {
        if (is_certain(obligors, row)) loss += obligors.loss_minor[row];
    }
    return loss;
}

/// Whether one row's loss stands before another's.
auto by_falling_loss(const ObligorColumns& obligors) {
    return [&obligors](std::uint32_t one, std::uint32_t other) {
        const std::int64_t a = obligors.loss_minor[one];
        const std::int64_t b = obligors.loss_minor[other];
        return a != b ? a > b : obligors.slot[one] < obligors.slot[other];
    };
}

/// An obligor that the set may take or leave, at a cost of likelihood.
struct Candidate {
    std::uint32_t row = 0;
    std::int64_t loss_minor = 0;
    double cost = 0.0;  ///< ln((1 − p)/p), above 0
};

/// Covers a loss by candidates, sorted by rising cost per loss, at the least cost.
class CoverSearch {
  public:
    CoverSearch(std::span<const Candidate> candidates, std::int64_t need)
        : candidates_(candidates), need_(need) {
        loss_before_.push_back(0);
        cost_before_.push_back(0.0);
        for (const Candidate& candidate : candidates) {
            loss_before_.push_back(loss_before_.back() + candidate.loss_minor);
            cost_before_.push_back(cost_before_.back() + candidate.cost);
        }
        if (loss_before_.back() < need) refuse_unreachable();
    }

    /// The least cost of covering `need` by candidates from `first` on, parts of one allowed: of
    /// all covers none costs less (G. B. Dantzig, 1957).
    double bound(std::size_t first, std::int64_t need) const {
        const std::int64_t reach = loss_before_[first] + need;
        const auto place = std::ranges::lower_bound(loss_before_, reach);
        const auto last = static_cast<std::size_t>(place - loss_before_.begin());
        if (last == loss_before_.size()) return std::numeric_limits<double>::infinity();
        if (last <= first) return 0.0;
        const Candidate& broken = candidates_[last - 1];
        const double part = static_cast<double>(reach - loss_before_[last - 1]) /
                            static_cast<double>(broken.loss_minor);
        return cost_before_[last - 1] - cost_before_[first] + part * broken.cost;
    }

    /// Depth first, taking before leaving. Returns whether the tree was searched to its end.
    bool run(std::size_t most_nodes) {
        struct Taken {
            std::size_t index;
            std::int64_t need;  ///< before it was taken
            double cost;
        };
        std::vector<Taken> taken;
        std::size_t index = 0;
        std::int64_t need = need_;
        double cost = 0.0;
        for (std::size_t node = 0; node < most_nodes || best_.empty(); ++node) {
            if (need > 0 && index < candidates_.size() && cost + bound(index, need) < best_cost_) {
                taken.push_back({.index = index, .need = need, .cost = cost});
                need -= candidates_[index].loss_minor;
                cost += candidates_[index].cost;
                ++index;
                continue;
            }
            if (need <= 0 && cost < best_cost_) {
                best_cost_ = cost;
                best_.clear();
                for (const Taken& one : taken) best_.push_back(one.index);
            }
            if (taken.empty()) return true;
            index = taken.back().index + 1;
            need = taken.back().need;
            cost = taken.back().cost;
            taken.pop_back();
        }
        return false;
    }

    std::span<const std::size_t> best() const { return best_; }

  private:
    std::span<const Candidate> candidates_;
    std::int64_t need_;
    std::vector<std::int64_t> loss_before_;
    std::vector<double> cost_before_;
    std::vector<std::size_t> best_;
    double best_cost_ = std::numeric_limits<double>::infinity();
};

void check(const ObligorColumns& obligors, std::span<const double> probabilities) {
    if (probabilities.size() != obligors.obligor_count()) {
        refuse_input("default_probability", "must have a value for each obligor");
    }
    for (std::size_t row = 0; row < probabilities.size(); ++row) {
        const double p = probabilities[row];
        if (p >= 0.0 && p <= 1.0) continue;
        refuse_input("default_probability[" + std::to_string(row) + "]", "must be from 0 to 1");
    }
}

/// Less cost for the same loss comes first.
bool is_cheaper(const ObligorColumns& obligors, const Candidate& one, const Candidate& other) {
    const double a = one.cost / static_cast<double>(one.loss_minor);
    const double b = other.cost / static_cast<double>(other.loss_minor);
    return a != b ? a < b : obligors.slot[one.row] < obligors.slot[other.row];
}

}  // namespace

DefaultSet smallest_default_set(const ObligorColumns& obligors, std::int64_t least_loss_minor) {
    check(obligors, least_loss_minor);
    DefaultSet found{.row = {}, .certain_loss_minor = certain_loss(obligors)};
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < obligors.obligor_count(); ++row) {
        if (!is_certain(obligors, row) && !is_excluded(obligors, row)) rows.push_back(row);
    }
    std::ranges::sort(rows, by_falling_loss(obligors));
    const std::int64_t need = least_loss_minor - found.certain_loss_minor;
    for (const std::uint32_t row : rows) {
        if (found.loss_minor >= need) break;
        found.row.push_back(row);
        found.loss_minor += obligors.loss_minor[row];
    }
    if (found.loss_minor < need) refuse_unreachable();
    return found;
}

PlausibleDefaults likeliest_default_set(const ObligorColumns& obligors,
                                        std::span<const double> default_probability,
                                        std::int64_t least_loss_minor, std::size_t most_nodes) {
    check(obligors, least_loss_minor);
    check(obligors, default_probability);
    PlausibleDefaults found;
    found.set.certain_loss_minor = certain_loss(obligors);
    std::vector<Candidate> candidates;
    double likeliest = 0.0;  // of any pattern: each obligor does what is likelier
    for (std::uint32_t row = 0; row < obligors.obligor_count(); ++row) {
        const double p = default_probability[row];
        if (is_certain(obligors, row) || is_excluded(obligors, row) || p == 0.0) continue;
        const bool defaults_anyway = p >= 0.5;
        likeliest += canonical_log(defaults_anyway ? p : 1.0 - p);
        if (defaults_anyway) {
            found.set.row.push_back(row);
            found.set.loss_minor += obligors.loss_minor[row];
        } else if (obligors.loss_minor[row] > 0) {
            candidates.push_back({.row = row,
                                  .loss_minor = obligors.loss_minor[row],
                                  .cost = canonical_log(1.0 - p) - canonical_log(p)});
        }
    }
    std::ranges::sort(candidates, [&](const Candidate& one, const Candidate& other) {
        return is_cheaper(obligors, one, other);
    });
    found.log_probability = likeliest;
    found.log_probability_bound = likeliest;
    found.is_exact = true;
    const std::int64_t need =
        least_loss_minor - found.set.certain_loss_minor - found.set.loss_minor;
    if (need > 0) {
        CoverSearch search(candidates, need);
        found.is_exact = search.run(most_nodes);
        for (const std::size_t index : search.best()) {
            found.set.row.push_back(candidates[index].row);
            found.set.loss_minor += candidates[index].loss_minor;
            found.log_probability -= candidates[index].cost;
        }
        found.log_probability_bound =
            found.is_exact ? found.log_probability : likeliest - search.bound(0, need);
    }
    std::ranges::sort(found.set.row, by_falling_loss(obligors));
    return found;
}

}  // namespace seawall::debt
