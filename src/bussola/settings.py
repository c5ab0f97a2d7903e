"""The only reader of the environment. Each setting has a line in docs/howto/settings.md."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is missing or cannot be read; the message names it."""


@dataclass(frozen=True)
class MessengerSettings:
    """One page on Messenger, real or simulated. Secrets never show in a `repr`."""

    simulated: bool
    """The page of the local simulator, for practice: no account, nothing leaves the machine."""
    page_id: str
    app_id: str
    app_secret: str = field(repr=False)
    page_token: str = field(repr=False)
    verify_token: str = field(repr=False)
    graph_url: str
    graph_version: str
    human_agent: bool
    """The platform approved answers of a person for seven days instead of one."""
    comments: bool
    """React to comments under the posts of the page."""
    silence_hours: float
    """How long the bot is silent after a person wrote from the inbox of the page."""


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
    bot_token: str = field(repr=False)
    knowledge_token: str = field(repr=False)
    secret: str = field(repr=False)
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
    messenger: MessengerSettings | None
    """None when the channel is off."""
    simulator_port: int

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
    def voice(self) -> Path:
        return self.root / "data" / "voice.yml"

    @property
    def desk(self) -> Path:
        return self.root / "data" / "desk.yml"

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
    "BUSSOLA_MESSENGER": "",
    "BUSSOLA_MESSENGER_PAGE_ID": "",
    "BUSSOLA_MESSENGER_APP_ID": "",
    "BUSSOLA_MESSENGER_APP_SECRET": "",
    "BUSSOLA_MESSENGER_TOKEN": "",
    "BUSSOLA_MESSENGER_VERIFY_TOKEN": "",
    "BUSSOLA_MESSENGER_GRAPH_URL": "https://graph.facebook.com",
    "BUSSOLA_MESSENGER_GRAPH_VERSION": "v26.0",
    "BUSSOLA_MESSENGER_HUMAN_AGENT": "no",
    "BUSSOLA_MESSENGER_COMMENTS": "no",
    "BUSSOLA_MESSENGER_SILENCE_HOURS": "12",
    "BUSSOLA_SIMULATOR_KEY": "",
    "BUSSOLA_SIMULATOR_PORT": "8090",
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
        secure_cookies=_yes(secure),
        today=_read(values, "BUSSOLA_TODAY", lambda v: date.fromisoformat(v) if v else None),
        organisation=values["BUSSOLA_ORGANISATION"],
        messenger=_messenger(values, public_url),
        simulator_port=_read(values, "BUSSOLA_SIMULATOR_PORT", int),
    )


_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _messenger(values: Mapping[str, str], public_url: str) -> MessengerSettings | None:
    """The page of the settings. Unsaid, the simulator on a machine that only talks to itself."""
    mode = values["BUSSOLA_MESSENGER"]
    if mode not in {"", "off", "simulator", "live"}:
        raise SettingsError(f"BUSSOLA_MESSENGER is «{mode}», not off, simulator or live")
    if not mode:
        local = urlsplit(public_url).hostname in _LOOPBACK and values["BUSSOLA_SIMULATOR_KEY"]
        mode = "simulator" if local else "off"
    if mode == "off":
        return None
    if mode == "live" and urlsplit(public_url).scheme != "https":
        raise SettingsError(
            f"BUSSOLA_PUBLIC_URL is «{public_url}»: Messenger calls only an address that begins "
            "with https://, with a valid certificate"
        )
    if mode == "simulator":
        values = {**values, **simulated_page(values)}
    secret = {
        name: _read(values, f"BUSSOLA_MESSENGER_{name}", _secret)
        for name in ("APP_SECRET", "TOKEN", "VERIFY_TOKEN")
    }
    given = {name: values[f"BUSSOLA_MESSENGER_{name}"] for name in ("PAGE_ID", "APP_ID")}
    missing = [name for name, value in {**secret, **given}.items() if not value]
    if missing:
        raise SettingsError(f"BUSSOLA_MESSENGER_{missing[0]} is missing")
    return MessengerSettings(
        simulated=mode == "simulator",
        page_id=given["PAGE_ID"],
        app_id=given["APP_ID"],
        app_secret=secret["APP_SECRET"],
        page_token=secret["TOKEN"],
        verify_token=secret["VERIFY_TOKEN"],
        graph_url=values["BUSSOLA_MESSENGER_GRAPH_URL"].rstrip("/"),
        graph_version=values["BUSSOLA_MESSENGER_GRAPH_VERSION"],
        human_agent=_yes(values["BUSSOLA_MESSENGER_HUMAN_AGENT"]),
        comments=_yes(values["BUSSOLA_MESSENGER_COMMENTS"]),
        silence_hours=_read(values, "BUSSOLA_MESSENGER_SILENCE_HOURS", float),
    )


def simulated_page(values: Mapping[str, str]) -> dict[str, str]:
    """The settings of the simulator's page; both sides work its secrets out of one key."""
    key = values["BUSSOLA_SIMULATOR_KEY"]
    if not key:
        raise SettingsError("BUSSOLA_SIMULATOR_KEY is missing: run `make setup`")
    secrets = {
        f"BUSSOLA_MESSENGER_{name}": hashlib.sha256(f"{key} {name}".encode()).hexdigest()
        for name in ("APP_SECRET", "TOKEN", "VERIFY_TOKEN")
    }
    return {
        "BUSSOLA_MESSENGER_PAGE_ID": "100000000000001",
        "BUSSOLA_MESSENGER_APP_ID": "200000000000002",
        "BUSSOLA_MESSENGER_GRAPH_URL": f"http://127.0.0.1:{values['BUSSOLA_SIMULATOR_PORT']}",
        "BUSSOLA_MESSENGER_HUMAN_AGENT": "yes",
        "BUSSOLA_MESSENGER_COMMENTS": "yes",
        **secrets,
    }


def _yes(value: str) -> bool:
    return value.lower() in {"1", "true", "yes"}


def _secret(value: str) -> str:
    """The value, or what is in the file that ``file:/path`` names. OSError when others read it."""
    if not value.startswith("file:"):
        return value
    path = Path(value.removeprefix("file:"))
    if path.stat().st_mode & 0o077:
        raise PermissionError(path)
    return path.read_text(encoding="utf-8").strip()


def read_run_file(file: Path) -> dict[str, str]:
    """The NAME=value lines of `file`; an absent file is empty."""
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
