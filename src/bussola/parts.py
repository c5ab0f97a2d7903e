"""The three processes of the house: how each is started, in one place.

The Procfile, the private stack of `bussola ask`, the tests and the benchmarks all start them
from here, so that none of them can open a door the others keep shut.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bussola.settings import Settings, SettingsError

MODEL = "bot.tar.gz"
_QUIET = {
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def rasa_python(settings: Settings) -> Path:
    """The Python 3.10 that holds Rasa. Raises SettingsError when set-up was not run."""
    python = settings.root / ".venv-rasa" / "bin" / "python"
    if not python.exists():
        raise SettingsError("Rasa's environment is missing: run `make setup`")
    return python


def command(part: str, settings: Settings, actions_port: int) -> list[str]:
    """The command line of `rasa`, `actions`, `web` or `messenger` (the simulator)."""
    if part == "messenger":
        return [sys.executable, "-m", "bussola", "messenger", "simulator"]
    if part == "web":
        return [sys.executable, "-m", "bussola", "serve"]
    rasa = [str(rasa_python(settings)), "-m", "rasa"]
    if part == "actions":
        return [*rasa, "run", "actions", "--port", str(actions_port), "--actions", "actions"]
    address = urlsplit(settings.rasa_url)
    return [
        *rasa, "run", "--interface", "127.0.0.1", "--port", str(address.port or 5005),
        "--model", str(settings.home / "models" / MODEL),
        "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip


def environment(settings: Settings, actions_port: int) -> dict[str, str]:
    """What the parts must know; the action server listens on the loopback interface only."""
    return {
        **os.environ,
        **_QUIET,
        "SANIC_HOST": "127.0.0.1",
        "BUSSOLA_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "BUSSOLA_KNOWLEDGE_URL": f"http://127.0.0.1:{settings.port}",
        "BUSSOLA_BOT_TOKEN": settings.bot_token,
        "BUSSOLA_KNOWLEDGE_TOKEN": settings.knowledge_token,
    }


def become(part: str, settings: Settings, actions_port: int) -> None:
    """Replace this process by a part; signals then reach it directly.

    Its output goes to `<home>/<part>.log`: what its libraries print at start would hide the
    addresses and the first passwords.
    """
    line = command(part, settings, actions_port)
    log = settings.home / f"{part}.log"
    print(f"starting; what it says goes to {os.path.relpath(log)}", flush=True)
    with log.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(settings.root)
    os.execve(line[0], line, environment(settings, actions_port))  # noqa: S606  our own command line
