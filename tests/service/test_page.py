"""The page's files: sent with their policy and type, and with nothing of another origin in them."""

import re
from importlib.resources import files

import pytest

from service.conftest import Client

NAMES = sorted(one.name for one in files("seawall.service").joinpath("page").iterdir())
TEXTS = {
    one.name: one.read_text(encoding="utf-8")
    for one in files("seawall.service").joinpath("page").iterdir()
}
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@pytest.fixture
def guest(client: Client) -> Client:
    del client.headers["X-API-Key"]
    return client


def directives(policy: str) -> dict[str, list[str]]:
    return {name: told for name, *told in (part.split() for part in policy.split(";"))}


def test_the_page_is_there_for_who_has_no_key_yet(guest: Client) -> None:
    found = guest.get("/")
    assert found.status_code == 200
    assert found.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "index.html"])
def test_every_file_of_the_page_is_sent_as_what_it_is(guest: Client, name: str) -> None:
    found = guest.get(f"/page/{name}")
    assert found.status_code == 200
    assert found.headers["Content-Type"].startswith(TYPES[name.rpartition(".")[2]])
    assert found.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/page/main.js"])
def test_the_policy_lets_nothing_in_but_the_pages_own_files(guest: Client, path: str) -> None:
    policy = guest.get(path).headers["Content-Security-Policy"]
    found = directives(policy)
    assert "unsafe" not in policy
    assert found["default-src"] == ["'none'"]
    assert {told for name, told in ((n, tuple(t)) for n, t in found.items()) if "-src" in name} == {
        ("'none'",),
        ("'self'",),
    }
    for name in ("base-uri", "form-action", "frame-ancestors", "trusted-types"):
        assert found[name] == ["'none'"]
    assert found["require-trusted-types-for"] == ["'script'"]


@pytest.mark.parametrize("name", ["nothing.js", "index.html", "..%2fapp.py", "__init__.py"])
def test_no_other_file_is_sent(guest: Client, name: str) -> None:
    found = guest.get(f"/page/{name}")
    assert found.status_code in (401, 404)
    assert "import" not in found.text


@pytest.mark.parametrize("name", NAMES)
def test_no_file_makes_markup_of_a_text_or_names_another_origin(name: str) -> None:
    text = TEXTS[name]
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\("
    assert not re.search(forbidden, text)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_the_page_has_no_script_and_no_style_within() -> None:
    page = TEXTS["index.html"]
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)


def test_what_a_module_imports_is_there() -> None:
    for name, text in TEXTS.items():
        for wanted in re.findall(r'(?:from |import |src="|href=")"?/page/([\w.]+)', text):
            assert wanted in NAMES, (name, wanted)
