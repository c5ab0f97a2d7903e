"""The only reader of the environment. Each setting has a line in docs/howto/settings.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is missing or cannot be read; the message names it."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations."""

    root: Path
    """Where the knowledge, the texts and Rasa's files are."""
    home: Path
    """Where what must be kept is written: database, models, secrets."""
    cache: Path
    """Where what can be made again is written: encoder, vectors."""
    database_url: str
    encoder: str
    """"tuned", "bundled", a hub name, or a folder."""
    encoder_backend: str
    """"onnx" or "torch"."""
    host: str
    port: int
    public_url: str
    allowed_origins: tuple[str, ...]
    """Sites, besides our own, that may embed the chat."""
    rasa_url: str
    bot_token: str
    knowledge_token: str
    secret: str
    bot_seconds: float
    """How long the bot may take before the citizen hears that it cannot be reached."""
    working_days: int
    """Working days within which an expert is expected to answer."""
    opens: time
    closes: time
    zone: ZoneInfo
    secure_cookies: bool
    today: date | None
    """A fixed day for the knowledge, to see what expires; None is the real one."""
    organisation: str
    """The body that runs the service, as the pages name it."""

    def day(self) -> date:
        """Today in the office's zone, or the fixed day."""
        return self.today or datetime.now(self.zone).date()

    @property
    def faq(self) -> Path:
        return self.root / "data" / "faq"

    @property
    def calibration(self) -> Path:
        """What people really ask, for the thresholds; no file means the variants alone."""
        return self.root / "evaluation" / "calibration.jsonl"

    @property
    def texts(self) -> Path:
        return self.root / "data" / "texts" / "it.yml"

    @property
    def facts(self) -> Path:
        return self.root / "docs" / "facts"

    @property
    def guards(self) -> Path:
        return self.root / "data" / "guards.yml"

    @property
    def static(self) -> Path:
        return Path(__file__).parent / "site" / "static"


NAMES = {
    "BUSSOLA_ROOT": ".",
    "BUSSOLA_HOME": "var",
    "BUSSOLA_CACHE": "~/.cache/bussola",
    "BUSSOLA_DATABASE_URL": "",
    "BUSSOLA_ENCODER": "tuned",
    "BUSSOLA_ENCODER_BACKEND": "onnx",
    "BUSSOLA_HOST": "127.0.0.1",
    "BUSSOLA_PORT": "8080",
    "BUSSOLA_PUBLIC_URL": "",
    "BUSSOLA_ALLOWED_ORIGINS": "",
    "BUSSOLA_RASA_URL": "http://127.0.0.1:5005",
    "BUSSOLA_BOT_TOKEN": "",
    "BUSSOLA_KNOWLEDGE_TOKEN": "",
    "BUSSOLA_SECRET": "",
    "BUSSOLA_BOT_SECONDS": "20",
    "BUSSOLA_WORKING_DAYS": "2",
    "BUSSOLA_OPENS": "09:00",
    "BUSSOLA_CLOSES": "17:00",
    "BUSSOLA_ZONE": "Europe/Rome",
    "BUSSOLA_SECURE_COOKIES": "",
    "BUSSOLA_TODAY": "",
    "BUSSOLA_ORGANISATION": "Ente di esempio",
}
"""Every setting with its default; an empty default is worked out or made at set-up."""

INTERNAL_HEADER = "X-Bussola-Token"
"""Carries the knowledge token from our own programs."""

RUN_FILE = "run.env"
"""Inside `home`: the secrets made at set-up, as NAME=value lines, for all three processes."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment, then from `run.env`, then the defaults.

    Raises SettingsError, which names the setting that cannot be read.
    """
    home = Path(environment.get("BUSSOLA_HOME") or NAMES["BUSSOLA_HOME"]).expanduser().resolve()
    values = {**NAMES, **read_run_file(home / RUN_FILE)}
    values |= {name: environment[name] for name in NAMES if environment.get(name)}
    return _settings(values, home)


def _read(values: Mapping[str, str], name: str, reader: Callable[[str], T]) -> T:
    try:
        return reader(values[name])
    except (ValueError, KeyError, OSError) as error:
        raise SettingsError(f"{name} cannot be read: «{values[name]}»") from error


def _backend(value: str) -> str:
    if value not in {"onnx", "torch"}:
        raise ValueError(value)
    return value


def _settings(values: Mapping[str, str], home: Path) -> Settings:
    host, port = values["BUSSOLA_HOST"], _read(values, "BUSSOLA_PORT", int)
    public_url = (values["BUSSOLA_PUBLIC_URL"] or f"http://{host}:{port}").rstrip("/")
    origins = values["BUSSOLA_ALLOWED_ORIGINS"].split(",")
    secure = values["BUSSOLA_SECURE_COOKIES"] or str(public_url.startswith("https"))
    return Settings(
        root=Path(values["BUSSOLA_ROOT"]).expanduser().resolve(),
        home=home,
        cache=Path(values["BUSSOLA_CACHE"]).expanduser().resolve(),
        database_url=values["BUSSOLA_DATABASE_URL"] or f"sqlite:///{home / 'bussola.db'}",
        encoder=values["BUSSOLA_ENCODER"],
        encoder_backend=_read(values, "BUSSOLA_ENCODER_BACKEND", _backend),
        host=host,
        port=port,
        public_url=public_url,
        allowed_origins=tuple(o.strip().rstrip("/") for o in origins if o.strip()),
        rasa_url=values["BUSSOLA_RASA_URL"].rstrip("/"),
        bot_token=values["BUSSOLA_BOT_TOKEN"],
        knowledge_token=values["BUSSOLA_KNOWLEDGE_TOKEN"],
        secret=values["BUSSOLA_SECRET"],
        bot_seconds=_read(values, "BUSSOLA_BOT_SECONDS", float),
        working_days=_read(values, "BUSSOLA_WORKING_DAYS", int),
        opens=_read(values, "BUSSOLA_OPENS", time.fromisoformat),
        closes=_read(values, "BUSSOLA_CLOSES", time.fromisoformat),
        zone=_read(values, "BUSSOLA_ZONE", ZoneInfo),
        secure_cookies=secure.lower() in {"1", "true", "yes"},
        today=_read(values, "BUSSOLA_TODAY", lambda v: date.fromisoformat(v) if v else None),
        organisation=values["BUSSOLA_ORGANISATION"],
    )


def read_run_file(file: Path) -> dict[str, str]:
    """The NAME=value lines of `file`; an absent file is empty."""
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
