"""Is the page still subscribed to us? After an hour of failures the platform drops it silently."""

from __future__ import annotations

import asyncio
import logging

from bussola.channels.messenger.graph import Graph, GraphError

logger = logging.getLogger(__name__)
FIELDS = (
    "feed", "message_deliveries", "message_echoes", "message_edits", "message_reactions",
    "message_reads", "messages", "messaging_account_linking", "messaging_handovers",
    "messaging_optins", "messaging_policy_enforcement", "messaging_postbacks",
    "messaging_referrals", "standby",
)  # fmt: skip
"""All that the codec reads: without echoes no send of unknown outcome is ever settled."""
_LOOK_SECONDS = 600.0


async def missing_fields(graph: Graph, app_id: str) -> list[str]:
    """The fields that the page does not send us. Raises GraphError."""
    said = await graph.call("GET", f"{graph.page_id}/subscribed_apps")
    rows = [row for row in said.get("data", []) if str(row.get("id")) == app_id]
    known = {str(name) for row in rows for name in row.get("subscribed_fields", [])}
    return [name for name in FIELDS if name not in known]


async def subscribe(graph: Graph) -> None:
    """Ask the page to send us everything we read. Raises GraphError."""
    await graph.call("POST", f"{graph.page_id}/subscribed_apps",
                     {"subscribed_fields": ",".join(FIELDS)})  # fmt: skip


async def look(graph: Graph, app_id: str) -> bool:
    """Compare once, alarm and subscribe again; True when all was well."""
    missing = await missing_fields(graph, app_id)
    if not missing:
        return True
    logger.error("the page was not subscribed to %s: subscribing again", ", ".join(missing))
    await subscribe(graph)
    return False


async def keep_subscribed(graph: Graph, app_id: str, seconds: float = _LOOK_SECONDS) -> None:
    """Look for ever."""
    while True:
        try:
            await look(graph, app_id)
        except GraphError as error:
            logger.error("the subscription of the page cannot be read: %s", error)
        await asyncio.sleep(seconds)
