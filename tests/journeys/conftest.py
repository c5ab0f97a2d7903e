"""The real house: Rasa, its actions and Bussola on free ports, and a real Chromium."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bussola import settings
from bussola.bootstrap import SystemClock
from bussola.stack import Stack, free_port
from bussola.storage.database import Database
from bussola.storage.migrating import migrate
from bussola.storage.staff_store import StaffStore
from bussola.web.sign_in import hash_password

PASSWORD = "una-password-di-prova"
STAFF = (("anna", "Anna Verdi", "expert"), ("bruno", "Bruno Neri", "expert"),
         ("carla", "Carla Blu", "curator"))  # fmt: skip
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
          "--disable-component-update", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """One house for all journeys; patient with a bot that is being restarted."""
    house = Stack(
        settings.load(),
        BUSSOLA_BOT_SECONDS="90",
        BUSSOLA_SIMULATOR_KEY=secrets.token_hex(16),
        BUSSOLA_SIMULATOR_PORT=str(free_port()),
    )
    await asyncio.to_thread(migrate, house.settings.database_url)
    database = Database(house.settings.database_url)
    staff = StaffStore(database, SystemClock())
    hashed = hash_password(PASSWORD)
    for login, name, role in STAFF:
        await staff.add(login, name, role, hashed, None)
    await database.close()
    house.start("messenger")
    async with house:
        yield house


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: run `make chromium`")
    async with async_playwright() as playwright:
        flags = _FLAGS if os.geteuid() == 0 else _FLAGS[1:]
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        await browser.close()


class Problems(list[str]):
    """What the browser complained about: scripts that failed, policies that were broken."""

    def watch(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda m: self.append(m.text) if m.type == "error" else None)
        return page


@pytest.fixture
def problems() -> Problems:
    return Problems()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="it-IT", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context
    await context.close()


@pytest.fixture
async def citizen(context: BrowserContext, stack: Stack, problems: Problems) -> Page:
    """A citizen on the home page, with the chat open."""
    page = problems.watch(await context.new_page())
    await page.goto(stack.url)
    await page.get_by_role("button", name="Apri la chat").click()
    await page.get_by_label("La tua domanda").wait_for()
    return page


@pytest.fixture
async def expert(browser: Browser, stack: Stack, problems: Problems) -> AsyncIterator[Page]:
    """Anna, signed in at the desk, in a browser of her own."""
    context = await browser.new_context(locale="it-IT")
    context.set_default_timeout(30_000)
    page = problems.watch(await context.new_page())
    await sign_in(page, stack, "anna", "/desk")
    yield page
    await context.close()


async def sign_in(page: Page, stack: Stack, login: str, target: str) -> None:
    """Through the form, as people do."""
    await page.goto(f"{stack.url}{target}")
    await page.get_by_label("Nome utente").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Accedi").click()
    await page.wait_for_url(f"**{target}")
