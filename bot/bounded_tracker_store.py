"""Trackers in memory, bounded in number and in length: stock ones grow for ever."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
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
        starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        earliest = len(events) - self.most_events // 2
        cut = next((i for i in starts if i >= earliest), starts[-1] if starts else earliest)
        kept = [*self._slots_at(cut, tracker, events), *events[cut:]]
        return self._replayed(tracker, kept)

    def _slots_at(
        self, cut: int, tracker: DialogueStateTracker, events: list[Event]
    ) -> list[Event]:
        """What the dropped events had left in the slots, as events."""
        before = self._replayed(tracker, events[:cut]).slots
        fresh = self._replayed(tracker, []).slots
        return [
            SlotSet(name, slot.value)
            for name, slot in before.items()
            if slot.value != fresh[name].value
        ]

    def _replayed(self, tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(
            tracker.sender_id, events, self.domain.slots, sender_source=tracker.sender_source
        )
