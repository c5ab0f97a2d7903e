"""The doors of Messenger."""

from __future__ import annotations

from bussola.channels.messenger import callbacks, webhook
from bussola.web.permissions import Routes


def add_routes(routes: Routes) -> None:
    routes.get("/webhooks/messenger", webhook.handshake, "everybody")
    routes.post("/webhooks/messenger", webhook.events, "everybody")
    routes.post("/webhooks/messenger/deletion", callbacks.deletion, "everybody")
    routes.post("/webhooks/messenger/deauthorize", callbacks.deauthorised, "everybody")
    routes.get("/cancellazione/{code}", callbacks.status, "everybody")
