"""The calculators' form: asks, passes each answer on, and says what came back.

What is asked, how an answer is read and what it amounts to is decided by our side. The answers so
far come with each message (`metadata.context.calculation`): a restarted Rasa loses nothing.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge_client import post

_STATE = ("calculator", "values", "field", "problem")


class ValidateCalculationForm(FormValidationAction):
    """Takes what the citizen wrote as the answer to the field that was asked."""

    def name(self) -> str:
        return "validate_calculation_form"

    async def validate_given(
        self,
        slot_value: str,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> dict[str, Any]:
        """`given` stays empty while a field is open, so that the form asks again."""
        known = _under_way(tracker)
        try:
            step = await _step(known, known.get("field"), slot_value)
        except Exception:  # whatever failed, nothing is lost: the gateway sends it again
            dispatcher.utter_message(json_message={"type": "unavailable"})
            return {"given": None, "calculation": None}
        return {"given": None if step["field"] else slot_value, "calculation": step}


class AskGiven(Action):
    """The question of the form: the first one, or the one that our side named."""

    def name(self) -> str:
        return "action_ask_given"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        step = tracker.get_slot("calculation")
        if step is None:
            try:
                step = await _step(_under_way(tracker), None, "")
            except Exception:  # as above
                dispatcher.utter_message(json_message={"type": "unavailable"})
                return []
        dispatcher.utter_message(json_message={"type": "calculation_ask", **step})
        return [SlotSet("calculation", None)]


class ShowCalculation(Action):
    """All is known: the gateway works it out and shows it, with figures and sources."""

    def name(self) -> str:
        return "action_show_calculation"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        step = tracker.get_slot("calculation") or _under_way(tracker)
        reply = {"calculator": step["calculator"], "values": step["values"]}
        dispatcher.utter_message(json_message={"type": "calculation", **reply})
        return [SlotSet("calculation", None), SlotSet("given", None)]


def _under_way(tracker: Tracker) -> dict[str, Any]:
    """The calculation as the gateway remembers it."""
    context = (tracker.latest_message.get("metadata") or {}).get("context") or {}
    return context.get("calculation") or {}


async def _step(known: dict[str, Any], field: str | None, text: str) -> dict[str, Any]:
    answer = await post(
        "/knowledge/calculate",
        {
            "calculator": known["calculator"],
            "values": known.get("values") or {},
            "field": field,
            "text": text,
        },
    )
    return {name: answer[name] for name in _STATE}
