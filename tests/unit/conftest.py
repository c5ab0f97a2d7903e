"""What the unit tests share: the folder of the project and a tester over a migrated database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bussola.conversations.guards import Words
from bussola.guard_words import load_words
from bussola.knowledge.loading import Knowledge, load
from bussola.storage.migrating import migrate
from bussola.testing import DATABASE, ConversationTester, FakeBot
from bussola.texts import Catalogue

ROOT = Path(__file__).parents[2]

# Two shared cores: no example is refused for being slow, and a run is the same every time.
# HYPOTHESIS_PROFILE=search looks further, with new examples each time.
settings.register_profile(
    "unit",
    deadline=None,
    max_examples=100,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", settings.get_profile("unit"), max_examples=3000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unit"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """The knowledge in data/faq, read once."""
    return load(ROOT / "data" / "faq")


@pytest.fixture(scope="session")
def words() -> Words:
    return load_words(ROOT / "data" / "guards.yml")


@pytest.fixture(scope="session")
def texts() -> Catalogue:
    return Catalogue(ROOT / "data" / "texts" / "it.yml")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / DATABASE
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def database_folder(migrated: Path) -> Iterator[Path]:
    """A folder with a migrated database file; in memory where there is one, to spare the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        shutil.copy(migrated, Path(folder) / DATABASE)
        yield Path(folder)


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
async def t(database_folder: Path, bot: FakeBot) -> AsyncIterator[ConversationTester]:
    """A conversation just opened."""
    async with ConversationTester.open(database_folder, ROOT, bot=bot) as tester:
        yield tester
