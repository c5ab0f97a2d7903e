"""A bell between tasks of one process: "look again". The truth is always in the database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Ear:
    """Hears a topic from the moment it was made; a ring between two waits is not missed."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()

    def ring(self) -> None:
        self._heard.set()

    async def wait(self, seconds: float) -> bool:
        """True when the bell rang; False after `seconds`, so that the listener looks anyway."""
        try:
            # Not wait_for: on Python 3.11 it can lose a cancellation, and a stop would hang.
            async with asyncio.timeout(seconds):
                await self._heard.wait()
        except TimeoutError:
            return False
        self._heard.clear()
        return True


class Bell:
    """Rings topics (a conversation id, "inbox", "outbox", "desk")."""

    def __init__(self) -> None:
        self._ears: dict[str, set[Ear]] = defaultdict(set)

    def ring(self, topic: str) -> None:
        for ear in self._ears.get(topic, ()):
            ear.ring()

    @contextmanager
    def listening(self, topic: str) -> Iterator[Ear]:
        """An ear for `topic`, gone at the end of the block."""
        ear = Ear()
        self._ears[topic].add(ear)
        try:
            yield ear
        finally:
            self._ears[topic].discard(ear)
            if not self._ears[topic]:
                del self._ears[topic]
