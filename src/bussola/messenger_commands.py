"""`bussola messenger ...`: put the page in order, check it, and practise without an account."""

from __future__ import annotations

import argparse
import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bussola.settings import MessengerSettings, Settings, SettingsError

T = TypeVar("T")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `messenger` with its own."""
    messenger = commands.add_parser("messenger", help="set up, check and practise Messenger")
    inside = messenger.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: object, help_text: str) -> None:
        command = inside.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(run=run)

    add("setup", _set_up, "subscribe the page; write its greeting, first questions and menu")
    add("check", _check, "compare the page with what it should be")
    add("simulator", _simulator, "a Messenger on this machine, to practise on")


def _page(now: Settings) -> MessengerSettings:
    if now.messenger is None:
        raise SettingsError("BUSSOLA_MESSENGER is off: see docs/howto/go-live-on-messenger.md")
    return now.messenger


def _with_graph(now: Settings, work: Callable[[Any, dict[str, Any]], Awaitable[T]]) -> T:
    """Run `work` with the Graph API and what the page should show."""
    import aiohttp

    from bussola.bootstrap import build_knowledge, messenger_profile
    from bussola.channels.messenger.graph import Graph
    from bussola.texts import Catalogue

    page = _page(now)
    wanted = messenger_profile(build_knowledge(now), Catalogue(now.texts))

    async def run() -> T:
        async with aiohttp.ClientSession() as session:
            return await work(Graph(session, page), wanted)

    return asyncio.run(run())


def _set_up(now: Settings, _: argparse.Namespace) -> int:
    from bussola.channels.messenger.graph import GraphError
    from bussola.channels.messenger.setting_up import set_up

    try:
        _with_graph(now, set_up)
    except GraphError as error:
        print(f"La piattaforma ha risposto con l'errore {error}: la pagina non è a posto.")
        return 1
    print("Fatto: la pagina ci manda i messaggi e mostra saluto, prime domande e menu.")
    return 0


def _check(now: Settings, _: argparse.Namespace) -> int:
    from bussola.channels.messenger.graph import GraphError
    from bussola.channels.messenger.setting_up import check

    app_id = _page(now).app_id
    try:
        lines = _with_graph(now, lambda graph, wanted: check(graph, app_id, wanted))
    except GraphError as error:
        print(f"La piattaforma ha risposto con l'errore {error}.")
        return 1
    for line in lines:
        print(line)
    print("Tutto a posto." if not lines else "Per rimediare: bussola messenger setup")
    return 1 if lines else 0


def _simulator(now: Settings, _: argparse.Namespace) -> int:
    from bussola.testing.messenger import FakeMessenger, run

    page = now.messenger
    if page is None or not page.simulated:
        # A part that ends would stop the others with it.
        print("The simulator is off: BUSSOLA_MESSENGER is not simulator.", flush=True)
        threading.Event().wait()
        return 0
    fake = FakeMessenger(
        app_id=page.app_id,
        app_secret=page.app_secret,
        page_id=page.page_id,
        page_token=page.page_token,
        verify_token=page.verify_token,
        webhook_url=f"http://127.0.0.1:{now.port}/webhooks/messenger",
        graph_version=page.graph_version,
        require_proof=True,
    )
    run("127.0.0.1", now.simulator_port, fake)
    return 0
