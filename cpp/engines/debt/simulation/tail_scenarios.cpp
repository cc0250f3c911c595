#include "engines/debt/simulation/tail_scenarios.hpp"

#include "errors/error.hpp"

namespace seawall::debt {

TailScenarios tail_scenarios(std::span<const std::int64_t> loss_minor, const TailRisk& tail) {
    TailScenarios found;
    for (std::size_t s = 0; s < loss_minor.size(); ++s) {
        if (loss_minor[s] > tail.var_minor) found.index.push_back(s);
    }
    found.above_count = found.index.size();
    for (std::size_t s = 0; s < loss_minor.size(); ++s) {
        if (loss_minor[s] == tail.var_minor) found.index.push_back(s);
    }
    const bool is_tail = loss_minor.size() == tail.scenario_count &&
                         found.above_count == tail.above_count &&
                         found.index.size() == tail.above_count + tail.at_count;
    if (!is_tail) throw Error(ErrorCode::invalid_input, "tail", "must be of these losses");
    return found;
}

}  // namespace seawall::debt
