"""The command with all that fills slowly made small: ``python small_caches.py serve …``.

What is bounded grows until it is full, and looks like a leak until then. That is the caches, and
what the interpreter's collector leaves lying until its next look.
"""

import apsw

from seawall.cli.app import main
from seawall.service import server
from seawall.service.access import directory, gate
from seawall.session import holdings
from seawall.store import known_ids, sqlite_connection

if __name__ == "__main__":
    holdings.VERSION_BYTES = holdings.BOOK_BYTES = 1 << 20
    holdings.RUN_BYTES = holdings.ANSWER_BYTES = 1 << 20
    sqlite_connection.WRITER_CACHE_KIB = 1 << 11
    apsw.connection_hooks.append(lambda reader: reader.pragma("cache_size", -64))
    known_ids.REMEMBERED = 1 << 11
    gate.MAX_CHECKED_TOKENS = directory.MOST_ENDED = 64
    server.COUNTED_AFTER = server.MOST_MORE = 20_000
    main()
