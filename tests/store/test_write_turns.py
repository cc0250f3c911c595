"""Processes that write to one file take turns."""

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from seawall.store import open_store
from seawall.store.write_turns import WriteTurns

_SPAWN = multiprocessing.get_context("spawn")


def _write_all_the_time(folder: Path, said: Connection) -> None:
    turns, written = WriteTurns(folder / "turns"), 0
    said.send("ready")
    said.recv()
    ends = time.monotonic() + 0.5
    while time.monotonic() < ends:
        turns.take()
        time.sleep(0.001)
        turns.end()
        written += 1
    said.send(written)


def _hold(folder: Path, said: Connection) -> None:
    WriteTurns(folder / "turns").take()
    said.send("held")
    time.sleep(600)


def test_who_writes_all_the_time_leaves_the_others_their_turns(tmp_path: Path) -> None:
    pipes = [_SPAWN.Pipe() for _ in range(3)]
    writers = [
        _SPAWN.Process(target=_write_all_the_time, args=(tmp_path, theirs)) for _, theirs in pipes
    ]
    for one in writers:
        one.start()
    for ours, _ in pipes:
        assert ours.recv() == "ready"
    for ours, _ in pipes:
        ours.send("go")
    counts = [ours.recv() for ours, _ in pipes]
    for one in writers:
        one.join(60)
    assert min(counts) > 0.5 * max(counts)


def test_a_turn_ends_with_its_process(tmp_path: Path) -> None:
    ours, theirs = _SPAWN.Pipe()
    holder = _SPAWN.Process(target=_hold, args=(tmp_path, theirs))
    holder.start()
    assert ours.recv() == "held"
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    turns = WriteTurns(tmp_path / "turns")
    turns.take()
    turns.end()
    turns.close()
    holder.join(60)


def test_a_request_that_fails_ends_the_turn(tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise RuntimeError

    with open_store(str(tmp_path / "a.db"), turns_file=tmp_path / "turns") as store:
        for _ in range(2):
            assert isinstance(store.submit(fail).exception(60), RuntimeError)
        assert store.submit(lambda _: 7).result(60) == 7
        holder = _SPAWN.Process(target=_take_and_end, args=(tmp_path,))
        holder.start()
        holder.join(60)
        assert holder.exitcode == 0


def _take_and_end(folder: Path) -> None:
    turns = WriteTurns(folder / "turns")
    turns.take()
    turns.end()
