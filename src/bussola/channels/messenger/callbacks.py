"""What the platform tells about a person or the app: a wish for erasure, a withdrawal."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from aiohttp import web

from bussola.channels.messenger.signature import read_signed_request
from bussola.channels.messenger.webhook import REFUSED, page_of
from bussola.knowledge.figures import italian_date
from bussola.storage.messenger_store import MessengerStore
from bussola.web.keys import SETTINGS, TEMPLATES

logger = logging.getLogger(__name__)
STORE = web.AppKey("messenger_store", MessengerStore)
_MOST_CODE = 40


async def deletion(request: web.Request) -> web.Response:
    """A person asked the platform to have their data erased.

    The id in the request is of the app and matches nobody here: the page behind the code says
    so, and how to erase a conversation at once from inside it.
    """
    await _signed(request)
    code = secrets.token_urlsafe(12)
    await request.app[STORE].erasure_asked(code)
    url = f"{request.app[SETTINGS].public_url}/cancellazione/{code}"
    return web.json_response({"url": url, "confirmation_code": code})


async def deauthorised(request: web.Request) -> web.Response:
    """Somebody took the app off the page: nothing is sent until a call works again."""
    await _signed(request)
    logger.error("the app was taken off the page")
    await request.app[STORE].stop("messenger_deauthorised")
    return web.Response(text="OK")


async def status(request: web.Request) -> web.Response:
    """What became of a request for erasure; no sign-in, the code is enough."""
    code = request.match_info["code"][:_MOST_CODE]
    asked_at = await request.app[STORE].erasure(code)
    if asked_at is None:
        raise web.HTTPNotFound
    day = asked_at.astimezone(request.app[SETTINGS].zone).date()
    return request.app[TEMPLATES].page("erasure.html", code=code, asked_on=italian_date(day))


async def _signed(request: web.Request) -> dict[str, Any]:
    page = page_of(request)
    form = await request.post()
    told = read_signed_request(str(form.get("signed_request", "")), page.app_secret)
    if told is None:
        REFUSED.labels("signed_request").inc()
        raise web.HTTPForbidden
    return told
