"""Real databases (SQLite in a file, PostgreSQL in a cluster of our own) and the real application."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bussola import settings, workers
from bussola.bootstrap import create_app
from bussola.channels.messenger import clock as platform_clock
from bussola.channels.messenger import comments as messenger_comments
from bussola.knowledge.calibration import Learnt, Policy
from bussola.knowledge.embedding import Encoder, Vectors
from bussola.knowledge.index import Index
from bussola.knowledge.learnt_store import LearntStore
from bussola.knowledge.loading import Knowledge, load
from bussola.knowledge.service import KnowledgeService, Matched, Snapshot
from bussola.stack import free_port
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.database import Database
from bussola.storage.migrating import migrate
from bussola.storage.outbox_store import OutboxStore
from bussola.storage.staff_store import StaffStore
from bussola.testing import FakeBot
from bussola.web.keys import STAFF
from bussola.web.sign_in import hash_password

from .messenger_page import Page, open_page

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Clock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def _binary(name: str) -> str:
    places = [*map(str, _BINARIES), os.environ.get("PATH", "")]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL cluster of our own on a free port; PostgreSQL refuses to run as root."""
    folder = tmp_path_factory.mktemp("postgresql")
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        for parent in [folder, *folder.parents]:
            if parent == Path("/tmp"):
                break
            parent.chmod(0o755)
        shutil.chown(folder, user)
    data, port = folder / "data", free_port()

    def run(*line: str) -> None:
        done = subprocess.run(
            line, check=False, capture_output=True, user=user, cwd=folder, text=True
        )
        assert done.returncode == 0, done.stderr

    run(_binary("initdb"), "-D", str(data), "-U", "bussola", "--auth=trust", "-N")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run(_binary("pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql://bussola@127.0.0.1:{port}"
    run(_binary("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, migrated."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"t{abs(hash(request.node.nodeid))}"
        subprocess.run(
            [_binary("psql"), f"{server}/postgres", "-qc", f"CREATE DATABASE {name}"], check=True
        )
        url = f"{server}/{name}"
    migrate(url)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> ConversationStore:
    return ConversationStore(database, clock, lambda _: date(2026, 11, 25))


@pytest.fixture
def cases(database: Database, clock: Clock) -> CaseStore:
    return CaseStore(database, clock)


@pytest.fixture
def outbox(database: Database) -> OutboxStore:
    return OutboxStore(database)


@pytest.fixture
async def expert_id(database: Database, clock: Clock) -> int:
    """Anna, an expert for every theme."""
    staff = StaffStore(database, clock)
    return (await staff.add("anna", "Anna", "expert", "x", None)).id


PASSWORD = "una-password-di-prova"


class LetterEncoder:
    """A stand-in where meaning does not matter: vectors of letter counts."""

    name = "letters"
    taught: frozenset[str] = frozenset()

    def encode(self, texts: list[str], prompt: str) -> Vectors:
        import numpy as np

        rows = np.array([[text.lower().count(c) + 0.01 for c in "abcdefghilmnopqrstuvz"]
                         for text in texts], dtype=np.float32)  # fmt: skip
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="session")
def knowledge() -> KnowledgeService:
    """The shipped knowledge over the stand-in encoder."""
    base = settings.load()
    encoder = LetterEncoder()
    # What was learnt from the same questions before is kept: a minute, the first time only.
    kept = LearntStore(base.cache / "learnt")
    service = KnowledgeService(base.faq, encoder, encoder, Policy(), base.day, kept)
    service.reload()
    return service


@pytest.fixture
async def client(tmp_path: Path, knowledge: KnowledgeService) -> AsyncIterator[TestClient]:
    base = settings.load()
    token = secrets.token_urlsafe(24)
    here = replace(
        base, home=tmp_path, database_url=f"sqlite:///{tmp_path}/t.db", bot_token=token,
        knowledge_token=token, secret=token, allowed_origins=("https://comune.example.it",),
        messenger=None,
    )  # fmt: skip
    bot = FakeBot(lambda _: [{"type": "notice", "text_id": "greet", "kind": "small_talk"}])
    async with TestClient(TestServer(create_app(here, knowledge, bot))) as client:
        staff = client.app[STAFF]  # type: ignore[index]
        for role in ("expert", "curator"):
            await staff.add(role, role.title(), role, hash_password(PASSWORD), None)
        yield client


class Unindexed(KnowledgeService):
    """The shipped content to be read; every question is matched as `found` says."""

    def __init__(self, content: Knowledge) -> None:
        base, nothing = settings.load(), cast("Encoder", None)
        super().__init__(base.faq, nothing, nothing, Policy(), base.day)
        self._snapshot = Snapshot(content, cast("Index", None), cast("Learnt", None), {})
        self.found = Matched("dont_know", 0.1, [], None, "it", content.version)

    def match(self, *_asked: Any, **_told: Any) -> Matched:
        return self.found


@pytest.fixture(scope="session")
def shipped_content() -> Knowledge:
    return load(settings.load().faq)


@pytest.fixture
def content(shipped_content: Knowledge) -> Unindexed:
    """The shipped content without an index: for tests that need no real understanding."""
    return Unindexed(shipped_content)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks at the disk and at the simulator's clock looks often."""
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(platform_clock, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(messenger_comments, "_LOOK_SECONDS", 0.05)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; in memory where there is one, to spare the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
async def page(folder: Path, content: Unindexed, quick: None) -> AsyncIterator[Page]:
    """A page on Messenger: the simulator outside, the real application inside."""
    async with open_page(folder, content) as page:
        yield page
