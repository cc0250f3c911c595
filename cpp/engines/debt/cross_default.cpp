#include "engines/debt/cross_default.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

void require_below(std::span<const std::uint32_t> indices, std::size_t count, const char* name) {
    const auto place =
        std::ranges::find_if(indices, [count](std::uint32_t index) { return index >= count; });
    if (place == indices.end()) return;
    throw Error(ErrorCode::invalid_input,
                std::string(name) + "[" + std::to_string(place - indices.begin()) + "]",
                "must be below " + std::to_string(count));
}

void check(const GroupMemberships& memberships) {
    const std::size_t count = memberships.obligor.size();
    if (memberships.group.size() != count) {
        throw Error(ErrorCode::invalid_input, "group",
                    "must have " + std::to_string(count) + " values, not " +
                        std::to_string(memberships.group.size()));
    }
    require_below(memberships.obligor, memberships.obligor_count, "obligor");
    require_below(memberships.group, memberships.group_count, "group");
}

/// Union-find (Tarjan 1975) whose root is the least of its set: no order of the unions shows, and
/// halved paths keep it near linear without ranks.
class DisjointSets {
  public:
    explicit DisjointSets(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
    }

    std::uint32_t root(std::uint32_t element) {
        while (parent_[element] != element) {
            parent_[element] = parent_[parent_[element]];
            element = parent_[element];
        }
        return element;
    }

    void unite(std::uint32_t first, std::uint32_t second) {
        const auto [low, high] = std::minmax({root(first), root(second)});
        parent_[high] = low;
    }

  private:
    std::vector<std::uint32_t> parent_;
};

}  // namespace

ConnectedObligors connect_obligors(const GroupMemberships& memberships) {
    check(memberships);
    constexpr std::uint32_t none = UINT32_MAX;
    DisjointSets sets(memberships.obligor_count);
    std::vector<std::uint32_t> member_of_group(memberships.group_count, none);
    for (std::size_t i = 0; i < memberships.obligor.size(); ++i) {
        std::uint32_t& member = member_of_group[memberships.group[i]];
        if (member == none) member = memberships.obligor[i];
        sets.unite(member, memberships.obligor[i]);
    }
    ConnectedObligors connected;
    connected.component_of_obligor.resize(memberships.obligor_count);
    for (std::size_t o = 0; o < memberships.obligor_count; ++o) {
        const std::uint32_t root = sets.root(static_cast<std::uint32_t>(o));
        // The root is the least of its set, so that it was numbered before.
        connected.component_of_obligor[o] =
            root == o ? static_cast<std::uint32_t>(connected.component_count++)
                      : connected.component_of_obligor[root];
    }
    return connected;
}

}  // namespace seawall::debt
