#include "engines/debt/simulation/tail_scenarios.hpp"

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

TailScenarios scenarios_from(std::span<const std::int64_t> loss_minor, std::int64_t var_minor) {
    TailScenarios found;
    for (std::size_t s = 0; s < loss_minor.size(); ++s) {
        if (loss_minor[s] > var_minor) found.index.push_back(s);
    }
    found.above_count = found.index.size();
    for (std::size_t s = 0; s < loss_minor.size(); ++s) {
        if (loss_minor[s] == var_minor) found.index.push_back(s);
    }
    return found;
}

}  // namespace

TailScenarios tail_scenarios(std::span<const std::int64_t> loss_minor, const TailRisk& tail) {
    TailScenarios found = scenarios_from(loss_minor, tail.var_minor);
    const bool is_tail = loss_minor.size() == tail.scenario_count &&
                         found.above_count == tail.above_count &&
                         found.index.size() == tail.above_count + tail.at_count;
    if (!is_tail) throw Error(ErrorCode::invalid_input, "tail", "must be of these losses");
    return found;
}

TailScenarios tail_scenarios(const WeightedScenarios& run, const WeightedTail& tail) {
    TailScenarios found = scenarios_from(run.loss_minor, tail.var_minor);
    WideInteger above = 0;
    WideInteger at = 0;
    const bool fits =
        run.loss_minor.size() == tail.scenario_count && run.weight.size() == tail.scenario_count;
    for (std::size_t i = 0; fits && i < found.index.size(); ++i) {
        (i < found.above_count ? above : at) += run.weight[found.index[i]];
    }
    const bool is_tail = fits && above == tail.above_weight && at == tail.at_weight &&
                         found.above_count == tail.above_count &&
                         found.index.size() == tail.above_count + tail.at_count;
    if (!is_tail) {
        throw Error(ErrorCode::invalid_input, "tail", "must be of these losses and weights");
    }
    return found;
}

}  // namespace seawall::debt
