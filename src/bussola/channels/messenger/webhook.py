"""The door of the platform: signed, durable before it is acknowledged, quick."""

from __future__ import annotations

import asyncio
import hmac
import logging

from aiohttp import hdrs, web
from prometheus_client import Counter

from bussola.channels.messenger.codec import Unreadable, happenings
from bussola.channels.messenger.receiving import Receiver
from bussola.channels.messenger.signature import verify
from bussola.settings import MessengerSettings
from bussola.web.health import READY, REGISTRY
from bussola.web.keys import SETTINGS

logger = logging.getLogger(__name__)
RECEIVER = web.AppKey("messenger_receiver", Receiver)
MOST_BYTES = 8 * 2**20
"""A batch of a thousand long messages, escaped, fits."""
_READY_SECONDS = 3.0
REFUSED = Counter("bussola_messenger_refused", "Calls that were not the platform's", ["why"],
                  registry=REGISTRY)  # fmt: skip


def page_of(request: web.Request) -> MessengerSettings:
    """The page, or 404 when the channel is off."""
    page = request.app[SETTINGS].messenger
    if page is None:
        raise web.HTTPNotFound
    return page


async def handshake(request: web.Request) -> web.Response:
    """Proves to the platform that the address is ours: the challenge comes back."""
    page, query = page_of(request), request.query
    given = query.get("hub.verify_token", "").encode()
    right = hmac.compare_digest(given, page.verify_token.encode())
    if query.get("hub.mode") != "subscribe" or not right:
        REFUSED.labels("handshake").inc()
        raise web.HTTPForbidden
    return web.Response(text=query.get("hub.challenge", ""))


async def events(request: web.Request) -> web.Response:
    """Take a batch; 200 means that every event of it is on disk.

    Before the index is there, and when the disk fails, 503: the platform sends it again.
    """
    page = page_of(request)
    raw = await _read(request)
    if not verify(raw, request.headers.get("X-Hub-Signature-256"), page.app_secret):
        REFUSED.labels("signature").inc()
        raise web.HTTPForbidden
    try:
        found = happenings(raw)
    except Unreadable:
        # Sent again it would be the same: counted, said to the log, acknowledged.
        REFUSED.labels("unreadable").inc()
        logger.error("a signed call could not be read")
        return web.Response(text="EVENT_RECEIVED")
    try:
        await asyncio.wait_for(request.app[READY].wait(), _READY_SECONDS)
        await request.app[RECEIVER].take(found)
    except Exception as error:
        logger.error("events not saved: %s", type(error).__name__)
        raise web.HTTPServiceUnavailable from error
    return web.Response(text="EVENT_RECEIVED")


async def _read(request: web.Request) -> bytes:
    """The raw body; its own limit, because a batch is larger than any page's form."""
    declared = request.content_length or 0
    parts, size = [], 0
    if declared <= MOST_BYTES:
        async for chunk in request.content.iter_chunked(2**16):
            size += len(chunk)
            if size > MOST_BYTES:
                break
            parts.append(chunk)
    if max(declared, size) > MOST_BYTES or request.headers.get(hdrs.CONTENT_ENCODING):
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, max(declared, size))
    return b"".join(parts)
