"""The command line: everything staff can do without a browser."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from bussola import __version__, faq_commands, messenger_commands, settings
from bussola.knowledge.loading import KnowledgeError, load
from bussola.settings import Settings, SettingsError

ACTIONS_PORT = 5055


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        run: Callable[[Settings, argparse.Namespace], int] = options.run
        return run(settings.load(), options)
    except SettingsError as error:
        print(f"bussola: {error}", file=sys.stderr)
        return 2
    except KnowledgeError as error:
        print(f"{error}\nbussola: correggi questi errori in data/faq e riprova", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bussola", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: object, help_text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(run=run)
        return command

    add("setup", _setup, "make secrets, prepare the encoder and the database")
    add("serve", _serve, "run gateway, knowledge, desk, studio and site")
    part = add("part", _part, "become Rasa or its action server (for the Procfile)")
    part.add_argument("name", choices=["rasa", "actions"])
    ask = add("ask", _ask, "the turn a citizen would get")
    ask.add_argument("text")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--explain", action="store_true", help="show the signals behind the choice")
    add("demo", _demo, "play a short conversation")
    add("tune", _tune, "teach the encoder our questions anew (minutes)")
    evaluate = add("evaluate", _evaluate, "measure on a file of questions, or on a whole folder")
    evaluate.add_argument("file", type=Path)
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.add_argument("--details", action="store_true", help="one object a question too")
    evaluate.add_argument("--knowledge-only", action="store_true", help="without Rasa")
    faq_commands.add_to(commands)
    messenger_commands.add_to(commands)
    for role in ("expert", "curator"):
        _add_staff(commands, role)
    return parser


def _add_staff(commands: argparse._SubParsersAction[argparse.ArgumentParser], role: str) -> None:
    staff = commands.add_parser(role, help=f"manage {role}s")
    inside = staff.add_subparsers(required=True, metavar="COMMAND")
    add = inside.add_parser("add", help="the password is asked, or read from standard input")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="as citizens read it")
    add.add_argument("--theme", action="append", help="only this theme (repeatable)")
    add.set_defaults(run=_staff_add, role=role)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def _setup(now: Settings, _: argparse.Namespace) -> int:
    from bussola.first_run import set_up

    set_up(now, _say)
    return 0


def _serve(now: Settings, _: argparse.Namespace) -> int:
    from aiohttp import web

    from bussola.bootstrap import create_app

    # A slip in a file must stop the start with its line, not fail behind open pages.
    load(now.faq)
    web.run_app(
        create_app(now), host=now.host, port=now.port, print=None, access_log=None,
        shutdown_timeout=3, handler_cancellation=False,
    )  # fmt: skip
    return 0


def _part(now: Settings, options: argparse.Namespace) -> int:
    from bussola import parts

    parts.become(options.name, now, ACTIONS_PORT)
    return 1


def _ask(now: Settings, options: argparse.Namespace) -> int:
    from bussola.asking import ask

    turn = asyncio.run(ask(now, options.text))
    if options.json:
        print(json.dumps(turn.to_json(), ensure_ascii=False))
    else:
        print(f"[{turn.kind}] {turn.text}")
        for label in turn.buttons:
            print(f"  ( {label} )")
    if options.explain:
        from bussola.bootstrap import build_knowledge

        explained = build_knowledge(now).explain(options.text)
        print(json.dumps(explained, ensure_ascii=False, indent=2))
    return 0


def _demo(now: Settings, _: argparse.Namespace) -> int:
    from bussola.asking import demo

    async def play() -> None:
        async for asked, turn, text in demo(now):
            if turn is not None:
                print(f"\n\033[1m> {asked}\033[0m   [{turn.kind}, {turn.seconds * 1000:.0f} ms]")
            print(text)
            for label in turn.buttons if turn else ():
                print(f"  ( {label} )")

    asyncio.run(play())
    return 0


def _tune(now: Settings, _: argparse.Namespace) -> int:
    from bussola.bootstrap import build_encoder, build_knowledge

    build_knowledge(now, build_encoder(now, _say, anew=True)).reload()
    _say("done: restart the service to use it")
    return 0


def _evaluate(now: Settings, options: argparse.Namespace) -> int:
    from bussola.evaluating import figures, gold, running

    if options.file.is_dir():
        return _evaluate_all(now, options)
    try:
        asked = gold.read_gold(options.file)
    except (OSError, gold.EvaluationError) as error:
        print(f"bussola: {error}", file=sys.stderr)
        return 2
    if options.knowledge_only:
        rows = running.with_knowledge_only(now, asked)
    else:
        rows = asyncio.run(running.through_the_service(now, asked))
    measured = figures.report(rows)
    if options.details:
        measured["rows"] = [row.to_json() for row in rows]
    if options.json:
        print(json.dumps(measured, ensure_ascii=False))
        return 0
    for name, value in measured.items():
        if name != "rows":
            print(f"{name:24} {value}")
    for row in measured.get("rows", []):
        print(json.dumps(row, ensure_ascii=False))
    return 0


def _evaluate_all(now: Settings, options: argparse.Namespace) -> int:
    from bussola.evaluating import everything, gold, report

    try:
        whole = asyncio.run(everything.measure(now, options.file, now.home / "evaluation", _say))
    except (OSError, gold.EvaluationError) as error:
        print(f"bussola: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(whole, ensure_ascii=False))
        return 0
    print(report.markdown(whole).split("## Pictures")[0])
    print(f"report and pictures: {now.home / 'evaluation'}")
    return 0


def _staff_add(now: Settings, options: argparse.Namespace) -> int:
    from bussola.bootstrap import SystemClock
    from bussola.storage.database import Database
    from bussola.storage.migrating import migrate
    from bussola.storage.staff_store import StaffStore
    from bussola.web.sign_in import hash_password

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()

    async def add() -> None:
        database = Database(now.database_url)
        store = StaffStore(database, SystemClock())
        hashed = hash_password(password)
        await store.add(options.login.lower(), options.name, options.role, hashed, options.theme)
        await database.close()

    migrate(now.database_url)
    try:
        asyncio.run(add())
    except ValueError as error:
        print(f"bussola: {error}", file=sys.stderr)
        return 2
    return 0
