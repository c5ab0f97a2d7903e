"""Who is at the desk behind a request."""

from __future__ import annotations

from aiohttp import web

from bussola.conversations.desk_service import Expert
from bussola.web.keys import SIGNED_IN


def expert_of(request: web.Request) -> Expert:
    """Who is signed in, as the desk knows them."""
    staff = request[SIGNED_IN].staff
    return Expert(staff.id, staff.name, staff.themes)
