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
# # Tail risk of a distressed book
#
# A servicer's tape comes in. Which loans could not be read? What is lost on average, and what in one year of a hundred? Whose loans is that tail made of, and what would selling one of them
# change? Each figure here has its error beside it, and leads back to a row of the tape.
#
# It needs `pip install 'seawall[report]'` and no network: the book is generated, the same on every machine, and charts are still pictures.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import altair
import pyarrow

import seawall as sw
from seawall.engines.debt.simulation import ChangeLoan, RemoveLoan, charts, compare, view
from seawall.ingest import built_in_rates
from seawall.lab.books import write_demo_tape
from seawall.table import Table

_ = altair.renderers.enable("svg")

# %% [markdown]
# ## The tape
#
# What a workout desk holds of a larger book: the loans rated BB and worse. Some rows are as servicers send them, with a letter in an amount, a date that is no day, a row that is there twice.

# %%
place = TemporaryDirectory()
folder = Path(place.name)
write_demo_tape(folder / "all.csv", instruments=4_000, obligors=900, seed=2026)
header, *loans = (folder / "all.csv").read_text().splitlines(keepends=True)
distressed = [loan for loan in loans if any(f",{grade}," in loan for grade in ("BB", "B", "CCC"))]
(folder / "tape.csv").write_text(header + "".join(distressed))

session = sw.Session(folder / "book.db")
tape = session.ingest(folder / "tape.csv", profile="generic")
tape

# %% [markdown]
# What was refused is a table, with its place and its reason. Nothing is repaired or taken as zero: a loan without a readable balance is not in the book, and the owner of the tape can be asked.

# %%
tape.rejects

# %% [markdown]
# ## The question
#
# The tape states no default probabilities and no losses given default. Ours come from the rating and from the collateral, less a haircut of 20 % and costs of the sale of 5 %; without collateral,
# 65 % are lost. A figure that nobody gave is refused, never taken as zero.
#
# Obligors of a sector share a factor; any two factors have a correlation of 0.5. First the Gaussian copula, then Student's t with six degrees of freedom, in which bad years are bad for
# everybody at once: the probabilities are the same, the tail is not.

# %%
question = {
    "scenarios": 2**17,
    "levels": [0.99, 0.999],
    "currency": "EUR",
    "rates": session.ingest(built_in_rates(), profile="ecb_rates"),
    "rates_as_of": "2025-12-31",
    "parameters": {
        "default_probability": {"by_rating_pct": {"BB": 4, "B": 14, "CCC": 38}},
        "loss_given_default": {"assumed_pct": 65},
    },
}
gaussian = session.simulate(tape, factors="sector", **question)
run = session.simulate(tape, factors={"by": "sector", "degrees_of_freedom": 6}, **question)
tail = run.questions

# %% [markdown]
# ## Expected loss
#
# The simulated one beside the exact one, Σ probability · loss. They have to agree within two or three standard errors. The standard deviation has an exact twin too. A run that is further from them
# than chance can put it is refused; distances hold for rare defaults too, where standard errors do not.

# %%
result = run.result
print(view.headline(result))
print(*view.notes(result), sep="\n")

expected, exact = result.expected_loss, result.exact_expected_loss
errors = (expected - exact) / result.expected_loss_standard_error
deviation, exact_deviation = result.loss_standard_deviation, result.exact_loss_standard_deviation
print(f"\nexpected loss       {expected:,.0f}, exactly {exact:,.0f}: {errors:+.1f} standard errors")
print(f"standard deviation  {deviation:,.0f}, exactly {exact_deviation:,.0f}")
print("judged", view.judged(tail.twins))
assert abs(errors) < 4

# %% [markdown]
# ## The loss distribution
#
# How many of the scenarios lose how much. The axis of counts is logarithmic, or there would be nothing to see of the tail. Shaded: the intervals at 95 % of what stands on the line.

# %%
charts.loss_histogram(tail, 0.99)

# %% [markdown]
# Value at risk is the loss that one scenario of a hundred passes; expected shortfall is what those lose on average. The interval of value at risk holds whatever losses are distributed like.


# %%
def as_table(columns, rows):
    """Rows of texts under their columns, as a table that shows itself."""
    cells = [list(column) for column in zip(*rows, strict=True)]
    return Table(pyarrow.table(cells, names=[name for name, _ in columns]))


as_table(view.TAIL_COLUMNS, view.tail_rows(result))

# %% [markdown]
# ## How much of that is the copula?
#
# The same loans, probabilities and correlations; what differs is whether extremes come together. The expected loss is the same, the loss of one scenario in a thousand is half as large again. No
# tape says which of the two is right: it is a choice, and this is what hangs on it.

# %%
charts.exceedance({"Gaussian copula": gaussian.questions, "Student's t, ν = 6": tail})

