"""One heap for all threads."""

import ctypes

_M_ARENA_MAX = -8  # as of malloc.h


def share_heap() -> None:
    """Have threads that begin from now on take memory from the heap that this one has.

    glibc gives threads heaps of their own, which pays where they take memory side by side. Here
    the interpreter lets one at a time do so, and what one thread keeps another lets go of: the
    holes are in a heap that the next does not look into, and memory grows for hours while what is
    held does not. Other C libraries are left as they are.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_ARENA_MAX, 1)
