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
        self._environment.filters["day"] = italian_date
        self._environment.filters["moment"] = lambda at: moment(at, settings.zone)

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
