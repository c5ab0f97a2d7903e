"""The live chat. Frames are JSON: see README.md of this folder.

The first frame must carry the token; a browser that was cut says the last event it has and
gets the rest, so nothing is lost and nothing comes twice.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import ValidationError

from bussola.channels.webchat.codec import MAX_FRAME_BYTES, Sent, event_json
from bussola.channels.webchat.http import receive
from bussola.channels.webchat.tokens import conversation_of
from bussola.web.keys import BELL, CONVERSATION_STORE, SIGNER, TEXTS
from bussola.web.permissions import may_embed

HELLO_SECONDS = 10.0
LOOK_SECONDS = 5.0
"""How often the disk is read when no bell rings (another process may have answered)."""
_POLICY_VIOLATION = 1008
_TRY_AGAIN = 1013


async def chat(request: web.Request) -> web.StreamResponse:
    """One browser's socket, from hello to goodbye."""
    if not may_embed(request):
        raise web.HTTPForbidden
    socket = web.WebSocketResponse(heartbeat=25, max_msg_size=MAX_FRAME_BYTES, compress=False)
    await socket.prepare(request)
    hello = await _hello(socket, request)
    if isinstance(hello, int):
        await socket.close(code=hello)
        return socket
    conversation_id, last_event = hello
    outgoing = asyncio.create_task(_send_events(socket, request, conversation_id, last_event))
    try:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await _take(socket, request, conversation_id, frame.data)
    finally:
        outgoing.cancel()
    return socket


async def _hello(socket: web.WebSocketResponse, request: web.Request) -> tuple[str, int] | int:
    """The conversation and the last event the browser has, or the code to close with.

    Only a key we do not know is a policy violation, for which a browser starts afresh; a
    slow network is not.
    """
    try:
        frame = await socket.receive_json(timeout=HELLO_SECONDS)
        conversation_id = conversation_of(str(frame["token"]), request.app[SIGNER])
        last_event = int(frame.get("last_event_id", 0))
    except TimeoutError:
        return _TRY_AGAIN
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return _POLICY_VIOLATION
    if conversation_id is None:
        return _POLICY_VIOLATION
    known = await request.app[CONVERSATION_STORE].conversation(conversation_id)
    return (conversation_id, last_event) if known else _POLICY_VIOLATION


async def _take(
    socket: web.WebSocketResponse, request: web.Request, conversation_id: str, frame: str
) -> None:
    client_id = None
    try:
        raw = json.loads(frame)
        client_id = raw.get("client_id")
        sent = Sent.model_validate(raw)
    except (ValueError, AttributeError, ValidationError):
        await _refuse(socket, request, "bad_request", client_id)
        return
    outcome = await receive(request, conversation_id, sent)
    if isinstance(outcome, str):
        await _refuse(socket, request, outcome, client_id)
        return
    await socket.send_json({"type": "accepted", **outcome})


async def _refuse(
    socket: web.WebSocketResponse, request: web.Request, reason: str, client_id: Any
) -> None:
    text = request.app[TEXTS].say(f"refused_{reason}")
    known = client_id if isinstance(client_id, str) else None
    await socket.send_json({"type": "refused", "reason": reason, "text": text, "client_id": known})


async def _send_events(
    socket: web.WebSocketResponse, request: web.Request, conversation_id: str, last: int
) -> None:
    """Send what is on disk after `last`, in order, for as long as the socket lives."""
    store = request.app[CONVERSATION_STORE]
    with request.app[BELL].listening(conversation_id) as ear:
        speaker = None
        while not socket.closed:
            for event in await store.events(conversation_id, last):
                await socket.send_json({"type": "event", "event": event_json(event)})
                last = event.id
            conversation = await store.conversation(conversation_id)
            if conversation is not None and conversation.speaker != speaker:
                speaker = conversation.speaker
                await socket.send_json({"type": "speaker", "speaker": speaker})
            await ear.wait(LOOK_SECONDS)
