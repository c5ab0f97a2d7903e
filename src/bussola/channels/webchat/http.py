"""The same conversation over plain HTTP: for the widget's first step, programs and tests."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bussola.channels.webchat.codec import Sent, event_json
from bussola.channels.webchat.tokens import authorised, new_conversation_id, token_for
from bussola.conversations.message import Refused
from bussola.web.internal import is_internal
from bussola.web.keys import BELL, CONVERSATION_STORE, CONVERSATIONS, SIGNER, STARTS, TEXTS
from bussola.web.permissions import may_embed

MOST_WAIT_SECONDS = 25.0
_STATUS = {"too_fast": 429, "unknown_conversation": 404, "conflict": 409, "not_saved": 503}


async def start(request: web.Request) -> web.Response:
    """Open a conversation: its id, the token that opens it, and the first words."""
    if not may_embed(request):
        raise web.HTTPForbidden
    if not is_internal(request) and not request.app[STARTS].allow(f"start:{request.remote}"):
        return refusal(request, "too_fast")
    conversation_id = new_conversation_id()
    await request.app[CONVERSATIONS].start(conversation_id, "webchat")
    events = await request.app[CONVERSATION_STORE].events(conversation_id)
    body = {
        "conversation_id": conversation_id,
        "token": token_for(conversation_id, request.app[SIGNER]),
        "events": [event_json(event) for event in events],
    }
    return web.json_response(body, status=201)


async def post_message(request: web.Request) -> web.Response:
    """Take a message; 202 means that it is on disk."""
    conversation_id = authorised(request)
    try:
        sent = Sent.model_validate_json(await request.read())
    except ValidationError:
        return refusal(request, "bad_request")
    outcome = await receive(request, conversation_id, sent)
    if isinstance(outcome, str):
        return refusal(request, outcome)
    return web.json_response(outcome, status=202)


async def receive(request: web.Request, conversation_id: str, sent: Sent) -> dict[str, Any] | str:
    """Store what a browser sent: an acknowledgement, or the name of the refusal.

    When the disk fails nothing is acknowledged, and the citizen is told so.
    """
    try:
        # A whole office may share an address: the limit that counts is the conversation's.
        crowd = None if is_internal(request) else f"from:{request.remote}"
        accepted = await request.app[CONVERSATIONS].receive(sent.incoming(conversation_id), crowd)
    except Refused as refused:
        return refused.reason
    except Exception as error:  # noqa: BLE001  no acknowledgement without a commit
        request.app.logger.error("message not saved: %s", type(error).__name__)
        return "not_saved"
    return {"client_id": sent.client_id, "event_id": accepted.event_id,
            "repeated": accepted.repeated}  # fmt: skip


async def get_events(request: web.Request) -> web.Response:
    """Events after `after`; with `wait` the answer comes when there are some, or at the end."""
    conversation_id = authorised(request)
    after = _number(request, "after", 0)
    until = time.monotonic() + min(_number(request, "wait", 0), MOST_WAIT_SECONDS)
    store = request.app[CONVERSATION_STORE]
    with request.app[BELL].listening(conversation_id) as ear:
        while not (events := await store.events(conversation_id, int(after))):
            left = until - time.monotonic()
            if left <= 0:
                break
            await ear.wait(min(left, 2.0))
    conversation = await store.conversation(conversation_id)
    return web.json_response(
        {
            "events": [event_json(event) for event in events],
            "speaker": conversation.speaker if conversation else "bot",
        }
    )


def _number(request: web.Request, name: str, default: float) -> float:
    try:
        return min(max(0.0, float(request.query.get(name, default))), 1e9)
    except ValueError:
        return default


def refusal(request: web.Request, reason: str) -> web.Response:
    """A refusal with a sentence for the citizen."""
    text = request.app[TEXTS].say(f"refused_{reason}")
    return web.json_response({"error": reason, "text": text}, status=_STATUS.get(reason, 422))
