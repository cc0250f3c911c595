#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/sampling_record.hpp"
#include "provenance/sha256.hpp"

namespace seawall::debt {

/// Consecutive scenarios of a run, to be kept and put together. The weights of importance sampling
/// follow from the rest (scenario_weights).
struct SimulationPart {
    /// Of all that the losses depend on but what follows: book, model, version of the engine.
    Digest book_digest{};
    std::uint64_t seed = 0;
    SamplingRecord sampling{};
    std::uint64_t first_scenario = 0;
    std::vector<std::int64_t> loss_minor;  ///< a scenario each, at least one

    friend bool operator==(const SimulationPart&, const SimulationPart&) = default;
};

/// One part of all scenarios of the parts, which may come in any order: that of the run that was
/// never split, and the same in whichever order and groups parts are merged. Throws
/// Error(invalid_input) at "parts" without one, and at "parts[i].…" on a part without scenarios, of
/// another digest, seed or sampling than parts[0], and where scenarios overlap or are missing;
/// Error(limit_exceeded) on a part that passes 2^64.
SimulationPart merge_parts(std::span<const SimulationPart> parts);

/// A part as bytes, which are the same on every machine (docs/explanation/
/// default_simulation_sampling.md, "Parts"). They end with the SHA-256 of all before.
std::vector<std::byte> part_bytes(const SimulationPart& part);

/// Throws Error(source_unreadable) at "part.…" on bytes that are no part of this version, or were
/// changed.
SimulationPart part_of_bytes(std::span<const std::byte> bytes);

}  // namespace seawall::debt
