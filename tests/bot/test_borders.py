"""What keeps Rasa's side small, apart from ours, and quiet on import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.utils.io
from loopback import recorded

SOURCES = sorted([*Path("bot").glob("*.py"), *Path("actions").glob("*.py")])
DOMAIN: dict[str, Any] = rasa.shared.utils.io.read_yaml_file("domain.yml")


def responses() -> list[dict[str, Any]]:
    return [said for variants in DOMAIN["responses"].values() for said in variants]


def imports_of(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def accepted_types() -> set[str]:
    """The payload types RasaBot accepts, read from its source: it cannot be imported here."""
    tree = ast.parse(Path("src/bussola/bot_client/rasa.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_KNOWN_TYPES":
            assert isinstance(node.value, ast.Call)
            return set(ast.literal_eval(node.value.args[0]))
    raise AssertionError("RasaBot has no list of the types it knows")


def verdicts() -> set[str]:
    """The verdicts knowledge may give, read from its source."""
    tree = ast.parse(Path("src/bussola/knowledge/ranking.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "Verdict":
            assert isinstance(node.value, ast.Subscript)
            return set(ast.literal_eval(node.value.slice))
    raise AssertionError("knowledge has no list of its verdicts")


def test_the_domain_is_short() -> None:
    """FAQ entries are data, not intents: the domain stays under 150 lines."""
    assert len(Path("domain.yml").read_text(encoding="utf-8").splitlines()) < 150


def test_the_domain_holds_no_text_for_citizens() -> None:
    """A response names what happened; its words are in the one catalogue of texts."""
    assert all(set(said) == {"custom"} for said in responses())
    words = [str(value) for said in responses() for value in said["custom"].values()]
    assert [word for word in words if " " in word] == []


def test_each_response_has_one_form() -> None:
    """Rasa picks among variants by chance, and a retry must get the same reply."""
    assert [name for name, variants in DOMAIN["responses"].items() if len(variants) != 1] == []


def test_every_type_of_the_domain_is_accepted() -> None:
    """Each payload a response sends is one that the gateway's side knows."""
    assert {said["custom"]["type"] for said in responses()} <= accepted_types()


def test_every_verdict_is_accepted() -> None:
    """Each verdict, which the action sends as the payload's type, is one RasaBot knows."""
    assert verdicts() <= accepted_types()


def test_unavailable_stops_at_the_channel() -> None:
    """The one payload that is an error never travels as a reply."""
    assert "unavailable" not in accepted_types()


def test_every_accepted_type_can_be_sent() -> None:
    """RasaBot knows no payload that nobody sends."""
    fixed = {said["custom"]["type"] for said in responses()}
    assert accepted_types() == fixed | verdicts() | {"calculation_ask", "calculation"}


def test_every_notice_has_its_words() -> None:
    """Each `text_id` of a notice is a text of the catalogue."""
    catalogue = rasa.shared.utils.io.read_yaml_file("data/texts/it.yml")
    names = {s["custom"]["text_id"] for s in responses() if s["custom"]["type"] == "notice"}
    assert names <= set(catalogue) | set(catalogue.get("texts", {}))


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_never_imports_our_side(source: Path) -> None:
    """The border between the two environments is HTTP."""
    assert [n for n in imports_of(source) if n.split(".")[0] in ("bussola", "src")] == []


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_files_stay_small(source: Path) -> None:
    """A file that Rasa loads fits on a few screens."""
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 150


def test_nothing_connects_on_import() -> None:
    """Importing all of bot/ and actions/ opens no connection and reads no setting."""
    modules = [".".join(s.with_suffix("").parts).removesuffix(".__init__") for s in SOURCES]
    script = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n"
        "        raise SystemExit(f'{event} on import')\n"
        "sys.addaudithook(refuse)\n"
        f"for name in {modules!r}: __import__(name)\n"
    )
    environment = {"PATH": "", "HOME": "/nonexistent", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_recorded_payloads_are_of_accepted_types() -> None:
    """What the contracts record is what both sides speak today."""
    assert {payload["type"] for payload in recorded("payloads")} == accepted_types()
