"""What the gateway remembers becomes an entity that rules can read."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from bot.conversation_context import STATES, ConversationContext


def entities_after(metadata: Any) -> list[dict[str, Any]]:
    (message,) = ConversationContext().process([Message({"text": "sì", "metadata": metadata})])
    entities: list[dict[str, Any]] = message.get(ENTITIES)
    return entities


@pytest.mark.parametrize("state", STATES)
def test_a_known_state_becomes_the_entity(state: str) -> None:
    """The entity `awaiting` holds what the bot's last words wait for."""
    (entity,) = entities_after({"context": {"awaiting": state}})
    assert (entity["entity"], entity["value"]) == ("awaiting", state)


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"context": None}, {"context": {}}, {"context": {"awaiting": "tutto"}},
     {"context": {"awaiting": ["handoff"]}}],
)  # fmt: skip
def test_anything_else_counts_as_nothing(metadata: Any) -> None:
    """A state that is missing or unknown never keeps the one before."""
    assert [entity["value"] for entity in entities_after(metadata)] == ["nothing"]


def test_other_entities_stay() -> None:
    """The component adds its entity to those found before."""
    message = Message({"text": "sì", ENTITIES: [{"entity": "other", "value": 1}]})
    ConversationContext().process([message])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["other", "awaiting"]


def test_states_are_those_of_the_slot() -> None:
    """The states here and the values of the slot in domain.yml are the same."""
    (slot,) = [s for s in Domain.load("domain.yml").slots if s.name == "awaiting"]
    assert [value for value in slot.values if value != "__other__"] == list(STATES)


@pytest.mark.parametrize(
    ("text", "act", "sure", "read_as"),
    [
        ("e quanto ci spendo?", "greet", 0.68, "ask_faq"),
        ("sì, dopo prendo la disoccupazione?", "affirm", 0.88, "ask_faq"),
        ("ciao", "greet", 0.60, "greet"),
        ("grazie mille davvero", "thanks", 0.61, "thanks"),
        ("sei proprio un idiota", "insult", 0.97, "insult"),
    ],
)
def test_after_an_answer_other_acts_must_be_sure(
    text: str, act: str, sure: float, read_as: str
) -> None:
    """A few words that look a little like an act are a further question, unless it is plain."""
    message = Message({"text": text, "metadata": {"context": {"awaiting": "feedback"}}})
    message.set("intent", {"name": act, "confidence": sure})
    ConversationContext().process([message])
    assert message.get("intent")["name"] == read_as
