"""Why a dataset is not written: too much of it was refused."""

from seawall.errors import DatasetRefused
from seawall.ingest import IngestedTape, reject_place


def refusal(tape: IngestedTape, refused: int, *, strict: bool) -> DatasetRefused:
    """Return the failure of a dataset of which ``refused`` things were refused."""
    first = next(tape.first_rejects(1, with_set_aside=refused == 0).rows())
    why = "strict" if strict else f'no record is left; does the profile "{tape.profile.name}" fit?'
    return DatasetRefused(
        f"{first['reason']} (rule {first['rule']}, source row {first['source_row']}); "
        f"{refused:,} refused in all, nothing written ({why})",
        where=reject_place(first),
    )
