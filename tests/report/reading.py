"""A report read back as a reader's program would: tables, texts, and all that could load or run."""

from html.parser import HTMLParser

LOADING = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"}
Table = list[list[str]]


class ReadPage(HTMLParser):
    """The tables of a page by section, its tags, and the attributes that would load something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loading: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.tables: dict[str, list[Table]] = {}
        self._section = ""
        self._cell: list[str] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.loading += [(name, value or "") for name, value in attrs if name in LOADING]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag == "section":
            self._section = named["id"] or ""
        elif tag == "table":
            self.tables.setdefault(self._section, []).append([])
        elif tag == "tr":
            self.tables[self._section][-1].append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[self._section][-1][-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def table(self, section: str, first_header: str) -> Table:
        """Return the table of a section whose first column has this header."""
        (found,) = [t for t in self.tables[section] if t[0][0] == first_header]
        return found


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").removesuffix(" %"))
