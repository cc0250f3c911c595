"""Who is next: a bounded queue in which everybody who waits gets a turn."""

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class QueueFull(Exception):
    """Nothing more may wait, of anybody or of this name."""


class Turns(Generic[Item]):
    """Places for so many at once, and a queue for each name; the caller sees to the locking.

    A place that is free goes to the name that was served least lately. No name holds more than
    three quarters of the places, nor more than half of the queue, so that another's short work
    finds both.

    Parameters
    ----------
    at_once : int
        Places.
    most_waiting : int, optional
        What may wait; without it there is no bound.
    """

    def __init__(self, at_once: int, *, most_waiting: int | None = None) -> None:
        self.at_once = at_once
        self.working = 0
        self.waiting = 0
        self._most_of_one = max(1, at_once * 3 // 4)
        self._most_waiting = most_waiting
        self._queues: OrderedDict[str, deque[Item]] = OrderedDict()
        self._working_of: dict[str, int] = {}

    def ask(self, name: str, item: Item) -> bool:
        """Give a place now, else have the item wait for `end` to return it; raises QueueFull."""
        if self.working < self.at_once and self._may_begin(name):
            self._begin(name)
            return True
        self.wait(name, item)
        return False

    def wait(self, name: str, item: Item) -> None:
        """Have the item wait for `following`, even where a place is free; raises QueueFull."""
        if self.is_full(name):
            raise QueueFull
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = deque()
        queue.append(item)
        self.waiting += 1

    def is_full(self, name: str, *, coming: int = 0, coming_of_name: int = 0) -> bool:
        """Tell whether nothing more may wait, of anybody or of this name.

        Those who are ``coming`` have not asked yet, and count as if they had.
        """
        if self._most_waiting is None:
            return False
        free = self.at_once - self.working
        if self.waiting + coming >= free + self._most_waiting:
            return True
        free = min(free, self._most_of_one - self._working_of.get(name, 0))
        waiting = len(self._queues.get(name, ())) + coming_of_name
        return waiting >= free + max(1, self._most_waiting // 2)

    def end(self, name: str) -> tuple[str, Item] | None:
        """Take a place back, and give it to the item that is returned with its name."""
        self.leave(name)
        return self.following()

    def leave(self, name: str) -> None:
        """Take a place back."""
        self.working -= 1
        left = self._working_of[name] - 1
        if left:
            self._working_of[name] = left
        else:
            del self._working_of[name]

    def following(self) -> tuple[str, Item] | None:
        """Give a free place to the item that is returned with its name, where one waits for it."""
        if self.working >= self.at_once:
            return None
        following = next((other for other in self._queues if self._may_begin(other)), None)
        if following is None:
            return None
        queue = self._queues[following]
        item = queue.popleft()
        self.waiting -= 1
        if queue:
            self._queues.move_to_end(following)
        else:
            del self._queues[following]
        self._begin(following)
        return following, item

    def withdraw(self, name: str, item: Item) -> None:
        """Have an item wait no longer."""
        queue = self._queues[name]
        queue.remove(item)
        self.waiting -= 1
        if not queue:
            del self._queues[name]

    def clear(self) -> list[Item]:
        """Return what waits, and forget it."""
        items = [item for queue in self._queues.values() for item in queue]
        self._queues.clear()
        self.waiting = 0
        return items

    def _may_begin(self, name: str) -> bool:
        return self._working_of.get(name, 0) < self._most_of_one

    def _begin(self, name: str) -> None:
        self.working += 1
        self._working_of[name] = self._working_of.get(name, 0) + 1
