"""Set-up that needs our code: secrets, encoder, vectors, database, first people.

Every step says what it does and does nothing when nothing changed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from bussola import settings as settings_module
from bussola.settings import RUN_FILE, Settings

Say = Callable[[str], None]
_SECRETS = (
    "BUSSOLA_BOT_TOKEN",
    "BUSSOLA_KNOWLEDGE_TOKEN",
    "BUSSOLA_SECRET",
    "BUSSOLA_SIMULATOR_KEY",
)
_FIRST_PEOPLE = (("esperto", "Esperto di prova", "expert"), ("redazione", "Redazione", "curator"))


def set_up(settings: Settings, say: Say) -> None:
    """Bring an installation to the point where the three parts can start."""
    make_secrets(settings.home, say)
    settings = settings_module.load()
    prepare_knowledge(settings, say)
    asyncio.run(prepare_database(settings, say))


def make_secrets(home: Path, say: Say) -> None:
    """Write the secrets that are missing to `run.env`, readable by its owner only."""
    file = home / RUN_FILE
    known = settings_module.read_run_file(file)
    missing = [name for name in _SECRETS if name not in known]
    if not missing:
        return
    say(f"making secrets in {RUN_FILE}")
    home.mkdir(parents=True, exist_ok=True)
    known |= {name: secrets.token_urlsafe(32) for name in missing}
    draft = file.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in known.items())
    draft.replace(file)


def prepare_knowledge(settings: Settings, say: Say) -> None:
    """Make the encoder, encode what curators wrote and learn from it: the index is then ready
    in a moment at every start. What is kept from before is used where nothing changed.
    """
    from bussola.bootstrap import build_encoder, build_knowledge

    encoder = build_encoder(settings, say)
    say("reading the questions and learning from them (about a minute when they are new)")
    build_knowledge(settings, encoder).reload()


async def prepare_database(settings: Settings, say: Say) -> None:
    """Migrate, and create a first expert and a first curator with a password shown once."""
    from bussola.bootstrap import SystemClock
    from bussola.storage.database import Database
    from bussola.storage.migrating import migrate
    from bussola.storage.staff_store import StaffStore
    from bussola.web.sign_in import hash_password

    await asyncio.to_thread(migrate, settings.database_url)
    database = Database(settings.database_url)
    staff = StaffStore(database, SystemClock())
    for login, name, role in _FIRST_PEOPLE:
        if await staff.count(role) == 0:
            password = secrets.token_urlsafe(12)
            await staff.add(login, name, role, hash_password(password), None)
            say(f"first {role}: user {login}, password {password}  (shown only now)")
    await database.close()
