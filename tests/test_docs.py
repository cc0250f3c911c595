"""What the documentation shows, runs."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


def test_the_tutorial_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / "tutorial.md").read_text(), re.DOTALL)
    assert len(blocks) >= 6
    exec("\n".join(blocks), {})  # noqa: S102 (our own page)


def test_the_profile_of_the_how_to_is_valid() -> None:
    from seawall.ingest.profile import parse_profile

    text = (DOCS / "how_to" / "tape_profiles.md").read_text()
    (profile,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert parse_profile(profile.encode(), where="page").name == "mine"


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in [DOCS.parent / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert "://" in target or (page.parent / target).exists(), f"{page}: {target}"
