"""Why a dataset is not written: too much of it was refused."""

from seawall.errors import DatasetRefused
from seawall.ingest import IngestedTape, reject_place


def refusal(tape: IngestedTape, refused: int, *, strict: bool) -> DatasetRefused:
    """Return the failure of a dataset of which ``refused`` things were refused."""
    from pyarrow import compute

    rejects = tape.rejects.to_arrow()
    if refused > 0:
        rejects = rejects.filter(compute.not_equal(rejects["refused"], "set_aside"))
    first = rejects.slice(0, 1).to_pylist()[0]
    why = "strict" if strict else f'no record is left; does the profile "{tape.profile.name}" fit?'
    return DatasetRefused(
        f"{first['reason']} (rule {first['rule']}, source row {first['source_row']}); "
        f"{refused:,} refused in all, nothing written ({why})",
        where=reject_place(first),
    )
