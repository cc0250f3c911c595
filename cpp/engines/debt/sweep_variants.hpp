#pragma once

#include <cstddef>
#include <string_view>

#include "engines/debt/sweep.hpp"

namespace seawall::debt {

enum class InstructionSet { baseline, avx2, avx512 };

/// Whether this build has the kernel and this processor its instructions.
bool is_supported(InstructionSet set);
InstructionSet fastest_instruction_set();
std::string_view instruction_set_name(InstructionSet set);

/// How the work is done, which no figure may show.
struct SweepVariant {
    InstructionSet instruction_set = InstructionSet::baseline;
    std::size_t chunk_size = 1024;  ///< instruments a task, at least 1
};

/// sweep by a way of the caller's choice; the instruction set must be supported.
SweepResult sweep(const SweepColumns& loans, const SweepScenarios& scenarios,
                  const ParallelOptions& parallel, const SweepVariant& variant);

}  // namespace seawall::debt
