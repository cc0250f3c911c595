"""How long a page of a list may be."""

from seawall.errors import InvalidInput

PAGE_ROWS = 100
MAX_PAGE_ROWS = 1_000


def check_limit(limit: int) -> None:
    """Refuse a page of no row, or of too many.

    Raises
    ------
    InvalidInput
        Unless it is from 1 to ``MAX_PAGE_ROWS``.
    """
    if not 1 <= limit <= MAX_PAGE_ROWS:
        raise InvalidInput(f"must be from 1 to {MAX_PAGE_ROWS}", where="limit")
