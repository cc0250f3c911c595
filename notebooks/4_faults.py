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
# # Reading the table of faults
#
# What becomes of acknowledged data when a process is killed, the power is cut, a write fails or the disk is full? The laboratory breaks these things on purpose and writes a row for each. This notebook reads
# such a table: what each column claims, how much a zero proves, and why every row has a control that must lose data. [What is promised](../docs/explanation/durability.md) has the reasons.
#
# It needs `pip install 'seawall[lab,report]'` and no network. A table of your own disk: `seawall lab run --only faults`; then put `find_run(Path("../results/lab"))` below.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow

import seawall as sw
from seawall.lab.faults.power_cut import cuts
from seawall.lab.faults.row import Tries
from seawall.lab.report.environment import environment
from seawall.lab.report.fault_charts import fault_rows, loss_bounds, losses, recoveries
from seawall.lab.run_record import read_run

places = [*Path("../docs/performance").glob("run.jsonl*"), *Path("data").glob("*.jsonl")]
run = next(run for run in map(read_run, places) if run.good("faults"))
rows = fault_rows(run)


def as_table(columns, rows):
    """Rows under their columns, as a table that shows itself."""
    return sw.Table(
        pyarrow.table([list(cells) for cells in zip(*rows, strict=True)], names=columns)
    )


print(*(f"{name:22} {value}" for name, value in environment(run)), sep="\n")

# %% [markdown]
# ## The table
#
# - **tried**: how often the fault happened; **acknowledged**: how many requests were answered *done* before it, and so must be there after it.
# - **lost**: acknowledged and not there. **in part**: there, but not whole. **twice**: there more than once. Each must be 0.
# - **control lost**: what the same fault cost a store that is weakened on purpose. It must *not* be 0: a fault that hurts nobody proves nothing.
# - **as promised**: none of the three, every failure had a code, and the control lost something.

# %%
names = [
    "fault",
    "tried",
    "acknowledged",
    "lost",
    "in part",
    "twice",
    "control lost",
    "as promised",
]
keys = ["name", "tried", "acknowledged", "lost", "torn", "duplicated", "control_lost", "ok"]
as_table(names, [[row[key] for key in keys] for row in rows])

# %% [markdown]
# ## Ours beside the control
#
# The counts of the control are no rates of anything in the world: a control is as weak as it was made. That its bar is there at all is what counts.

# %%
losses(run)

# %%
as_table(
    ["fault", "the control", "what else was seen"],
    [[row["name"], row["control"], row["notes"]] for row in rows],
)

# %% [markdown]
# ## How much does a zero prove?
#
# None in *n* tries does not mean never. If a share *p* of all tries lost something, *n* tries would all go well with probability (1 − p)ⁿ; the largest *p* for which that is not below 5 % is 1 − 0.05^(1/n), about 3/n. A fault that
# was tried once excludes almost nothing by counting: there the reasons and the control have to carry the promise, or the profile `full`.
#
# It counts tries, not requests: the requests of one try are lost or kept together, so they are no independent witnesses.

# %%
loss_bounds(run)

# %% [markdown]
# ## Recovery
#
# From opening the store until the first durable write, its log replayed. The axis is logarithmic; the longest is what a health check has to wait for, and with few tries it is no bound.

# %%
recoveries(run)

# %% [markdown]
# ## Cut the power yourself
#
# A short life of a store is recorded operation by operation. Then the power is cut at random places of it: what was not synchronised is dropped, torn or spoilt, and what was acknowledged is looked for. The same seed, the same cuts; only
# SQLite's `synchronous` differs. `NORMAL` is the setting that many systems run with.

# %%
cut = []
with TemporaryDirectory() as folder:
    for setting in ("FULL", "NORMAL", "OFF"):
        tries = Tries(30, Path(folder), seed=7, progress=lambda _: None)
        tally = cuts(tries, setting, tries.times)
        cut.append([setting, tally.tried, tally.acknowledged, tally.lost, tally.torn])
as_table(["synchronous", "power cuts", "acknowledged", "lost", "in part"], cut)

# %%
kept, normal, off = (row[3] for row in cut)
assert kept == 0
assert normal > 0
assert off > 0

# %% [markdown]
# A disk that says *synchronised* and is not, sectors that rot, several machines on one file: none of that is tried here, and none of it is promised.