# %% [markdown]
# The comparison of the two runs says the same in figures, and that nothing else was asked otherwise: no loan differs, the draws of obligors and factors are the same.

# %%
between = compare(gaussian.questions, tail)
for change in between.parameters:
    print(f"{change.path}: {change.before} → {change.after}")
print(f"{len(between.positions)} loans differ, the same draws: {between.same_draws}")
as_table(view.CHANGE_COLUMNS, view.change_rows(between.tails, result.currency))

# %% [markdown]
# And how much is the luck of single loans? With one Gaussian factor the tail has a limit for many small loans, in closed form. What the book has above it is its large loans. It is a limit to look
# at: nothing is judged by it.

# %%
alone = session.simulate(tape, factors="none", **question)
limits = [alone.questions.large_pool_limit(found.confidence_level) for found in alone.result.tails]
print(*view.limit_sentences(limits, result.currency), sep="\n")
as_table(view.TAIL_COLUMNS, view.tail_rows(alone.result))

# %% [markdown]
# ## Whose tail is it?
#
# Expected shortfall is split over the loans by what each loses in the scenarios of the tail. Whiskers are two standard errors: loans whose whiskers overlap by much have no order yet.

# %%
charts.contribution_bars(tail, 0.99)

# %%
charts.contribution_bars(tail, 0.99, by="obligor_id")

# %%
charts.contribution_bars(tail, 0.99, by="sector")

# %% [markdown]
# The shares add up to expected shortfall, to the cent, whatever they are grouped by.

# %%
shortfall = tail.figures(0.99).expected_shortfall
for by in ("position", "obligor_id", "sector"):
    total = sum(tail.contributions(0.99, by=by)["contribution"].to_pylist())
    print(f"{by:12} {total:,.2f} of {shortfall:,.2f}")
    assert round(total, 2) == round(shortfall, 2)

# %% [markdown]
# Value at risk is one loss, and hardly a scenario has it. What loans add to it is an estimate, from the scenarios about it, and never more than that: each share has an error.

# %%
about = tail.quantile_contributions(0.99, by="sector")
print(f"{about.scenario_count} scenarios lose {about.least_loss:,.0f} to {about.largest_loss:,.0f}")
about.shares

# %% [markdown]
# ## The worst scenario
#
# A scenario is no black box: these were its factors, and these loans were lost.

# %%
worst = tail.scenario(tail.worst(1)[0])
print(*view.scenario_sentences(worst, result.currency), sep="\n")
worst.positions

# %% [markdown]
# ## What if
#
# Sell the loan that adds most. Or keep it and take better security, so that no more than 30 % are lost. Only its obligor is simulated again, under its own draws: the error of a difference is far
# smaller than that of either figure.

# %%
largest = next(tail.contributions(0.99).rows(1))["source_record_id"]
cases = {
    f"{largest} sold": RemoveLoan(largest),
    f"{largest} secured: 30 % lost": ChangeLoan(largest, loss_given_default_pct=30),
}
rows = []
for name, change in cases.items():
    found = tail.what_if([change])
    print(f"{name}: expected loss {found.expected_loss_change:+,.0f}", end=" ")
    print(f"± {found.expected_loss_change_standard_error:,.0f}")
    rows += [[name, *row] for row in view.change_rows(found.tails, result.currency)]
as_table([("what if", "left"), *view.CHANGE_COLUMNS], rows)

# %% [markdown]
# ## Were there scenarios enough?
#
# Expected shortfall of the first 2,048 scenarios, of twice as many, and so on. The interval becomes half as wide with four times the work; where it is narrow enough to decide on is a
# question to the reader, not to the machine.

# %%
charts.convergence(tail, 0.99)

# %% [markdown]
# ## Where does a figure come from?
#
# Each expected shortfall is a finding, with evidence that was committed when it was computed. It leads to the loan with the largest share, to the row that the servicer sent and to how each
# cell of it was read, with the proof that the row is the dataset's.

# %%
run.findings

# %%
trace = session.trace(run.findings[0])
print(trace.finding["description"], f"{trace.finding['value']:,.2f}", result.currency)
print("evidence", trace.evidence[0]["evidence_id"])
print("losses  ", trace.evidence[0]["figures"]["losses_sha256"])
print(f"{trace.source['name']}, row {trace.record.source_row}, proved: {trace.record.proved}")
for cell in trace.record.cells:
    print(f"  {cell.field:20} {cell.raw:>16} → {cell.value:16} {', '.join(cell.rules)}")

# %% [markdown]
# Has anything been changed since? Every hash, root, identifier and column is computed again.

# %%
checked = session.verify()
assert checked.ok
checked

# %%
session.close()
place.cleanup()
