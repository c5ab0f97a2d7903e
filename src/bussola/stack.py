"""A private stack: the three real processes on free ports, for one call, a test or a benchmark."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import aiohttp

from bussola import parts, settings
from bussola.settings import Settings

START_SECONDS = 120.0


class StackError(RuntimeError):
    """A part did not start; the message holds the end of its output."""


class Stack:
    """Use as `async with Stack(settings) as stack:`; parts can be killed and started again."""

    def __init__(self, base: Settings, home: Path | None = None, **overrides: str) -> None:
        self._own_home = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix="bussola-"))
        self.home.mkdir(parents=True, exist_ok=True)
        self._actions_port = free_port()
        values = {
            "BUSSOLA_ROOT": str(base.root),
            "BUSSOLA_HOME": str(self.home),
            "BUSSOLA_CACHE": str(base.cache),
            "BUSSOLA_ENCODER": base.encoder,
            "BUSSOLA_PORT": str(free_port()),
            "BUSSOLA_RASA_URL": f"http://127.0.0.1:{free_port()}",
            **{f"BUSSOLA_{name}": secrets.token_urlsafe(24)
               for name in ("BOT_TOKEN", "KNOWLEDGE_TOKEN", "SECRET")},
            **overrides,
        }  # fmt: skip
        self._values = values
        self.settings = settings.load(values)
        link = self.home / "models"
        if not link.exists():
            link.symlink_to(base.home / "models", target_is_directory=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, IO[Any]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def __aenter__(self) -> Self:
        try:
            for part in ("rasa", "actions", "web"):
                self.start(part)
            await self.ready()
        except BaseException:
            self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, part: str) -> None:
        """Start one part; its output goes to `<home>/<part>.log`."""
        environment = parts.environment(self.settings, self._actions_port) | self._values
        self._logs[part] = (self.home / f"{part}.log").open("ab")
        self._processes[part] = subprocess.Popen(  # noqa: S603  our own command line
            parts.command(part, self.settings, self._actions_port),
            cwd=self.settings.root,
            env=environment,
            stdout=self._logs[part],
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self, part: str) -> None:
        """SIGKILL, as the power would."""
        process = self._processes.pop(part)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._logs.pop(part).close()

    def freeze(self, part: str) -> None:
        """SIGSTOP: the part hangs, with its connections open."""
        os.killpg(self._processes[part].pid, signal.SIGSTOP)

    def thaw(self, part: str) -> None:
        """SIGCONT: it goes on."""
        os.killpg(self._processes[part].pid, signal.SIGCONT)

    def log(self, part: str) -> str:
        """All that a part has printed."""
        return (self.home / f"{part}.log").read_text(encoding="utf-8", errors="replace")

    async def ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the whole path works. Raises StackError when a part died or time ran out."""
        until = time.monotonic() + seconds
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < until:
                for part, process in self._processes.items():
                    if process.poll() is not None:
                        raise StackError(f"{part} stopped:\n{self.log(part)[-2000:]}")
                if await is_ready(session, self.url) and await self._actions_ready(session):
                    return
                await asyncio.sleep(0.2)
        raise StackError(f"not ready after {seconds:.0f} s:\n{self.log('rasa')[-2000:]}")

    async def _actions_ready(self, session: aiohttp.ClientSession) -> bool:
        return await _answers(session, f"http://127.0.0.1:{self._actions_port}/health")

    def stop(self) -> None:
        """Stop all parts, and forget a home of our own."""
        for part, process in self._processes.items():
            with suppress(ProcessLookupError):
                self.thaw(part)
                os.killpg(process.pid, signal.SIGTERM)
        for part in list(self._processes):
            with suppress(subprocess.TimeoutExpired):
                self._processes[part].wait(5)
            self.kill(part)
        if self._own_home:
            shutil.rmtree(self.home, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on right now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    """True when a whole Bussola answers at `url`."""
    return await _answers(session, f"{url}/health/ready")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
