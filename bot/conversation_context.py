"""Puts what the gateway remembers where rules can see it.

The gateway owns the conversation and sends with each message what the bot's last words wait
for. As an entity it fills the slot `awaiting` without a call to the action server, and a
restarted Rasa loses nothing.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

STATES = ("nothing", "handoff", "choice", "feedback")


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
        return messages
