"""How long the stages of a run take: told to whoever measures; nothing is measured here."""

from collections.abc import Callable
from typing import Literal, TypeAlias

RunStage: TypeAlias = Literal["run", "book", "model", "persistence"]

RunWatch: TypeAlias = Callable[[str, RunStage], Callable[[], None]]
"""Called with the engine when a stage begins; what it returns is called when it has succeeded.

On any thread, and it must not fail.
"""


def unwatched(_: str, __: RunStage) -> Callable[[], None]:
    """Watch nothing."""
    return _nothing


def _nothing() -> None:
    return
