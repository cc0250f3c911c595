"""The limit of the machine: what the parts of the kernel take alone, measured here.

The kernel draws (Philox), sums distances (a multiply-add for each factor and one more) and filters
(Φ, the comparison, the losses). Each part is run alone on as many lanes as the simulation decides,
with its data in the first cache and nothing to wait for; the limit is the sum of the three times,
as all of them need the same vector units. A run's share of it is the limit over its time. What a
run does besides counts against it: the factors' quantiles, blocks and tiles, the canonical rule
for what is open. What it gains by doing one part in the gaps of another counts for it, so that a
share is not bounded by 1.
"""

import ctypes
from collections.abc import Callable

from rivals.compiled import compiled

PARTS = ("draws", "distances", "filter")
# As CMakeLists.txt compiles the kernels.
KERNELS = {
    "avx512": ("Avx512", ("-mavx512f", "-mavx512bw")),
    "avx2": ("Avx2", ("-mavx2", "-mfma")),
    "baseline": ("Baseline", ()),
}


def part_floors(
    lanes: int, *, factors: int, instruction_set: str
) -> dict[str, Callable[[], object]]:
    """Return the parts of one kernel, ready to run on so many obligor-scenarios."""
    name, flags = KERNELS[instruction_set]
    unit = f"engines/debt/simulation/default_{instruction_set}.cpp"
    library = compiled(
        "floors.cpp",
        flags=("-ffp-contract=off", *flags, f'-DKERNEL="{unit}"', f"-DLANES={name}"),
        core=("engines/debt/simulation/phi_table.cpp",),
        native=False,
    )

    def run(part: int) -> Callable[[], object]:
        return lambda: library.run_part(
            ctypes.c_int(part), ctypes.c_size_t(lanes), ctypes.c_size_t(factors)
        )

    return {part: run(number) for number, part in enumerate(PARTS)}
