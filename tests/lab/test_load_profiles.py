"""The shipped profiles: each is run against the service itself, as it is but for its length."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidInput, NotFound
from seawall.lab.export import export_profile
from seawall.lab.load import run_load
from seawall.lab.load_profile import LoadProfile, LoadStage
from seawall.lab.load_profiles import find_load_profile, shipped_names
from seawall.lab.load_subject import LoadSubject, aimed, fresh_sequence, self_hosted

from .load_tools import TOOLS, run_tool

NAMES = ["1000-users", "smoke", "soak", "spike", "stress", "sustained"]


@pytest.fixture(scope="module")
def service() -> Iterator[LoadSubject]:
    with self_hosted(1) as subject:
        yield subject


def shortened(profile: LoadProfile) -> LoadProfile:
    """Return it with 60 requests of a few users who hardly think."""
    stage = LoadStage(duration_s=60, rate=200) if profile.is_open else LoadStage(60, users=3)
    return msgspec.structs.replace(
        profile,
        stages=(stage,),
        think=type(profile.think)(),
        max_requests=60,
    )


def test_there_are_the_six() -> None:
    assert shipped_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_service_answers_all_that_a_shipped_profile_asks(
    name: str, service: LoadSubject
) -> None:
    profile = aimed(shortened(find_load_profile(name)), service)
    result = run_load(profile, base_url=service.base_url, first_sequence=fresh_sequence())
    figures = result.figures_by_request()
    assert list(figures) == ["a new run", "a run asked for again", "the latest runs", "health"]
    assert [one.errors_by_kind for one in figures.values()] == [{}] * 4
    assert all(one.requests for one in figures.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_profile_has_its_files_name_and_can_fail(name: str) -> None:
    profile = find_load_profile(name)
    assert profile.name == name
    assert profile.description
    asked = {one.figure for one in profile.objectives if one.level == "critical"}
    assert {"error_rate", "p99_ms"} <= asked


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_profile_goes_to_the_other_tools(name: str) -> None:
    profile = aimed(find_load_profile(name), LoadSubject("", "dv_1"))
    assert "{{dataset" not in export_profile(profile, tool="k6")
    if profile.is_open:
        assert name == "stress"
    else:
        assert "dv_1" in export_profile(profile, tool="locust")


@pytest.mark.parametrize("tool", TOOLS)
def test_another_tool_is_let_in_and_answered(
    tool: str, service: LoadSubject, tmp_path: Path
) -> None:
    keyless = msgspec.structs.replace(service, api_key="")  # the file holds no key
    profile = aimed(shortened(find_load_profile("smoke")), keyless)
    first = fresh_sequence()
    figures = run_tool(
        tool, profile, service.base_url, tmp_path, first_sequence=first, key=service.api_key
    )
    assert figures[""]["requests"] == 60
    assert figures[""]["error_rate"] == 0


def test_what_is_neither_a_name_nor_a_file_is_not_found() -> None:
    with pytest.raises(NotFound, match="smoke, soak, spike"):
        find_load_profile("smokes")


def test_a_profile_whose_dataset_is_not_filled_in_is_not_run() -> None:
    profile = find_load_profile("smoke")
    with pytest.raises(InvalidInput, match="not filled in"):
        run_load(profile, base_url="http://127.0.0.1:9")
    with pytest.raises(InvalidInput, match="not filled in"):
        export_profile(profile, tool="locust")
