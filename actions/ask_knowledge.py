"""Asks knowledge which answer is right, and passes its verdict on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge_client import post


class AskKnowledge(Action):
    """POST `/knowledge/match`; any failure is said as `unavailable`, so that the gateway retries.

    Nothing is raised: Rasa would swallow it, and its log could quote the citizen.
    """

    def name(self) -> str:
        return "action_ask_knowledge"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message
        context = (latest.get("metadata") or {}).get("context") or {}
        try:
            reply = reply_for(await _match(latest.get("text") or "", context))
        except Exception:  # no connection, no time, no JSON, or JSON of another shape
            reply = {"type": "unavailable"}
        dispatcher.utter_message(json_message=reply)
        return []


async def _match(text: str, context: dict[str, Any]) -> dict[str, Any]:
    question = {
        "text": text,
        "theme": context.get("theme"),
        "previous_entry": context.get("previous_entry"),
        "language": context.get("language"),
    }
    return await post("/knowledge/match", question)


def reply_for(matched: dict[str, Any]) -> dict[str, Any]:
    """The custom payload for a verdict; the gateway renders it."""
    verdict, matches = matched["verdict"], matched["matches"]
    reply: dict[str, Any] = {
        "type": verdict,
        "theme": matched["theme"],
        "language": matched["language"],
        "probability": matched["probability"],
        "index_version": matched["index_version"],
    }
    if verdict == "answer":
        reply["entry_id"] = matches[0]["entry_id"]
        second = matched.get("second")
        if second is not None:
            reply["second"] = {"entry_id": second["entry_id"], "sure": not second["offered"]}
    elif verdict in ("personal_case", "off_topic", "expert"):
        reply["signpost_id"] = matches[0]["entry_id"]
    elif verdict == "ask_which":
        reply["options"] = [m["entry_id"] for m in matches if m["offered"]]
        reply["further"] = [m["entry_id"] for m in matches if not m["offered"]]
    else:
        reply["nearest"] = [m["entry_id"] for m in matches]
    return reply
