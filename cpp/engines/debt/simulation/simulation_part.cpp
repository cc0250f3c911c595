#include "engines/debt/simulation/simulation_part.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

std::string place_of(std::size_t part, const std::string& field) {
    return "parts[" + std::to_string(part) + "]." + field;
}

void check(const SimulationPart& part, std::size_t index, const SimulationPart& first) {
    const auto require = [&](bool holds, const std::string& field, const std::string& message) {
        if (!holds) throw Error(ErrorCode::invalid_input, place_of(index, field), message);
    };
    require(!part.loss_minor.empty(), "losses", "there is no scenario");
    require(part.book_digest == first.book_digest, "book_digest", "must be that of parts[0]");
    require(part.seed == first.seed, "seed", "must be that of parts[0]");
    require(part.sampling == first.sampling, "sampling", "must be that of parts[0]");
    if (part.loss_minor.size() > ~part.first_scenario) {
        throw Error(ErrorCode::limit_exceeded, place_of(index, "first_scenario"),
                    "the last scenario passes 2^64");
    }
}

std::vector<std::size_t> by_scenario(std::span<const SimulationPart> parts) {
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {},
                             [&](std::size_t index) { return parts[index].first_scenario; });
    return order;
}

}  // namespace

SimulationPart merge_parts(std::span<const SimulationPart> parts) {
    if (parts.empty()) throw Error(ErrorCode::invalid_input, "parts", "there is no part");
    std::size_t count = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        check(parts[i], i, parts[0]);
        count += parts[i].loss_minor.size();
    }
    const std::vector<std::size_t> order = by_scenario(parts);
    const SimulationPart& first = parts[order.front()];
    SimulationPart whole{.book_digest = first.book_digest,
                         .seed = first.seed,
                         .sampling = first.sampling,
                         .first_scenario = first.first_scenario,
                         .loss_minor = {}};
    whole.loss_minor.reserve(count);
    for (const std::size_t index : order) {
        const SimulationPart& part = parts[index];
        const std::uint64_t next = whole.first_scenario + whole.loss_minor.size();
        if (part.first_scenario != next) {
            const bool overlaps = part.first_scenario < next;
            throw Error(ErrorCode::invalid_input, place_of(index, "first_scenario"),
                        overlaps ? "another part has this scenario"
                                 : "no part has scenario " + std::to_string(next));
        }
        whole.loss_minor.insert(whole.loss_minor.end(), part.loss_minor.begin(),
                                part.loss_minor.end());
    }
    return whole;
}

}  // namespace seawall::debt
