"""What a run was measured on, in words."""

from seawall.lab.noise import NoiseFloor
from seawall.lab.run_record import LabRun

AT_WORK = (
    *("apsw", "httptools", "litestar", "msgspec", "numpy", "psycopg", "pyarrow"),
    *("uvicorn", "uvloop"),
)
"""The libraries whose versions move the figures; the run holds those of all."""


def environment(run: LabRun) -> list[tuple[str, str]]:
    """Return the environment table: what, and how it was."""
    head = run.head
    machine, build = head.machine, head.machine.build
    seeds = sorted(
        {one.seed for outcome in run.outcomes for one in outcome.samples if one.seed is not None}
    )
    spent = sum(outcome.wall_s for outcome in run.outcomes)
    found = [
        ("run", f"{head.run_id}, profile {head.profile}"),
        ("sections", ", ".join(head.sections)),
        ("begun", f"{head.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("ended", f"{run.end.ended_at:%Y-%m-%d %H:%M:%S} UTC" if run.end else "not yet"),
        ("measured for", f"{spent:,.0f} s in {len(run.outcomes)} processes"),
        ("commit", head.commit or "not known: no repository"),
        (
            "processor",
            f"{machine.cpu_model}, {machine.usable_cores} usable of "
            f"{machine.logical_cores} logical, {machine.physical_cores} physical cores",
        ),
        ("memory", f"{machine.memory_bytes / 2**30:,.1f} GiB"),
        ("system", f"{machine.kernel}, {machine.python}"),
        ("build", ", ".join(f"{name} {value}" for name, value in sorted(build.items()))),
        ("libraries", ", ".join(f"{n} {head.packages[n]}" for n in AT_WORK if n in head.packages)),
        ("lock", f"sha256 {head.packages_sha256} of {len(head.packages)} packages"),
        ("stores on", head.file_system),
        ("seeds", ", ".join(map(str, seeds)) or "none drawn"),
        ("noise before", noise_text(head.noise)),
    ]
    if run.end:
        found.append(("noise after", noise_text(run.end.noise)))
    return found


def noise_text(noise: NoiseFloor) -> str:
    """Say how noisy the machine was."""
    return (
        f"the same work against itself gives ratios of {noise.ratio_low:.3f} to"
        f" {noise.ratio_high:.3f} (95 %); its times spread by {noise.spread:.0%};"
        f" {noise.wall_over_cpu:.2f} s of the clock for a second of processor time;"
        f" {noise.sync_ms:.2f} ms to synchronise 4 KiB; load {noise.load:.1f}"
    )
