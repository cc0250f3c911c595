"""Where more comes than finds a place, the event loop goes before the threads that work for it.

Between any two requests that the loop reads, the interpreter is free for a moment, and a thread
that waits for it may have it until it is asked back. Of a hundred requests that came together the
last would wait for that many times to be told that there is no place.
"""

import asyncio
import threading

MOST_S = 0.005
"""How long a thread gives way at most: what was let in is not to stand still."""


class Precedence:
    """Claimed by the event loop's thread, heeded by the others where they can stop.

    A claim lasts for what is read in this round of the loop, what follows on it, and what is read
    after that. Then the threads have their turn, however much comes.
    """

    def __init__(self) -> None:
        self._is_claimed = False
        self._ended = threading.Event()
        self._ended.set()

    def claim(self) -> None:
        """Go first; on the loop's thread, as often as is wanted."""
        if not self._is_claimed:
            self._is_claimed = True
            self._ended.clear()
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._end)

    def give_way(self) -> None:
        """Wait while there is a claim, but not for long."""
        if self._is_claimed:
            self._ended.wait(MOST_S)

    def _end(self) -> None:
        self._is_claimed = False
        self._ended.set()
