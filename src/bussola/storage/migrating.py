"""Brings the database to the newest schema, from Python: no alembic.ini to keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_204_211
"""Any number, the same for all replicas: only one migrates at a time on PostgreSQL."""


def migrate(url: str) -> None:
    """Upgrade to the newest revision; safe to call at every start and from several replicas."""
    _with_connection(url, lambda config: command.upgrade(config, "head"))


def new_revision(url: str, message: str) -> None:
    """Write a migration for what changed in the models (a developer's tool)."""
    _with_connection(
        url, lambda config: command.revision(config, message=message, autogenerate=True)
    )


def _with_connection(url: str, run: Callable[[Config], object]) -> None:
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed.set(drivername="sqlite"))
    else:
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        _lock(connection, backend)
        config = Config()
        config.set_main_option("script_location", str(_FOLDER))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["connection"] = connection
        run(config)
        connection.commit()
    engine.dispose()


def _lock(connection: Connection, backend: str) -> None:
    if backend == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
