"""Events on their way to the webhook: grouped, held, doubled, mixed, resent until a 200."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from bussola.testing.messenger.clock import MovableClock
from bussola.testing.messenger.signing import wire

Payload = dict[str, Any]
Container = Literal["messaging", "standby", "changes"]
FIELDS = (
    "messages", "messaging_postbacks", "messaging_referrals", "message_reactions", "message_reads",
    "message_deliveries", "message_echoes", "message_edits", "messaging_handovers",
    "messaging_optins", "messaging_account_linking", "messaging_policy_enforcement", "standby",
    "feed",
)  # fmt: skip
MOST_IN_ONE = 1000
KEPT_FOR = timedelta(hours=36)
UNSUBSCRIBED_AFTER = timedelta(hours=1)
Outcome = Literal["accepted", "refused", "timeout", "unreachable", "lost", "given_up"]
PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)


@dataclass(frozen=True)
class Happened:
    """One event: the webhook field it belongs to, the list of `entry` it goes in, itself."""

    field: str
    container: Container
    item: Payload
    on_delivered: Callable[[], None] | None = None


@dataclass(eq=False)
class Delivery:
    """One POST. Its bytes never change, however often it is sent."""

    number: int
    body: bytes
    events: tuple[Happened, ...]
    first_at: datetime
    due: datetime
    attempts: int = 0


@dataclass(frozen=True)
class Attempt:
    """One try: `status` None when there was no answer in time, `ms` how long it took."""

    delivery: int
    number: int
    at: datetime
    status: int | None
    ms: float
    events: int
    outcome: Outcome


class WebhookQueue:
    """What waits for the webhook, and the faults that tests ask for. Does no I/O itself."""

    def __init__(self, page_id: str, clock: MovableClock) -> None:
        self.page_id = page_id
        self.clock = clock
        self.fields: set[str] = set(FIELDS)
        self.pauses: Sequence[float] = PAUSES
        self.waiting: list[Delivery] = []
        self.in_flight = 0
        self.held = False
        self.unheard: list[Happened] = []
        self.last: Delivery | None = None
        self.changed = asyncio.Event()
        self._gathering: deque[int] = deque()
        self._gathered: list[Happened] = []
        self._double = 0
        self._count = 0
        self._failing_since: datetime | None = None

    @property
    def subscribed(self) -> bool:
        return bool(self.fields)

    def put(self, event: Happened) -> None:
        """Queued when the app is subscribed to its field; else nobody will ever hear of it."""
        if event.field not in self.fields:
            self.unheard.append(event)
            return
        self._gathered.append(event)
        if not self._gathering:
            self._close()
        elif len(self._gathered) == self._gathering[0]:
            self._gathering.popleft()
            self._close()

    def batch(self, size: int) -> None:
        """The next `size` events (at most 1000) travel in one POST."""
        if not 1 <= size <= MOST_IN_ONE:
            raise ValueError(f"a batch holds 1 to {MOST_IN_ONE} events")
        self._gathering.append(size)

    def flush(self) -> None:
        """An unfinished batch leaves as it is."""
        self._gathering.clear()
        if self._gathered:
            self._close()

    def duplicate(self, count: int) -> None:
        """Each of the next `count` deliveries is sent twice."""
        self._double += count

    def shuffle(self, seed: int) -> None:
        """What waits leaves in another order, the same for the same seed."""
        before = list(self.waiting)
        mixer = random.Random(seed)  # noqa: S311
        while len(before) > 1 and self.waiting == before:
            mixer.shuffle(self.waiting)

    def again(self) -> None:
        """The last delivery once more, although it was accepted. LookupError if there is none."""
        if self.last is None:
            raise LookupError("nothing was delivered yet")
        self._add(self.last.body, self.last.events)

    def take_due(self, most: int) -> list[Delivery]:
        """Up to `most` deliveries whose time has come, oldest first; they are then in flight."""
        if self.held:
            return []
        now = self.clock.now()
        taken = [one for one in self.waiting if one.due <= now][:most]
        self.waiting = [one for one in self.waiting if one not in taken]
        self.in_flight += len(taken)
        return taken

    def pause(self) -> float | None:
        """Seconds until something is due; None when only an event can change that."""
        if self.held or not self.waiting:
            return None
        now = self.clock.now()
        return max((min(one.due for one in self.waiting) - now).total_seconds(), 0.0)

    def accepted(self, delivery: Delivery) -> None:
        """The webhook said 200."""
        self.in_flight -= 1
        self.last = delivery
        self._failing_since = None
        for event in delivery.events:
            if event.on_delivered:
                event.on_delivered()

    def failed(self, delivery: Delivery) -> bool:
        """It will be sent again; False when it is given up after 36 hours or the app is cut off."""
        self.in_flight -= 1
        if not self.subscribed:
            return False
        now = self.clock.now()
        self._failing_since = self._failing_since or now
        if now - self._failing_since >= UNSUBSCRIBED_AFTER:
            self.cut_off()
            return False
        if now - delivery.first_at >= KEPT_FOR:
            return False
        rest = self.pauses[min(delivery.attempts, len(self.pauses)) - 1]
        delivery.due = now + timedelta(seconds=rest)
        self.waiting.append(delivery)
        return True

    def cut_off(self) -> None:
        """The app is unsubscribed from the Page; what waited is lost."""
        self.fields = set()
        self.waiting.clear()
        self._gathered.clear()
        self._failing_since = None

    def _close(self) -> None:
        events, self._gathered = tuple(self._gathered), []
        body = wire({"object": "page", "entry": self._entries(events)})
        self._add(body, events)
        if self._double:
            self._double -= 1
            self._add(body, events)

    def _add(self, body: bytes, events: tuple[Happened, ...]) -> None:
        self._count += 1
        now = self.clock.now()
        self.waiting.append(Delivery(self._count, body, events, now, now))
        self.changed.set()

    def _entries(self, events: Sequence[Happened]) -> list[Payload]:
        """One entry for each run of events of the same list; seconds for `changes`, else ms."""
        entries = []
        for container, run in groupby(events, key=lambda one: one.container):
            now = self.clock.now().timestamp()
            entries.append(
                {
                    "id": self.page_id,
                    "time": int(now) if container == "changes" else int(now * 1000),
                    container: [one.item for one in run],
                }
            )
        return entries
