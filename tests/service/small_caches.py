"""The command with all that fills slowly made small: ``python small_caches.py serve …``.

What is bounded grows until it is full, and looks like a leak until then. That is the caches, and
what the interpreter's collector leaves lying until its next look.
"""

from seawall.cli.app import main
from seawall.service import server
from seawall.session import holdings
from seawall.store import sqlite_connection

if __name__ == "__main__":
    holdings.VERSION_BYTES = holdings.BOOK_BYTES = 1 << 20
    holdings.RUN_BYTES = holdings.ANSWER_BYTES = 1 << 20
    sqlite_connection.WRITER_CACHE_KIB = 1 << 11
    server.COUNTED_AFTER = server.MOST_MORE = 20_000
    main()
