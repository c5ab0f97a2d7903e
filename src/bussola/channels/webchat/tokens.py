"""Who may read a conversation: whoever holds its signed token, and nobody else."""

from __future__ import annotations

import secrets

from aiohttp import hdrs, web
from itsdangerous import BadSignature, Signer

from bussola.web.keys import SIGNER


def new_conversation_id() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def token_for(conversation_id: str, signer: Signer) -> str:
    return signer.sign(conversation_id).decode()


def conversation_of(token: str, signer: Signer) -> str | None:
    """The conversation a token opens, or None when we did not sign it."""
    try:
        return signer.unsign(token).decode()
    except (BadSignature, UnicodeError):
        return None


def authorised(request: web.Request) -> str:
    """The conversation of the path, when the bearer token opens exactly that one."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    conversation_id = conversation_of(token, request.app[SIGNER]) if scheme == "Bearer" else None
    if conversation_id is None or conversation_id != request.match_info["id"]:
        raise web.HTTPForbidden
    return conversation_id
