"""Puts the page in order: subscription, greeting, first questions, standing menu."""

from __future__ import annotations

from typing import Any

from bussola.channels.messenger.graph import Graph
from bussola.channels.messenger.profile import differences
from bussola.channels.messenger.watch import missing_fields, subscribe

_PARTS = "get_started,greeting,ice_breakers,persistent_menu"


async def set_up(graph: Graph, wanted: dict[str, Any]) -> None:
    """Bring the page to `wanted`; doing it twice changes nothing. Raises GraphError."""
    await subscribe(graph)
    # The platform refuses a standing menu before there is a first button.
    await graph.call("POST", "me/messenger_profile", {"get_started": wanted["get_started"]})
    rest = {name: value for name, value in wanted.items() if name != "get_started"}
    await graph.call("POST", "me/messenger_profile", rest)


async def check(graph: Graph, app_id: str, wanted: dict[str, Any]) -> list[str]:
    """What is not as it should be, one line each, for staff. Raises GraphError."""
    said = await graph.call("GET", "me/messenger_profile", fields=_PARTS)
    found: dict[str, Any] = next(iter(said.get("data", [])), {})
    lines = [f"La pagina non ci manda «{name}»." for name in await missing_fields(graph, app_id)]
    return [*lines, *differences(wanted, found)]
