"""A report of a run over months."""

from pathlib import Path

from seawall.report import write_report
from seawall.session import Session

BOOK = b"""id,currency,outstanding,coupon,amortisation,reporting_date,maturity,collateral,ebitda
A,EUR,1000000,6,bullet,2026-01-15,2030-01-15,500000,18250
"""


def test_a_report_traces_the_material_findings_of_each_case(
    session: Session, tmp_path: Path
) -> None:
    dataset = session.ingest(BOOK, format="csv")
    run = session.stress(dataset, months=6, presets=["severe"])
    page = write_report(session, run.run_id, tmp_path / "report.html").read_text()
    titles = [found.title for found in run.findings if found.is_material]
    assert "recovery:base" in titles
    assert not [title for title in titles if title not in page]
    assert "claim − paid from collateral" in page
