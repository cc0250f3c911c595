"""The page on load profiles says what there is, and its example runs."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from lab.stand_in_server import StandInServer, reply
from seawall.lab.load import run_load
from seawall.lab.load_profile import (
    AnswerCheck,
    Figure,
    LoadProfile,
    LoadRequest,
    LoadStage,
    Objective,
    read_load_profile,
)
from seawall.lab.load_profiles import find_load_profile, shipped_names
from seawall.lab.load_samples import OUTCOMES
from seawall.lab.load_subject import LoadSubject, aimed

PAGE = (Path(__file__).parents[2] / "docs/reference/load_profiles.md").read_text()


def test_the_profile_of_the_page_runs(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "day.toml"
    path.write_text(text)
    profile = read_load_profile(path)
    small = msgspec.structs.replace(
        aimed(profile, LoadSubject("", "dv_1")),
        max_requests=20,
        stages=(LoadStage(duration_s=20, users=5),),
    )
    with StandInServer(reply(b'{"run_id": 1}')) as server:
        result = run_load(small, base_url=server.base_url)
        assert len(server.requests) == 20
    assert result.samples.error_count == 0


@pytest.mark.parametrize("name", shipped_names())
def test_the_page_has_what_a_shipped_profile_asks(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE, re.MULTILINE)
    profile = find_load_profile(name)
    critical = [one for one in profile.objectives if one.level == "critical"]
    asked = [
        f"`{one.figure}`"
        + (f" of {one.request}" if one.request else "")
        + (f" below {one.below:g}" if one.below is not None else f" above {one.above:g}")
        for one in critical
    ]
    assert row.endswith(f"| {', '.join(asked)} |")
    levels = {f"{stage.level:,g}" for stage in profile.stages}
    assert all(level in row for level in levels)
    think = profile.think
    assert f"| {think.low_s:g} to {think.high_s:g} s |" in row or profile.is_open


def test_every_field_figure_and_outcome_is_on_the_page() -> None:
    names = {
        name
        for kind in (LoadProfile, LoadStage, LoadRequest, AnswerCheck, Objective)
        for name in kind.__struct_fields__
    }
    names |= {*get_args(Figure), *OUTCOMES}
    assert not {name for name in names if not re.search(rf"`(check\.)?{name}[`.]", PAGE)}
