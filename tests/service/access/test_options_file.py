import re
from pathlib import Path

import pytest

from seawall.errors import InvalidInput
from seawall.service.access.doors import AccessOptions
from seawall.service.access.options_file import load_access_options
from seawall.service.access.rate_limit import Rate

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "access.md"


def test_the_examples_of_the_reference_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    issuer, options = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    path.write_text(options + issuer)
    found = load_access_options(path)
    assert found.key_rate == Rate(per_second=100, burst=200)
    assert found.issuers[0].keys == str(tmp_path / "login.jwks.json")


def test_every_option_is_documented() -> None:
    page = PAGE.read_text()
    assert not [name for name in AccessOptions.__struct_fields__ if f"`{name}`" not in page]


def test_the_documented_rates_are_the_defaults() -> None:
    """Of each: a second, at once."""
    page = PAGE.read_text()
    for name in ("key_rate", "address_rate"):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))
        numbers = [int(number.replace(",", "")) for number in re.findall(r"\d+,\d{3}", row)]
        rate = getattr(AccessOptions(), name)
        assert numbers == [rate.per_second, rate.burst]


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    path.touch()
    assert load_access_options(path) == AccessOptions()


def test_the_secrets_lie_where_the_file_says_from_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    path.write_text('secrets_file = "private/secrets"')
    assert load_access_options(path).secrets_file == str(tmp_path / "private" / "secrets")


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        "key_rate = 1",
        "key_rate = { per_second = 0, burst = 1 }",
        "key_rate = { per_second = 1, burst = 0 }",
        "issuers = [{ issuer = 'a' }]",
        "trusted_proxies = '10.0.0.1'",
        "= 1",
        "\udcff",
    ],
)
def test_what_is_no_option_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "access.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput) as caught:
        load_access_options(path)
    assert caught.value.where == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_access_options(tmp_path / "none.toml")
    assert caught.value.where == str(tmp_path / "none.toml")
