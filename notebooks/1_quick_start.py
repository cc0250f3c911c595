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
# # Quick start: a real tape
#
# Thirty-five commercial mortgages of one securitisation, as its issuer reported them to the United States' Securities and Exchange Commission for December 2025. In ten minutes: read the file, see what was
# refused, stress the book under the Federal Reserve's scenario, follow a loss back to the row that it comes from, and prove that nothing was changed.
#
# It needs `pip install 'seawall[report]'` and no network. Other notebooks: [2 scalability](2_scalability.ipynb), [3 tail risk](3_tail_risk.ipynb), [4 faults](4_faults.ipynb).

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.compute as pc
from IPython.display import SVG

import seawall as sw
from seawall.report import build_document, charts, write_report
from seawall.report.chart_svg import standalone

TAPE, PROFILE = Path("data/cmbs_bank5_2025-12.xml.gz"), "sec_ex102"  # or your own, and its profile

# %% [markdown]
# ## Read it
#
# A *profile* says what each field of a kind of tape means: here rates are fractions although they are called percentages, days are written `MM-DD-YYYY`, and loans and their properties share one element's
# name. `session.profiles()` lists the built-in ones; `seawall ingest tape.csv --suggest` proposes one for a file that none fits. All that is kept goes into one file, a *ledger*.

# %%
place = TemporaryDirectory()
session = sw.Session(Path(place.name) / "book.db")
tape = session.ingest(TAPE, profile=PROFILE)
tape

# %% [markdown]
# What could not be read is refused, with its place and its reason; nothing is guessed or taken as zero. Here it is one cell: `D0` is no state, and what the issuer meant by it is not known. The loan stays, without a region.
# Properties of a loan that stand in the tape by themselves are set aside: they are records of another kind, and no refusals.

# %%
rejects = tape.rejects.to_arrow()
print(f"{tape.summary.set_aside_count} records set aside")
sw.Table(rejects.filter(pc.equal(rejects["refused"], "cell")))

# %%
loans = tape.records.to_arrow()
columns = ["source_record_id", "collateral_type", "collateral_region", "total_outstanding"]
columns += ["interest_rate_pct", "collateral_value", "maturity_date"]
print(f"{tape.summary.kept_count} loans owe {pc.sum(loans['total_outstanding']).as_py():,.2f} USD")
sw.Table(loans.select(columns))

# %% [markdown]
# ## Stress it
#
# A scenario of our own beside the three that are built in, and the severely adverse one that the Federal Reserve published for 2025, quarter by quarter. How its rates and prices reach a loan is declared and not
# hidden: `seawall supervisory --help` shows paths and links.

# %%
run = session.stress(
    tape,
    scenarios=[{"id": "prices_fall_by_half", "collateral_market_impact_pct": -0.5}],
    supervisory=["frb_2025_severely_adverse"],
)
document = build_document(session, run)
print(document.headline)
print(*document.notes, sep="\n")

# %% [markdown]
# Read the notes first. Six of these loans are parts of larger ones: their property also secures lenders who are not in this tape, so its value may not be set against this part alone.

# %%
by_type = document.exposures[1]
SVG(standalone(charts.group_bars(by_type.groups, document.currency)))

# %%
SVG(standalone(charts.scenario_bars(document.scenarios, document.currency)))

# %% [markdown]
# Shocks of a quarter are measured from the last quarter that is history, not from the quarter before: the losses of this line do not add up.

# %%
SVG(standalone(charts.quarter_lines(run.result.supervisory, document.currency)))

# %% [markdown]
# ## Where does a figure come from?
#
# A loss is a *finding*, with evidence that was committed when it was computed. It leads to the loan with the largest share, to its place in the file, and to how each cell was read.

# %%
run.findings

# %%
found = next(finding for finding in run.findings if finding.title == "stress:market_crash")
trace = session.trace(found)
print(trace.finding["title"], f"{trace.finding['value']:,.2f}", document.currency)
print("evidence", trace.evidence[0]["evidence_id"])
print(f"{trace.source['name']}, record {trace.record.source_row}, proved: {trace.record.proved}")
for cell in trace.record.cells:
    if cell.field in columns:
        print(f"  {cell.field:20} {cell.raw:>16} → {cell.value:16} {', '.join(cell.rules)}")

# %% [markdown]
# Has anything been changed since? Every hash, root, identifier and column is computed again.

# %%
checked = session.verify()
assert checked.ok
checked

# %% [markdown]
# ## Hand it on
#
# One HTML file with tables, charts, method and proofs, without a script. Any chart is also a file of its own, for slides or print.

# %%
report = write_report(session, run, Path(place.name) / "report.html")
print(f"{report.name}: {report.stat().st_size / 1024:,.0f} KiB")

# %%
session.close()
place.cleanup()
