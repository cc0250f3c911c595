"""Texts of a tape, written so that nothing of them is hidden."""

import unicodedata


def visible(text: str) -> str:
    """Write out what would not be seen, or would change how its neighbours are read."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()
