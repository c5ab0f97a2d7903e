"""What an event says, in paragraphs of plain text: words, table, case, sources, dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bussola.channels.messenger.links import safe_address
from bussola.channels.messenger.plain_text import plain_text
from bussola.channels.messenger.splitting import parts
from bussola.conversations.events import Event
from bussola.conversations.ports import Texts

_MOST_SOURCES = 3
_MOST_MESSAGES = 2
"""A sheet or a table that needs more is begun here and read on its page."""


def words(event: Event, texts: Texts, link: Callable[[str], str]) -> list[str]:
    """The paragraphs of an event itself; empty when it says nothing."""
    table = event.data.get("table")
    said = _table(table, event.data.get("words") or []) if table else [event.text]
    body = "\n\n".join(filter(None, (plain_text(part, link) for part in said)))
    page = _page(event, link)
    if page and (event.kind == "sheet" or table) and len(start := parts(body)) > _MOST_MESSAGES:
        first = start[0].partition(") ")[2]
        body = f"{first}\n\n{texts.say('messenger_continues')} {page}"
    speaker, mark = _speaker(event, texts), _mark(event, texts, link)
    return [part for part in (speaker, body, *_case(event, texts, link), mark) if part]


def _speaker(event: Event, texts: Texts) -> str:
    """Who writes, when it is a person; the platform shows the page as the author of all."""
    if event.author != "expert":
        return ""
    name = event.data.get("name")
    return texts.say("messenger_expert", name=name) if name else f"{texts.say('widget_expert')}:"


def _table(table: dict[str, Any], notes: list[str]) -> list[str]:
    """A paragraph a row, a line a cell; a table without columns is a list of pairs."""
    columns, rows = table["columns"], table["rows"]
    if columns:
        shown = [
            "\n".join([row[0], *(f"• {head}: {cell}" for head, cell in
                                 zip(columns[1:], row[1:], strict=False))])
            for row in rows
        ]  # fmt: skip
    else:
        shown = ["\n".join(f"• {': '.join(row)}" for row in rows)]
    return [f"{table['title']}.", *shown, *notes]


def _page(event: Event, link: Callable[[str], str]) -> str:
    """Our page that shows the same and more; "" when there is none."""
    data = event.data
    for key, room in (("sheet_id", "schede"), ("calculator", "calcolatori"),
                      ("entry_id", "domande")):  # fmt: skip
        if data.get(key):
            return link(f"/{room}/{quote(str(data[key]))}")
    # A table has no page of its own: it stands on the pages of the questions it belongs to.
    return link(f"/domande?q={quote(data['table']['title'])}") if data.get("table") else ""


def _case(event: Event, texts: Texts, link: Callable[[str], str]) -> list[str]:
    code = event.data.get("case_code")
    if not code:
        return []
    shown = texts.say("messenger_case_code", text=code)
    return [f"{shown}\n{texts.say('widget_case_page')}: {link(f'/pratica/{quote(code)}')}"]


def _mark(event: Event, texts: Texts, link: Callable[[str], str]) -> str:
    """How anybody can check that an expert's words are ours; "" under other words."""
    code = event.data.get("official")
    if not code:
        return ""
    return texts.say("messenger_official", text=code, url=link(f"/verifica/{quote(code)}"))


def evidence(event: Event, texts: Texts, link: Callable[[str], str]) -> list[str]:
    """Sources with their dates, and the days: when it was checked, until when it holds."""
    data = event.data
    sources, page = data.get("sources") or [], _page(event, link)
    shown = sources[:_MOST_SOURCES] if page else sources
    lines = [_source(source, texts, link) for source in shown]
    if len(shown) < len(sources):
        lines.append(f"{texts.say('messenger_more_sources')} {page}")
    checked, until = data.get("valid_at"), data.get("valid_until")
    days = [
        texts.say("messenger_checked", text=checked) if checked else "",
        texts.say("messenger_until", text=until) if until else "",
    ]
    dated = " ".join(filter(None, days))
    return [part for part in ("\n".join(lines), dated) if part]


def _source(source: dict[str, Any], texts: Texts, link: Callable[[str], str]) -> str:
    title = plain_text(source["title"])
    line = f"{texts.say('messenger_source')} {title}, {source['date']}"
    address = safe_address(source.get("url") or "", link)
    return f"{line}\n{address}" if address else line
