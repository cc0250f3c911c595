"""What the figures recommend: each advice with the figures it follows from."""

import math

import msgspec

from seawall.lab.fit import fit_line
from seawall.lab.fit_scalability import fit_scalability, knee
from seawall.lab.report.figures import (
    LevelRow,
    ingest_rows,
    kept_rows,
    level_rows,
    model_rows,
    user_rows,
)
from seawall.lab.run_record import LabRun

KNEE_SHARE = 0.95  # of the most throughput
FIXED_SHARE = 0.1  # of a batch's time that may be what any batch costs
SATURATED = 0.8  # of a resource: from there on it is the bottleneck
SHARED = 1.25  # wall by processor time of one thread: above, others took the cores
CLOSE_FIT = 0.25  # a curve that is further from a point says nothing


class Advice(msgspec.Struct, frozen=True):
    """One recommendation."""

    topic: str
    advice: str
    evidence: tuple[str, ...]


def advice_of(run: LabRun) -> list[Advice]:
    """Derive the recommendations; what was not measured gives none."""
    found: list[Advice | None] = []
    for step, kind in (("api_fresh", "new durable runs"), ("api_replays", "replays")):
        rows = level_rows(run, step)
        if len({row.connections for row in rows}) >= 3:
            found += [_inflection(rows, kind), _bottleneck(run, rows, kind)]
    found += [
        _pool(run),
        _workers(run),
        _batch(run),
        _link_batch(run),
        _memory(run),
    ]
    return [one for one in found if one is not None]


def _inflection(rows: list[LevelRow], kind: str) -> Advice:
    n, x = [row.connections for row in rows], [row.rps.middle for row in rows]
    bend = knee(n, throughput=x, share=KNEE_SHARE)
    at = next(row for row in rows if row.connections == bend)
    most = max(rows, key=lambda row: row.connections)
    evidence = [
        f"{at.rps.middle:,.0f} requests/s at {bend:,.0f} connections are at least"
        f" {KNEE_SHARE:.0%} of the most, {max(x):,.0f}",
    ]
    if at.p99_ms and most.p99_ms and most is not at:
        evidence.append(
            f"from there to {most.connections:,} connections throughput changes by"
            f" {most.rps.middle / at.rps.middle - 1:+.0%} and p99 grows from"
            f" {at.p99_ms.middle:,.4g} to {most.p99_ms.middle:,.0f} ms"
        )
    fit = fit_scalability(n, throughput=x)
    if fit.worst <= CLOSE_FIT:
        peak = "none" if math.isinf(fit.peak) else f"{fit.peak:,.0f} connections"
        evidence.append(
            f"scalability law: {fit.rate:,.0f}/s alone, contention {fit.contention:.3g},"
            f" coherency {fit.coherency:.2g}, peak {peak}; within {fit.worst:.0%} of each point"
        )
    else:
        evidence.append(
            f"the scalability law misses a point by {fit.worst:.0%}: no peak is read off it"
        )
    return Advice(
        f"Inflection, {kind}",
        f"Throughput is spent at {bend:,.0f} connections at once; more of them only wait."
        " Let a load balancer hold them back there.",
        tuple(evidence),
    )


def _bottleneck(run: LabRun, rows: list[LevelRow], kind: str) -> Advice | None:
    best = max(rows, key=lambda row: row.rps.middle)
    if best.cpu_pct is None:
        return None
    cores = run.head.machine.usable_cores
    client_pct = best.rps.middle * best.client_us / 1e4
    used = {
        "the server's share of one core": best.cpu_pct / 100,
        "the machine's cores, server and client": (best.cpu_pct + client_pct) / 100 / cores,
    }
    if best.ceiling_rps:
        used["the client's own ceiling"] = best.rps.middle / best.ceiling_rps
    evidence = (
        *(f"{name}: {share:.0%}" for name, share in used.items()),
        f"measured at {best.connections:,} connections, {best.rps.middle:,.0f} requests/s",
    )
    machine = used["the machine's cores, server and client"]
    shared = run.head.noise.wall_over_cpu
    if shared > SHARED:
        evidence += (f"{shared:.1f} s of the clock went by for a second of processor time",)
        said = "Not to be told: other processes took the cores. Measure on an idle machine."
    elif used.get("the client's own ceiling", 0) >= SATURATED:
        said = "The client is measured, not the server: use more client threads."
    elif machine >= SATURATED:
        said = "The machine's cores are the bottleneck: more cores, or the client elsewhere."
    elif used["the server's share of one core"] >= SATURATED:
        said = (
            "One core's worth of the server is the bottleneck, while others are free:"
            " another process behind a load balancer would use them."
        )
    else:
        said = "No processor is the bottleneck: requests wait for the disk or for each other."
    return Advice(f"Bottleneck, {kind}", said, evidence)


