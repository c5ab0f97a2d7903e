"""Rasa's memory is bounded in number and in length."""

from __future__ import annotations

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.bounded_tracker_store import BoundedTrackerStore


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load("domain.yml")


def a_conversation(domain: Domain, sender: str, turns: int) -> DialogueStateTracker:
    """`turns` turns of four events each; `awaiting` is set once, in the first."""
    tracker = DialogueStateTracker(sender, domain.slots)
    for turn in range(turns):
        tracker.update(UserUttered(f"message {turn}", intent={"name": "greet"}))
        tracker.update(
            SlotSet("awaiting", "handoff" if turn == 0 else tracker.slots["awaiting"].value)
        )
        tracker.update(ActionExecuted("utter_greet"))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


async def kept(store: BoundedTrackerStore, sender: str) -> DialogueStateTracker:
    tracker = await store.retrieve(sender)
    assert tracker is not None
    return tracker


async def test_keeps_the_conversations_used_last(domain: Domain) -> None:
    """The conversation used longest ago is the one that is dropped."""
    store = BoundedTrackerStore(domain, most_conversations=2)
    for sender in ("a", "b", "a", "c"):
        await store.save(a_conversation(domain, sender, 1))
    assert list(store.store) == ["a", "c"]
    assert await store.retrieve("b") is None


async def test_a_short_conversation_is_kept_whole(domain: Domain) -> None:
    """Up to the bound, no event is dropped."""
    store = BoundedTrackerStore(domain, most_events=12)
    await store.save(a_conversation(domain, "a", 3))
    assert len((await kept(store, "a")).events) == 12


async def test_a_long_conversation_is_cut_before_a_message(domain: Domain) -> None:
    """No turn is kept by half: what is left starts with a citizen's message."""
    store = BoundedTrackerStore(domain, most_events=14)
    await store.save(a_conversation(domain, "a", 10))
    events = [e for e in (await kept(store, "a")).events if not isinstance(e, SlotSet)]
    assert isinstance(events[0], UserUttered)
    assert events[0].text == "message 9"
    assert events[-1] == ActionExecuted("action_listen")


async def test_stays_bounded_turn_after_turn(domain: Domain) -> None:
    """A conversation of a hundred turns never holds more than the bound."""
    store = BoundedTrackerStore(domain, most_events=20)
    await store.save(a_conversation(domain, "a", 1))
    for turn in range(100):
        tracker = await kept(store, "a")
        tracker.update(UserUttered(f"again {turn}", intent={"name": "greet"}))
        tracker.update(ActionExecuted("action_listen"))
        await store.save(tracker)
        assert len((await kept(store, "a")).events) <= 20


async def test_slots_survive_the_cut(domain: Domain) -> None:
    """A slot set in the dropped part keeps its value."""
    tracker = a_conversation(domain, "a", 1)
    for turn in range(30):
        tracker.update(UserUttered(f"more {turn}", intent={"name": "greet"}))
        tracker.update(ActionExecuted("action_listen"))
    store = BoundedTrackerStore(domain, most_events=20)
    await store.save(tracker)
    assert (await kept(store, "a")).get_slot("awaiting") == "handoff"


async def test_without_any_message_the_bound_still_holds(domain: Domain) -> None:
    """Events without a citizen's message are cut all the same."""
    store = BoundedTrackerStore(domain, most_events=10)
    tracker = DialogueStateTracker("a", domain.slots)
    for _ in range(50):
        tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)
    assert len((await kept(store, "a")).events) <= 10


def test_endpoints_name_this_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa finds the store under the name in endpoints.yml, with its bounds."""
    monkeypatch.setenv("BUSSOLA_ACTIONS_URL", "http://127.0.0.1:1/webhook")
    store = TrackerStore.create(AvailableEndpoints.read_endpoints("endpoints.yml").tracker_store)
    assert isinstance(store, BoundedTrackerStore)
    assert (store.most_conversations, store.most_events) == (2000, 120)
