"""Make the built-in table of rates from the history that the European Central Bank publishes.

    python tools/import_ecb_rates.py eurofxref-hist.csv

Keeps the header and the last published row of each month, byte for byte; the file is newest first.
"""

import sys
from pathlib import Path

TABLE = Path("python/seawall/ingest/rates/ecb_month_ends.csv")


def month_ends(history: str) -> str:
    header, *rows = history.splitlines(keepends=True)
    newest: dict[str, str] = {}
    for row in sorted(rows, reverse=True):
        newest.setdefault(row[: len("2026-04")], row)
    return header + "".join(newest.values())


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    table = month_ends(Path(sys.argv[1]).read_text(encoding="ascii"))
    TABLE.write_text(table, encoding="ascii", newline="")
    print(f"{TABLE}: {table.count(chr(10)) - 1} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
