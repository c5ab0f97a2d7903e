"""The only door into Rasa: our gateway, with its token, over the loopback interface.

The stock REST channel answers 200 and `[]` when a turn failed. Here a turn that says nothing,
or fails, is an error the gateway can see and retry.
"""

from __future__ import annotations

import argparse
import hmac
import re
import sys
from typing import Any, Awaitable, Callable

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_results import compile_once

MAX_CHARACTERS = 2000
SHORTEST_TOKEN = 16
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# With the blanks: `/ /restart` must not leave `/restart`.
_COMMAND_SIGNS = re.compile(r"^[\s/\uff0f\u2044\u2215\u29f8]+")
logger = structlog.get_logger(__name__)
compile_once()


class UnsafeStart(RuntimeError):
    """Rasa was started in a way that opens a door to others than the gateway."""


class GatewayInput(InputChannel):
    """POST `/webhooks/gateway/messages` -> `{message_id, status, replies}`."""

    def __init__(self, token: str) -> None:
        if len(token) < SHORTEST_TOKEN:
            raise UnsafeStart("the gateway's token is missing or too short")
        self.token = token

    @classmethod
    def name(cls) -> str:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        refuse_open_doors(sys.argv)
        return cls((credentials or {}).get("token") or "")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        door = Blueprint("gateway_door", __name__)

        @door.route("/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._knows(request):
                return response.json({"status": "forbidden"}, status=403)
            body = _body(request)
            fault = _fault(body)
            if fault:
                return response.json({"status": "bad_request", "reason": fault}, status=422)
            return await self._turn(on_new_message, body)

        return door

    def _knows(self, request: Request) -> bool:
        # Sanic keeps bytes that are not UTF-8 as surrogates.
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        return hmac.compare_digest(given, f"Bearer {self.token}".encode())

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
        except Exception as error:  # noqa: BLE001 - whatever failed, the gateway must hear of it
            # Without the traceback: an error may quote the citizen.
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
    # Read as Rasa reads it: shortened flags, `--flag=value`, and the last one wins.
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--enable-api", action="store_true")
    parser.add_argument("-i", "--interface", default="0.0.0.0")  # noqa: S104 - Rasa's own default
    asked, _ = parser.parse_known_args(arguments)
    if asked.enable_api:
        raise UnsafeStart("the HTTP API of Rasa must stay off: anyone could replace the bot")
    if "run" in arguments and asked.interface not in LOOPBACK:
        raise UnsafeStart("start Rasa with `--interface 127.0.0.1`: it serves the gateway only")


def as_text(text: str) -> str:
    """The citizen's words, never a command: Rasa reads a leading slash as `/intent`."""
    return _COMMAND_SIGNS.sub("", text).rstrip() or "?"


def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a request; anything else is an empty one."""
    try:
        return request.json if isinstance(request.json, dict) else {}
    except InvalidUsage:
        return {}


def _fault(body: dict[str, Any]) -> str | None:
    for name in ("message_id", "conversation", "text"):
        value = body.get(name)
        if not isinstance(value, str) or not value or len(value) > MAX_CHARACTERS:
            return name
    if not isinstance(body.get("context", {}), dict):
        return "context"
    return None


def _failed(message_id: str, reason: str) -> HTTPResponse:
    return response.json(
        {"message_id": message_id, "status": "error", "reason": reason}, status=502
    )
