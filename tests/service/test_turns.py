"""Who is next, and who is not let in."""

import random

import pytest

from seawall.service.turns import QueueFull, Turns


def test_those_who_wait_take_turns_by_name() -> None:
    turns: Turns[str] = Turns(1)
    assert turns.ask("a", "a0")
    for item in ("a1", "a2", "a3"):
        assert not turns.ask("a", item)
    assert not turns.ask("b", "b1")
    order = []
    ended = "a"
    while following := turns.end(ended):
        ended = following[0]
        order.append(following[1])
    assert order == ["a1", "b1", "a2", "a3"]


def test_nobody_holds_more_than_three_quarters_of_the_places() -> None:
    turns: Turns[int] = Turns(8)
    assert sum(turns.ask("a", number) for number in range(20)) == 6
    assert turns.ask("b", 0)


def test_a_single_place_is_for_anybody() -> None:
    turns: Turns[int] = Turns(1)
    assert turns.ask("a", 0)


def test_a_full_queue_refuses_and_one_name_fills_half_of_it() -> None:
    turns: Turns[int] = Turns(1, most_waiting=4)
    turns.ask("a", 0)
    turns.ask("a", 1)
    turns.ask("a", 2)
    with pytest.raises(QueueFull):
        turns.ask("a", 3)
    turns.ask("b", 0)
    turns.ask("b", 1)
    with pytest.raises(QueueFull):
        turns.ask("c", 0)


def test_who_withdraws_is_not_called() -> None:
    turns: Turns[str] = Turns(1)
    turns.ask("a", "first")
    turns.ask("b", "gone")
    turns.ask("c", "next")
    turns.withdraw("b", "gone")
    assert turns.end("a") == ("c", "next")
    assert turns.end("c") is None
    assert (turns.working, turns.waiting) == (0, 0)


def test_no_place_stays_empty_while_somebody_who_may_waits() -> None:
    chance = random.Random(7)  # noqa: S311
    turns: Turns[int] = Turns(5, most_waiting=50)
    working: list[str] = []
    waiting: list[str] = []
    for step in range(20_000):
        if working and chance.random() < 0.5:
            name = working.pop(chance.randrange(len(working)))
            following = turns.end(name)
            if following is not None:
                waiting.remove(following[0])
                working.append(following[0])
        else:
            name = chance.choice("abc")
            try:
                (working if turns.ask(name, step) else waiting).append(name)
            except QueueFull:
                assert waiting
        assert turns.working == len(working) <= 5
        assert turns.waiting == len(waiting) <= 50
        if len(working) < 5:
            assert all(working.count(name) >= 3 for name in waiting)
