"""What a table of the report is."""

import msgspec

Value = str | int | float | None


class ReportTable(msgspec.Struct, frozen=True):
    """Rows under a header; without rows it says why."""

    number: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str
    absent: str = ""
