"""How a store is named to people: a URL may hold a password."""

import re

# As a URL, or as one that was mistyped or that a path made of it, with one slash.
_URL = re.compile(r"://|:/[^\s/]*@")


def shown_place(url_or_path: str) -> str:
    """Name a store in a message: a file by its path, a database by no more than its scheme."""
    path = url_or_path.removeprefix("sqlite:///")
    url = _URL.search(path)
    return path if url is None else f"{path[: url.start()]}:…"
