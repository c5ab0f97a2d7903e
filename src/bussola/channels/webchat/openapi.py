"""The HTTP side of the chat, described for programs."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bussola import __version__
from bussola.channels.webchat.codec import Sent

_EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "author", "kind", "text", "at", "data", "buttons"],
    "properties": {
        "id": {"type": "integer", "description": "Rises by one within the conversation."},
        "author": {"enum": ["citizen", "bot", "expert", "system"]},
        "kind": {"type": "string"},
        "text": {"type": "string", "description": "Plain text, never HTML."},
        "at": {"type": "string", "format": "date-time"},
        "in_reply_to": {"type": ["integer", "null"]},
        "data": {"type": "object"},
        "buttons": {"type": "array", "items": {"type": "object"}},
    },
}
_REFUSED = {
    "description": "Refused; `text` is for the citizen.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"error": {"type": "string"}, "text": {"type": "string"}},
            }
        }
    },
}


def _json(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_EVENTS = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _paths() -> dict[str, Any]:
    started = _json(
        "The conversation, its token, and the first words.",
        {"conversation_id": {"type": "string"}, "token": {"type": "string"}, "events": _EVENTS},
    )
    stored = _json(
        "The message is on disk.",
        {"client_id": {"type": "string"}, "event_id": {"type": "integer"},
         "repeated": {"type": "boolean"}},
    )  # fmt: skip
    read = _json("Events in order.", {"events": _EVENTS, "speaker": {"enum": ["bot", "desk"]}})
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sent"}}}}
    numbers = [
        {"name": name, "in": "query", "schema": {"type": "number", "minimum": 0}}
        for name in ("after", "wait")
    ]
    return {
        "/api/v1/conversations": {
            "post": {"summary": "Open a conversation.", "responses": {"201": started}}
        },
        "/api/v1/conversations/{id}/messages": {
            "post": {
                "summary": "Send a text or press a button; the same client_id counts once.",
                "parameters": [_ID], "requestBody": body, "security": [{"token": []}],
                "responses": {"202": stored, "4XX": _REFUSED, "503": _REFUSED},
            }
        },
        "/api/v1/conversations/{id}/events": {
            "get": {
                "summary": "Read events after a number; `wait` seconds for new ones.",
                "parameters": [_ID, *numbers], "security": [{"token": []}],
                "responses": {"200": read, "403": _REFUSED},
            }
        },
    }  # fmt: skip


async def document(_request: web.Request) -> web.Response:
    return web.json_response(
        {
            "openapi": "3.1.0",
            "info": {"title": "Bussola: conversations", "version": __version__},
            "paths": _paths(),
            "components": {
                "schemas": {"Event": _EVENT, "Sent": Sent.model_json_schema()},
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )
