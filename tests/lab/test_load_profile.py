from pathlib import Path

import msgspec
import pytest

from seawall.errors import InvalidProfile
from seawall.lab.load_profile import LoadProfile, read_load_profile, write_load_profile

TOML = """
schema = "seawall.load_profile/1"
name = "a spike"
timeout_s = 2.5
think = { low_s = 0.5, high_s = 1.5 }

[[stages]]
duration_s = 10
users = 100
ramp = true

[[stages]]
duration_s = 5
users = 1000

[[requests]]
name = "run"
method = "POST"
path = "/run"
weight = 3
headers = { "Content-Type" = "application/json" }
body = '{"threshold": 0.2{{sequence}}}'
check = { statuses = [200], contains = "run_id" }

[[requests]]
path = "/health"

[[objectives]]
figure = "p99_ms"
below = 200
request = "run"
"""


def saved(text: str, folder: Path, *, name: str = "p.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_profile_is_the_same_as_toml_and_as_json(tmp_path: Path) -> None:
    profile = read_load_profile(saved(TOML, tmp_path))
    assert profile.stretches() == [(10.0, 0.0, 100.0), (5.0, 1000.0, 1000.0)]
    assert profile.duration_s == 15
    assert not profile.is_open
    assert [request.label for request in profile.requests] == ["run", "GET /health"]
    write_load_profile(profile, path=tmp_path / "p.json")
    assert read_load_profile(tmp_path / "p.json") == profile


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("users = 1000", "rate = 1000", "every stage"),
        ("users = 1000", "", "every stage"),
        ("users = 1000", "users = -1", "users"),
        ("duration_s = 5", "duration_s = 0", "duration_s"),
        ("high_s = 1.5", "high_s = 0.1", "low_s"),
        ("below = 200", "", "below or above"),
        ("below = 200", "below = 200\nabove = 1", "below or above"),
        ('request = "run"', 'request = "ran"', "no request is named"),
        ('path = "/health"', 'path = "/health"\nname = "run"', "one name"),
        ('path = "/health"', 'path = "health"', "path"),
        ("weight = 3", "weight = 0", "weight"),
        ("statuses = [200]", "statuses = [20]", "statuses"),
        ('name = "a spike"', 'name = "a spike"\nusers = 3', "users"),
        ("profile/1", "profile/2", "schema"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    assert TOML.count(old) == 1
    with pytest.raises(InvalidProfile, match=message) as caught:
        read_load_profile(saved(TOML.replace(old, new), tmp_path))
    assert caught.value.where == "p.toml"


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile, match=r"\.toml or \.json"):
        read_load_profile(saved(TOML, tmp_path, name="p.yaml"))


def test_arrivals_do_not_think() -> None:
    with pytest.raises(msgspec.ValidationError, match="think"):
        msgspec.convert(
            {
                "schema": "seawall.load_profile/1",
                "name": "x",
                "stages": [{"duration_s": 1, "rate": 5}],
                "requests": [{"path": "/"}],
                "think": {"high_s": 1},
            },
            LoadProfile,
        )
