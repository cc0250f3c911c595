from pathlib import Path

import pytest

from seawall.errors import InvalidInput
from seawall.settings import Settings, load_settings


def load(folder: Path, **said: object) -> Settings:
    return load_settings(
        said.get("flags", {}), environment=said.get("environment", {}), folder=folder
    )


def test_nothing_said_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings(store="seawall.db", tenant="default", threads=0)


def test_the_file_is_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "seawall.toml").write_text('store = "file.db"\nthreads = 2\n')
    assert load(tmp_path) == Settings(store="file.db", threads=2)


def test_the_environment_is_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "seawall.toml").write_text('store = "file.db"\nthreads = 2\n')
    found = load(tmp_path, environment={"SEAWALL_THREADS": "7"})
    assert found == Settings(store="file.db", threads=7)


def test_a_flag_is_before_the_environment(tmp_path: Path) -> None:
    found = load(
        tmp_path, flags={"tenant": "a"}, environment={"SEAWALL_TENANT": "b", "SEAWALL_STORE": "c"}
    )
    assert found == Settings(tenant="a", store="c")


def test_a_flag_that_was_not_given_says_nothing(tmp_path: Path) -> None:
    found = load(tmp_path, flags={"tenant": None}, environment={"SEAWALL_TENANT": "b"})
    assert found.tenant == "b"


def test_other_variables_of_the_environment_are_not_settings(tmp_path: Path) -> None:
    assert load(tmp_path, environment={"SEAWALL_NO_SKIPS": "1", "STORE": "x"}) == Settings()


def test_a_name_that_is_no_setting_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "seawall.toml").write_text("colour = 1\n")
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path)
    assert caught.value.where == "seawall.toml"
    assert "colour" in caught.value.message


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "seawall.toml").write_text("store = \n")
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path)
    assert caught.value.where == "seawall.toml"


@pytest.mark.parametrize(
    ("name", "value"),
    [("SEAWALL_THREADS", "many"), ("SEAWALL_THREADS", "65"), ("SEAWALL_TENANT", "")],
)
def test_a_bad_value_of_the_environment_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, environment={name: value})
    assert caught.value.where == "environment"


@pytest.mark.parametrize(
    "flags", [{"threads": "2"}, {"threads": -1}, {"tenant": "x" * 65}, {"a": 1}]
)
def test_a_bad_flag_is_refused(tmp_path: Path, flags: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(tmp_path, flags=flags)
    assert caught.value.where == "flags"
