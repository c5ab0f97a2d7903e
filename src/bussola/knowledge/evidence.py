"""Links, sources and dates as channels get them, whatever they stand under."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from bussola.knowledge.entry import Link, Source
from bussola.knowledge.figures import italian_date


def links_as_data(links: Iterable[Link]) -> list[dict[str, str]]:
    """Label and address of each link."""
    return [{"label": link.label, "url": link.url} for link in links]


def evidence(sources: Iterable[Source], checked: date) -> dict[str, Any]:
    """`sources` and `valid_at`: where something comes from and when it was last read."""
    return {
        "sources": [
            {"title": source.title, "date": italian_date(source.date), "url": source.url}
            for source in sources
        ],
        "valid_at": italian_date(checked),
    }
