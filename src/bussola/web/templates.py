"""Jinja2 with autoescape always on; pages never hold a text of their own that staff may change."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bussola.knowledge.figures import italian_date
from bussola.settings import Settings

_FOLDERS = [Path(__file__).parents[1] / room / "templates" for room in
            ("web", "site", "desk", "studio")]  # fmt: skip
_WEEKDAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")


class Templates:
    """Renders a template of any room to an HTML response."""

    def __init__(self, settings: Settings) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDERS),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["organisation"] = settings.organisation
        page = settings.messenger
        practice = page.graph_url if page is not None and page.simulated else None
        self._environment.globals["practice_url"] = practice
        self._environment.filters["day"] = italian_date
        self._environment.filters["moment"] = lambda at: moment(at, settings.zone)
        self._environment.filters["spoken"] = lambda at: spoken(at, settings.zone)
        self._environment.filters["brief"] = lambda at: brief(at, settings.zone)

    def text(self, name: str, **values: object) -> str:
        """The rendered template as text."""
        return self._environment.get_template(name).render(**values)

    def page(self, name: str, status: int = 200, **values: object) -> web.Response:
        """The rendered template as a response."""
        return web.Response(text=self.text(name, **values), content_type="text/html", status=status)


def moment(at: datetime | date | None, zone: ZoneInfo) -> str:
    """``22/11/2026 10:35`` in the office's zone; nothing for no time."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return f"{at:%d/%m/%Y}"
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M}"


def spoken(at: datetime, zone: ZoneInfo) -> str:
    """``domenica 29 novembre alle 10:15`` in the office's zone, for a time that is near."""
    local = at.astimezone(zone)
    day, _, _year = italian_date(local).rpartition(" ")
    return f"{_WEEKDAYS[local.weekday()]} {day} alle {local:%H:%M}"


def brief(at: datetime, zone: ZoneInfo) -> str:
    """``dom 29, 10:15`` in the office's zone, for a time that is near."""
    local = at.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()][:3]} {local.day}, {local:%H:%M}"
