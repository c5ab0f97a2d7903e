"""The only door into Rasa: our gateway, with its token, over the loopback interface.

The stock REST channel answers 200 and `[]` when a turn failed. Here a turn that says nothing,
or fails, is an error the gateway can see and retry.
"""

from __future__ import annotations

import hmac
import sys
from typing import Any, Awaitable, Callable

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

MAX_CHARACTERS = 2000
LOOPBACK = ("127.0.0.1", "::1", "localhost")
logger = structlog.get_logger(__name__)


class UnsafeStart(RuntimeError):
    """Rasa was started in a way that opens a door to others than the gateway."""


class GatewayInput(InputChannel):
    """POST `/webhooks/gateway/messages` -> `{message_id, status, replies}`."""

    def __init__(self, token: str) -> None:
        if len(token) < 16:
            raise UnsafeStart("the gateway's token is missing or too short")
        self.token = token

    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        refuse_open_doors(sys.argv)
        return cls((credentials or {}).get("token", ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("gateway_door", __name__)

        @door.route("/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"status": "forbidden"}, status=403)
            body = request.json if isinstance(request.json, dict) else {}
            fault = _fault(body)
            if fault:
                return response.json({"status": "bad_request", "reason": fault}, status=422)
            return await self._turn(on_new_message, body)

        return door

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode())

    async def _turn(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]], body: dict[str, Any]
    ) -> HTTPResponse:
        message_id, replies = body["message_id"], CollectingOutputChannel()
        message = UserMessage(
            as_text(body["text"]),
            replies,
            body["conversation"],
            input_channel=self.name(),
            message_id=message_id,
            metadata={"context": body.get("context") or {}, "message_id": message_id},
        )
        try:
            await on_new_message(message)
        except Exception as error:  # whatever failed, the gateway must hear of it
            logger.error("gateway.turn_failed", error=type(error).__name__)
            return _failed(message_id, "exception")
        said = [item["custom"] for item in replies.messages if "custom" in item]
        if not said:
            return _failed(message_id, "no_reply")
        if any(item.get("type") == "unavailable" for item in said):
            return _failed(message_id, "knowledge_unavailable")
        return response.json({"message_id": message_id, "status": "ok", "replies": said})


def refuse_open_doors(arguments: list[str]) -> None:
    """Raise UnsafeStart when the command line opens the HTTP API or a public interface."""
    if "--enable-api" in arguments:
        raise UnsafeStart("the HTTP API of Rasa must stay off: anyone could replace the bot")
    for flag in ("-i", "--interface"):
        if flag in arguments and arguments[arguments.index(flag) + 1] in LOOPBACK:
            return
    if "run" in arguments:
        raise UnsafeStart("start Rasa with `--interface 127.0.0.1`: it serves the gateway only")


def as_text(text: str) -> str:
    """The citizen's words, never a command: Rasa reads a leading slash as `/intent`."""
    return text.strip().lstrip("/\uff0f\u2044\u2215").strip() or "?"


def _fault(body: dict[str, Any]) -> str | None:
    for name in ("message_id", "conversation", "text"):
        value = body.get(name)
        if not isinstance(value, str) or not value or len(value) > MAX_CHARACTERS:
            return name
    if not isinstance(body.get("context", {}), dict):
        return "context"
    return None


def _failed(message_id: str, reason: str) -> HTTPResponse:
    return response.json({"message_id": message_id, "status": "error", "reason": reason}, status=502)
