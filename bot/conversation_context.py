"""Puts what the gateway remembers where rules can see it.

The gateway owns the conversation and sends with each message what the bot's last words wait
for. As an entity it fills the slot `awaiting` without a call to the action server, and a
restarted Rasa loses nothing. While a calculator waits for an answer, a number or a few words are
that answer, whatever act they look like alone.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

STATES = ("nothing", "handoff", "choice", "feedback", "quiz", "calculation")
NOT_AN_ANSWER = {"stop", "human", "complaint", "menu", "insult", "goodbye", "quiz", "calculate"}
"""Acts that keep their meaning in the middle of a calculation."""
ALWAYS_AN_ANSWER = {"affirm", "deny", "choose_option", "none_of_these"}
"""Acts that answer whatever was asked, however long the sentence."""
MOST_WORDS, MOST_WORDS_WITH_A_NUMBER = 4, 14
AFTER_AN_ANSWER = {"ask_faq", "more_details", "feedback_good", "feedback_bad", "thanks", "human"}
"""Acts expected right after an answer: as sure as usual is enough."""
FEWEST_WORDS_TO_ASK = 3
"""Fewer are an act or nothing: "ciao" after an answer is still a greeting."""
SURE, SURE_QUESTION = 0.75, 0.95
"""How sure any other act must be then; more when the words end with a question mark."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ConversationContext(GraphComponent):
    """Turns `metadata.context.awaiting` into an entity; an unknown value counts as nothing."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ConversationContext:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            context = (message.get("metadata") or {}).get("context") or {}
            value = context.get("awaiting")
            entity = {
                "entity": "awaiting",
                "value": value if value in STATES else STATES[0],
                "start": 0,
                "end": 0,
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
            if value == "feedback":
                _read_as_follow_up(message)
            if value == "calculation":
                _read_as_part_of_calculation(message, context.get("calculation") or {})
        return messages


def _read_as_follow_up(message: Message) -> None:
    """Right after an answer, a few words are a further question unless the act is a sure one.

    "E quanto ci spendo?" looks a little like a greeting, and means the answer just read.
    """
    found = message.get(INTENT) or {}
    act, sure = found.get(INTENT_NAME_KEY), found.get(PREDICTED_CONFIDENCE_KEY) or 0.0
    text = message.get(TEXT) or ""
    asks = text.rstrip().endswith("?")
    if len(text.split()) < FEWEST_WORDS_TO_ASK:
        return
    if act not in AFTER_AN_ANSWER and sure < (SURE_QUESTION if asks else SURE):
        message.set(
            INTENT,
            {INTENT_NAME_KEY: "ask_faq", PREDICTED_CONFIDENCE_KEY: 1.0},
            add_to_output=True,
        )


def _read_as_part_of_calculation(message: Message, calculation: dict[str, Any]) -> None:
    """A pressed calculator starts; a pressed choice, a number or a few words answer its question."""
    act = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
    if not calculation.get("field"):
        meant = "start_calculation"
    elif (
        calculation.get("pressed")
        or act in ALWAYS_AN_ANSWER
        or (act not in NOT_AN_ANSWER and looks_like_an_answer(message.get(TEXT) or ""))
    ):
        meant = "give_value"
    else:
        return
    message.set(INTENT, {INTENT_NAME_KEY: meant, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)


def looks_like_an_answer(text: str) -> bool:
    """A few words, or a sentence around a number; a question is never an answer."""
    words = text.split()
    if text.rstrip().endswith("?"):
        return False
    if any(character.isdigit() for character in text):
        return len(words) <= MOST_WORDS_WITH_A_NUMBER
    return len(words) <= MOST_WORDS
