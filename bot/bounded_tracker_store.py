"""Trackers in memory, bounded in number and in length: stock ones grow for ever."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class BoundedTrackerStore(InMemoryTrackerStore):
    """Keeps the `most_conversations` used last, and of each about `most_events` events.

    The gateway remembers the conversation, so what is dropped here is dropped for good.
    """

    def __init__(
        self,
        domain: Domain,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        most_conversations: int = 2000,
        most_events: int = 120,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()
        self.most_conversations = most_conversations
        self.most_events = most_events

    async def save(self, tracker: DialogueStateTracker) -> None:
        await super().save(self._shortened(tracker))
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self.most_conversations:
            self.store.popitem(last=False)

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = list(tracker.events)
        if len(events) <= self.most_events:
            return tracker
        # Cut before a citizen's message, so that no turn is kept by half.
        tail = events[-self.most_events // 2 :]
        first = next((i for i, event in enumerate(tail) if isinstance(event, UserUttered)), 0)
        return DialogueStateTracker.from_events(
            tracker.sender_id, tail[first:], self.domain.slots, sender_source=tracker.sender_source
        )
