"""Delivery on the web: events are numbered on disk, so sending is a hint to open sockets.

A browser that was away asks for what came after the last number it has.
"""

from __future__ import annotations

from bussola.conversations.ports import Bell
from bussola.storage.outbox_store import Parcel


class WebChatSender:
    """The Sender of the channel `webchat`."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    async def send(self, parcel: Parcel) -> None:
        self._bell.ring(parcel.conversation_id)
