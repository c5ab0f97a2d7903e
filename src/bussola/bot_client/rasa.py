"""Asks Rasa over our own channel (bot/gateway_channel.py); anything unusual is `BotUnavailable`."""

from __future__ import annotations

import hashlib
from typing import Any

import aiohttp

from bussola.conversations.conversation import Context
from bussola.conversations.message import Message
from bussola.conversations.ports import BotUnavailable

ATTEMPT_SECONDS = 6.0
"""Shorter than a lease, so that a slow answer never meets a second worker."""
MOST_CHARACTERS = 2000
_KNOWN_TYPES = frozenset(
    {"answer", "ask_which", "personal_case", "off_topic", "expert", "dont_know", "notice", "menu", "details",
     "choice", "none_of_these", "feedback", "abuse", "offer_handoff", "handoff",
     "handoff_declined", "quiz", "calculators", "calculation_ask", "calculation",
     "calculation_stopped"}
)  # fmt: skip


class RasaBot:
    """One HTTP call a turn. Rasa learns a keyed hash, never who the citizen is."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str, secret: str) -> None:
        self._session, self._url = session, f"{url}/webhooks/gateway/messages"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._secret = secret.encode()

    async def reply(self, message: Message, context: Context) -> list[dict[str, Any]]:
        """The payloads Rasa answered with. Raises BotUnavailable."""
        message_id = f"{message.conversation_id}:{message.event_id}"
        body = {
            "message_id": message_id,
            "conversation": self._pseudonym(_thread(message.conversation_id, context)),
            "text": message.text[:MOST_CHARACTERS],
            "context": context.for_bot(),
        }
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_SECONDS, connect=2)
        try:
            async with self._session.post(
                self._url, json=body, headers=self._headers, timeout=timeout
            ) as answer:
                if answer.status != 200:
                    raise BotUnavailable(f"status {answer.status}")
                return checked(await answer.json(), message_id)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise BotUnavailable(type(error).__name__) from error

    def _pseudonym(self, conversation_id: str) -> str:
        digest = hashlib.blake2b(conversation_id.encode(), key=self._secret[:64], digest_size=16)
        return digest.hexdigest()

    async def ready(self) -> bool:
        """True when Rasa answers at all."""
        try:
            timeout = aiohttp.ClientTimeout(total=1)
            async with self._session.get(
                self._url.split("/webhooks")[0], timeout=timeout
            ) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False


def _thread(conversation_id: str, context: Context) -> str:
    """A calculation is a conversation of its own for Rasa: its form ends when we say so."""
    if context.awaiting != "calculation":
        return conversation_id
    return f"{conversation_id}:{context.calculation.get('run')}"


def checked(answer: Any, message_id: str) -> list[dict[str, Any]]:
    """The replies of a well-formed answer to this very message. Raises BotUnavailable.

    An empty list is an error until proved otherwise: Rasa says it for every fault.
    """
    if not isinstance(answer, dict) or answer.get("message_id") != message_id:
        raise BotUnavailable("not the answer to this message")
    replies = answer.get("replies")
    if answer.get("status") != "ok" or not isinstance(replies, list) or not replies:
        raise BotUnavailable("no reply")
    if any(not isinstance(r, dict) or str(r.get("type")) not in _KNOWN_TYPES for r in replies):
        raise BotUnavailable("unknown reply")
    return replies
