# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: jupytext,kernelspec,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Scalability: from stored samples to a decision
#
# How many answers a second, for how many callers at once, how late, and what grows with what. Every figure here is read from a run of the [laboratory](../docs/reference/laboratory.md), which keeps each
# sample with its machine, commit and noise. Nothing is measured while you read.
#
# It needs `pip install 'seawall[lab,report]'` and no network. The run is the published one of `docs/performance`, else a small one of an idle machine. One of your own machine: `seawall lab run`, minutes; then put
# `find_run(Path("../results/lab"))` below.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow

import seawall as sw
from seawall.lab.fit import fit_line
from seawall.lab.fit_scalability import fit_scalability, knee
from seawall.lab.report.advice import advice_of
from seawall.lab.report.charts import report_graphs
from seawall.lab.report.environment import environment
from seawall.lab.report.figures import ingest_rows, kept_rows, level_rows
from seawall.lab.run_record import read_run
from seawall.report.chart_svg import write_drawing

places = [*Path("../docs/performance").glob("run.jsonl*"), *Path("data").glob("*.jsonl")]
run = next(run for run in map(read_run, places) if run.good("api_fresh"))
graphs = {graph.name: graph for graph in report_graphs(run)}


def as_table(columns, rows):
    """Rows under their columns, as a table that shows itself."""
    return sw.Table(
        pyarrow.table([list(cells) for cells in zip(*rows, strict=True)], names=columns)
    )


# %% [markdown]
# ## What was measured, and how quietly
#
# A figure without its machine is a rumour. The noise floor is the same work timed against itself: a difference within it is none.

# %%
print(*(f"{name:22} {value}" for name, value in environment(run)), sep="\n")

# %% [markdown]
# ## Throughput against concurrency
#
# A closed loop: each connection sends, waits for the answer, sends again. Client, server and store share the machine's cores, so this is the throughput of all three together.
#
# Bars are the range of the repeats (the profile `ci` repeats nothing and has none). Thin lines are the universal scalability law, X(N) = r N / (1 + s (N − 1) + k N (N − 1)): *r* is the rate of one
# connection alone, *s* the share of the work that waits in line, *k* what each pair of them costs. A curve through three points goes through all of them whatever they are: only from
# four on does it say anything.

# %%
graphs["throughput"]

# %%
rows = []
for step, kind in (("api_fresh", "new runs"), ("api_replays", "replays")):
    levels = level_rows(run, step)
    connections, rps = [row.connections for row in levels], [row.rps.middle for row in levels]
    fit = fit_scalability(connections, throughput=rps)
    bend = knee(connections, throughput=rps, share=0.95)
    rows.append([kind, f"{max(rps):,.0f}", f"{bend:,.0f}", f"{fit.rate:,.0f}"])
    peak = f"{fit.peak:,.0f}" if fit.coherency else "none"
    rows[-1] += [f"{fit.contention:.3f}", f"{fit.coherency:.2g}", peak]
    rows[-1] += [f"{fit.worst:.0%} of {len(levels)}"]
law = ["rate alone r", "contention s", "coherency k", "peak of the curve", "farthest point"]
as_table(["requests", "most a second", "95 % of it at", *law], rows)

# %% [markdown]
# Read the second and third column first: they were measured. Beyond that many connections nothing is gained, and a load balancer should hold callers back there. The law is a summary: where a point lies far off the curve it
# is not drawn, and its peak is not to be used.

# %% [markdown]
# ## Latency against concurrency
#
# In a closed loop waiting is what is left to grow: N connections at X answers a second wait N / X each, on average. Once throughput is spent, latency is proportional to the callers and the server is no slower
# than before. So read latency at the concurrency that you admit, never at the most.

# %%
graphs["latency_api_fresh"]

# %%
graphs["latency_api_replays"]

# %% [markdown]
# Little's law as a check of the measurement itself: connections divided by throughput is the mean time of a turn. With few requests for each connection it is the larger of the two, since at the beginning and at the
# end not all of them are under way; otherwise, where they differ, the client was late and not the server.

# %%
rows = []
for outcome in run.good("api_fresh"):
    answered = {level["connections"]: level["summary"] for level in outcome.answer["levels"]}
    for sample in outcome.samples:
        count = sample.workload["connections"]
        mean_ms = sum(sample.values) / len(sample.values)
        turn_ms = 1e3 * count / answered[count]["throughput_rps"]
        requests = answered[count]["total_requests"]
        rows.append([outcome.repeat + 1, count, requests, mean_ms, turn_ms])
as_table(["repeat", "connections", "requests", "mean ms", "connections / throughput, ms"], rows)

# %% [markdown]
# ## Ingestion time against size
#
# Both axes are logarithmic. A line of slope 1 is a cost for each record; where it becomes flat on the left is what any dataset costs: the transaction, the fsync.

# %%
graphs["ingestion"]

# %%
rows = []
for mode in ("normalised", "raw"):
    found = [row for row in ingest_rows(run) if row.mode == mode]
    fit = fit_line([row.size for row in found], times=[row.ms.middle for row in found])
    rows.append([mode, f"{fit.a:.1f}", f"{1e3 * fit.b:.2f}", f"{9 * fit.a / fit.b:,.0f}"])
as_table(
    ["read as", "any dataset, ms", "each record, µs", "records at which a tenth is fixed"], rows
)

# %% [markdown]
# ## Linking time against volume
#
# Rows of evidence, findings and links in one durable transaction each. Here too the last column of the table is the batch to write: below it you pay for transactions, above it for rows.

# %%
graphs["linking"]

# %%
rows = []
for name in ("evidence", "finding", "link"):
    kept = kept_rows(run)
    times = [getattr(row, f"{name}_ms").middle for row in kept]
    fit = fit_line([row.count for row in kept], times=times)
    rows.append([name, f"{fit.a:.2f}", f"{1e3 * fit.b:.2f}", f"{kept[-1].count / times[-1]:,.0f}"])
as_table(["rows of", "any transaction, ms", "each row, µs", "rows a ms at the most volume"], rows)

# %% [markdown]
# ## What follows
#
# The report derives its advice from the same figures, each with what it rests on. Where other processes took the cores it names no bottleneck.

# %%
for one in advice_of(run):
    print(f"{one.topic}: {one.advice}", *(f"    {fact}" for fact in one.evidence), sep="\n")

# %% [markdown]
# ## For slides and print
#
# Each graph is a file, as vectors or as points, made without a browser and without network. `seawall lab report` writes them all, with every table.

# %%
with TemporaryDirectory() as folder:
    for suffix in (".svg", ".png"):
        file = Path(folder) / f"throughput{suffix}"
        write_drawing(graphs["throughput"].drawing, file)
        print(f"{file.name:16} {file.stat().st_size / 1024:,.0f} KiB")
