"""A run as one printable page: figures, charts, traces and how to check them, in a single file."""

from pathlib import Path

from seawall.errors import NotFound
from seawall.report.document import ReportDocument, build_document
from seawall.report.page import render
from seawall.session import Run, Session

__all__ = ["ReportDocument", "build_document", "report_html", "write_report"]


def report_html(session: Session, run: Run | str) -> str:
    """Make the report of a run: HTML that needs nothing from outside, and no script.

    Parameters
    ----------
    session : Session
        Whose ledger holds the run.
    run : Run or str
        Of the engine ``debt_stress``, or its identifier.

    Returns
    -------
    str
        The same run gives the same text.

    Raises
    ------
    NotFound
        When there is no such run.
    InvalidInput
        For a run of another engine.
    SeawallError
        ``library_missing`` without the libraries of ``pip install 'seawall[report]'``.
    """
    return render(build_document(session, run))


def write_report(session: Session, run: Run | str, path: str | Path) -> Path:
    """Write the report of a run as one file, whole or not at all. Arguments as `report_html`.

    Returns
    -------
    Path
        Of the file; one that was there is replaced.

    Raises
    ------
    NotFound
        Also when the folder is not there.
    """
    target = Path(path)
    if not target.absolute().parent.is_dir():
        raise NotFound("there is no such folder", where=str(target.absolute().parent))
    text = report_html(session, run)
    written = target.with_name(f".{target.name}.partial")
    try:
        written.write_text(text, encoding="utf-8", newline="")
        written.replace(target)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    return target
