"""A Messenger Platform on this machine: for tests, and for staff who practise in a browser."""

from bussola.testing.messenger.errors import FAULTS, Fault, GraphError
from bussola.testing.messenger.fake_messenger import FakeMessenger
from bussola.testing.messenger.people import Bubble, Comment, Person
from bussola.testing.messenger.running import run
from bussola.testing.messenger.send_api import Send
from bussola.testing.messenger.webhook_queue import Attempt
from bussola.testing.messenger.world import PAGE_INBOX

__all__ = [
    "FAULTS",
    "PAGE_INBOX",
    "Attempt",
    "Bubble",
    "Comment",
    "FakeMessenger",
    "Fault",
    "GraphError",
    "Person",
    "Send",
    "run",
]