def _pool(run: LabRun) -> Advice | None:
    rows = [row for row in level_rows(run, "api_fresh") if row.p50_ms is not None]
    if not rows:
        return None
    bend = knee(
        [row.connections for row in rows],
        throughput=[row.rps.middle for row in rows],
        share=KNEE_SHARE,
    )
    at = next(row for row in rows if row.connections == bend)
    assert at.p50_ms is not None  # noqa: S101  (of the rows above)
    evidence = [
        f"Little's law at the inflection: {at.rps.middle:,.0f}/s × {at.p50_ms.middle:,.1f} ms ="
        f" {at.rps.middle * at.p50_ms.middle / 1e3:,.0f} requests under way",
    ]
    if at.store_connections is not None:
        evidence.append(f"{at.store_connections} open handles on the store at that load")
    users = user_rows(run)
    if users and users[-1].store_connections is not None:
        last = users[-1]
        evidence.append(
            f"{last.connections:,} users at {last.rps.middle:,.0f}/s needed"
            f" {last.store_connections} handles, with {100 * last.error_rate:.2f} % errors"
        )
    return Advice(
        "Pool",
        f"A client's pool of {bend:,.0f} connections keeps the service busy; a larger one adds"
        " waiting only.",
        tuple(evidence),
    )


def _workers(run: LabRun) -> Advice | None:
    rows = level_rows(run, "api_fresh")
    best = max(rows, key=lambda row: row.rps.middle, default=None)
    if best is None or best.cpu_pct is None:
        return None
    each_us = best.cpu_pct * 1e4 / best.rps.middle
    cores = run.head.machine.usable_cores
    return Advice(
        "Workers",
        f"Count on {1e6 / each_us:,.0f} new runs a second for each core that the service really"
        " gets; size it by that, not by connections.",
        (
            f"{best.cpu_pct:.0f} % of a core at {best.rps.middle:,.0f}/s are {each_us:,.0f} µs of"
            " processor time a request",
            f"measured with {cores} usable cores, client and store on them",
        ),
    )


def _batch(run: LabRun) -> Advice | None:
    rows = [row for row in ingest_rows(run) if row.mode == "normalised"]
    return _batch_advice(
        "Batch size, ingestion",
        "records",
        [(row.size, row.ms.middle) for row in rows],
    )


def _link_batch(run: LabRun) -> Advice | None:
    return _batch_advice(
        "Batch size, links",
        "links",
        [(row.count, row.link_ms.middle) for row in kept_rows(run)],
    )


def _batch_advice(topic: str, unit: str, points: list[tuple[int, float]]) -> Advice | None:
    if len({size for size, _ in points}) < 3:
        return None
    fit = fit_line([size for size, _ in points], times=[ms for _, ms in points])
    if fit.a <= 0 or fit.b <= 0:
        return None
    least = (1 / FIXED_SHARE - 1) * fit.a / fit.b
    best = max(points, key=lambda point: point[0] / point[1])
    return Advice(
        topic,
        f"Send at least {_rounded(least):,} {unit} at a time: then what any batch costs is at most"
        f" {FIXED_SHARE:.0%} of its time.",
        (
            f"time = {fit.a:.1f} ms + {fit.b * 1e3:.3g} µs × {unit}, at the sizes measured"
            f" {fit.flatness:.0%} off at most",
            f"the most {unit} a second, {best[0] / best[1] * 1e3:,.0f}, at {best[0]:,}",
        ),
    )


def _memory(run: LabRun) -> Advice | None:
    points = {row.size: row.peak_kb for row in ingest_rows(run) if row.mode == "normalised"}
    models = {row.instruments: row.peak_kb for row in model_rows(run, "modeling")}
    if len(points) < 2:
        return None
    (small, least), (large, most) = min(points.items()), max(points.items())
    each = (most - least) / (large - small)
    evidence = [
        f"ingestion: {least // 1024:,} MB at {small:,} records, {most // 1024:,} MB at {large:,}"
    ]
    if len(models) > 1:
        (few, low), (many, high) = min(models.items()), max(models.items())
        evidence.append(
            f"modelling: {low // 1024:,} MB at {few:,} instruments, {high // 1024:,} MB at {many:,}"
        )
    return Advice(
        "Memory",
        f"Plan {max(least, 0) // 1024:,} MB for a process and {each:.2f} KB for each record of the"
        " largest dataset that is ingested at once.",
        tuple(evidence),
    )


def _rounded(value: float) -> int:
    """Round up to two digits."""
    digits: int = 10 ** max(0, math.floor(math.log10(max(value, 1))) - 1)
    return math.ceil(value / digits) * digits
