"""Our own programs (evaluation, demo) are not a crowd: with the internal token no limit applies."""

from __future__ import annotations

import hmac

from aiohttp import web

from bussola.settings import INTERNAL_HEADER
from bussola.web.keys import SETTINGS


def is_internal(request: web.Request) -> bool:
    """True when the request carries the internal token."""
    expected = request.app[SETTINGS].knowledge_token
    return hmac.compare_digest(request.headers.get(INTERNAL_HEADER, "").encode(), expected.encode())
