"""The page put in order: profile, subscription, the command line, and what goes live."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from bussola import bootstrap, cli
from bussola.channels.messenger import channel, watch
from bussola.channels.messenger.graph import Graph
from bussola.settings import Settings, SettingsError, load, simulated_page
from bussola.stack import free_port
from bussola.testing.messenger import FakeMessenger

from .conftest import Unindexed
from .messenger_page import Page
from .messenger_talk import WEBHOOK, channel_of, says, settled, until

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "howto" / "go-live-on-messenger.md"


# What the page shows and sends


@pytest.mark.messenger(28, 29)
async def test_the_page_is_put_in_order_at_the_start(page: Page) -> None:
    """The platform took greeting, Get Started, first questions and menu: all four are there."""
    profile = page.fake.profile
    assert set(profile.values) == {"greeting", "get_started", "ice_breakers", "persistent_menu"}
    assert "assistente automatico" in profile.greeting()
    assert [one["payload"] for one in profile.menu()] == ["0:menu", "0:person", "0:forget"]
    assert len(profile.ice_breakers()) <= 4
    assert profile.ice_breakers()[-1]["payload"] == "0:person"


@pytest.mark.messenger(28)
@pytest.mark.parametrize(
    ("payload", "typed", "answer"),
    [
        ("0:menu", "menu", "Ecco di che cosa posso parlare"),
        ("0:person", "operatore", "Procedo?"),
        ("0:forget", "cancella i miei dati", "Cancello?"),
    ],
)
async def test_what_the_menu_does_words_do_too(
    page: Page, payload: str, typed: str, answer: str
) -> None:
    """The standing menu is not everywhere: each item is reached by words as well."""
    page.bot.on("menu", {"type": "menu"})
    page.bot.on("operatore", {"type": "offer_handoff", "reason": "asked"})
    page.fake.menu(page.anna, payload)
    assert answer in await page.hears(answer)
    await settled(page)
    assert any(answer in text for text in await says(page, typed))


@pytest.mark.messenger(6, 11)
async def test_we_hear_all_that_we_can_read(page: Page) -> None:
    """The page sends us every field that the codec knows, echoes above all."""
    heard = page.fake.queue.fields
    assert heard == set(watch.FIELDS)
    wanted = {"messages", "message_echoes", "message_edits", "messaging_postbacks", "standby",
              "messaging_handovers", "messaging_referrals", "message_reactions", "feed"}  # fmt: skip
    assert wanted <= heard
    page.fake.say(page.anna, "ciao")
    await settled(page)
    assert page.fake.queue.unheard == []


# A subscription that was lost


def ours(page: Page) -> Graph:
    return channel_of(page).graph


@pytest.mark.messenger(6)
async def test_an_hour_of_failures_and_the_page_comes_back(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    """The platform dropped us in silence: the watch says so aloud and subscribes again."""
    address = page.fake.webhook_url
    page.fake.webhook_url = "http://127.0.0.1:9/webhooks/messenger"
    page.fake.say(page.anna, "nessuno mi sente")
    await page.fake.until(lambda: page.fake.deliveries)
    while page.fake.queue.subscribed:
        page.fake.advance(minutes=31)
        await asyncio.sleep(0.02)
    page.fake.webhook_url = address
    page.fake.say(page.anna, "nemmeno adesso")
    assert page.fake.queue.unheard
    assert await watch.look(ours(page), page.channel.app_id) is False
    assert "the page was not subscribed to" in caplog.text
    assert page.fake.queue.fields == set(watch.FIELDS)
    assert await watch.look(ours(page), page.channel.app_id) is True
    page.fake.say(page.anna, "e adesso?")
    await until(lambda: "e adesso?" in page.bot.asked)


@pytest.mark.messenger(6)
async def test_the_watch_goes_on_whatever_happens(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One missing field is mended; an error of the platform is logged, and the next look works."""
    page.fake.queue.fields.discard("message_echoes")
    token = page.fake.page_token
    page.fake.page_token = "another"
    watching = asyncio.create_task(watch.keep_subscribed(ours(page), page.channel.app_id, 0.05))
    await until(lambda: "the subscription of the page cannot be read: 190" in caplog.text)
    page.fake.page_token = token
    await until(lambda: "message_echoes" in page.fake.queue.fields)
    watching.cancel()


@pytest.mark.messenger(6)
async def test_the_live_page_is_watched(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application itself watches a page that is not the simulator's."""
    looked: list[str] = []

    async def keep(_graph: Graph, app_id: str) -> None:
        looked.append(app_id)

    monkeypatch.setattr(channel, "keep_subscribed", keep)
    living = channel_of(page)
    monkeypatch.setattr(living, "_page", replace(page.channel, simulated=False))
    with living.running(dict):
        await until(lambda: looked)
    assert looked == [page.channel.app_id]


# The command line


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, content: Unindexed) -> dict[str, str]:
    """The settings of a simulated page of its own, as a person at the keyboard has them."""
    values = {"BUSSOLA_MESSENGER": "simulator", "BUSSOLA_SIMULATOR_KEY": secrets.token_hex(16)}
    values["BUSSOLA_SIMULATOR_PORT"] = str(free_port())
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap, "build_knowledge", lambda _settings: content)
    return values


def simulator(values: dict[str, str]) -> FakeMessenger:
    page = {name.removeprefix("BUSSOLA_MESSENGER_"): value
            for name, value in simulated_page(values).items()}  # fmt: skip
    return FakeMessenger(
        page["APP_ID"], page["APP_SECRET"], page["PAGE_ID"], page["TOKEN"], page["VERIFY_TOKEN"],
        "http://127.0.0.1:9/webhooks/messenger", require_proof=True,
    )  # fmt: skip


async def run(*words: str) -> int:
    """`bussola messenger ...` in a thread of its own: it has its own event loop."""
    return await asyncio.to_thread(cli.main, ["messenger", *words])


@pytest.mark.messenger(6, 28, 29)
async def test_check_and_setup_from_the_command_line(
    here: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Check says line by line what is missing, setup mends it, check agrees; twice is harmless."""
    fake = simulator(here)
    fake.queue.cut_off()
    async with fake.serving(port=int(here["BUSSOLA_SIMULATOR_PORT"])):
        assert await run("check") == 1
        said = capsys.readouterr().out
        assert "La pagina non ci manda «message_echoes»." in said
        assert "Manca il menu fisso." in said
        assert "Per rimediare: bussola messenger setup" in said
        for _ in range(2):
            assert await run("setup") == 0
            assert capsys.readouterr().out.startswith("Fatto")
        assert await run("check") == 0
        assert capsys.readouterr().out == "Tutto a posto.\n"
        fake.profile.values["greeting"] = [{"locale": "default", "text": "Siamo lo sportello!"}]
        assert await run("check") == 1
        assert "Diverso il saluto" in capsys.readouterr().out


@pytest.mark.messenger(33)
async def test_the_command_line_says_what_the_platform_said(
    here: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A token that is refused: the code, no stack, no token; the same when nobody is there."""
    fake = simulator(here)
    fake.page_token = "another"
    async with fake.serving(port=int(here["BUSSOLA_SIMULATOR_PORT"])):
        for command in ("check", "setup"):
            assert await run(command) == 1
            shown = capsys.readouterr()
            assert "errore 190" in shown.out
            assert simulated_page(here)["BUSSOLA_MESSENGER_TOKEN"] not in shown.out + shown.err
    assert await run("check") == 1


async def test_the_command_line_without_a_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the channel is off the command says which setting, and where to read on."""
    monkeypatch.setenv("BUSSOLA_MESSENGER", "off")
    assert await run("check") == 2
    assert "BUSSOLA_MESSENGER is off" in capsys.readouterr().err


# Going live


def live(home: Path, **values: str) -> Settings:
    given = {"PAGE_ID": "1", "APP_ID": "2", "APP_SECRET": "s", "TOKEN": "t", "VERIFY_TOKEN": "v"}
    named = {f"BUSSOLA_MESSENGER_{name}": value for name, value in given.items()}
    return load({"BUSSOLA_HOME": str(home), "BUSSOLA_MESSENGER": "live", **named, **values})


@pytest.mark.messenger(44)
@pytest.mark.parametrize("address", ["http://bussola.example.it", "", "bussola.example.it"])
def test_a_live_page_needs_a_certificate(tmp_path: Path, address: str) -> None:
    """Without an https address the start is refused, with a sentence that says what to do."""
    with pytest.raises(SettingsError, match=r"BUSSOLA_PUBLIC_URL .*https://.*certificate"):
        live(tmp_path, BUSSOLA_PUBLIC_URL=address)
    assert live(tmp_path, BUSSOLA_PUBLIC_URL="https://bussola.example.it").messenger is not None


@pytest.mark.messenger(36)
def test_the_secrets_of_a_live_page_come_from_files_of_ours_alone(tmp_path: Path) -> None:
    """A file that others may read is refused; one of ours is read; no `repr` shows it."""
    file = tmp_path / "token"
    file.write_text("EAAsegreto\n", encoding="utf-8")
    url = {"BUSSOLA_PUBLIC_URL": "https://a.it", "BUSSOLA_MESSENGER_TOKEN": f"file:{file}"}
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="BUSSOLA_MESSENGER_TOKEN"):
        live(tmp_path, **url)
    file.chmod(0o600)
    settings = live(tmp_path, **url)
    assert settings.messenger is not None
    assert settings.messenger.page_token == "EAAsegreto"
    assert "EAAsegreto" not in repr(settings)


@pytest.mark.messenger(35)
def test_the_version_has_a_default(tmp_path: Path) -> None:
    """v26.0 unless the operator says another."""
    url = {"BUSSOLA_PUBLIC_URL": "https://a.it"}
    settings = live(tmp_path, **url).messenger
    assert settings is not None
    assert settings.graph_version == "v26.0"
    other = live(tmp_path, **url, BUSSOLA_MESSENGER_GRAPH_VERSION="v27.0").messenger
    assert other is not None
    assert other.graph_version == "v27.0"


@pytest.mark.messenger(42)
@pytest.mark.parametrize(
    "permission",
    ["pages_messaging", "pages_manage_metadata", "pages_show_list", "pages_read_engagement",
     "pages_manage_engagement", "Human Agent"],
)  # fmt: skip
def test_the_review_kit_names_each_permission(permission: str) -> None:
    """What it is for and what to answer: in the guide, by its own name."""
    assert permission in GUIDE.read_text(encoding="utf-8")


@pytest.mark.messenger(42)
def test_the_review_kit_has_steps_a_script_and_the_addresses() -> None:
    """Numbered test steps, a screencast shot by shot, and every address to paste."""
    guide = GUIDE.read_text(encoding="utf-8")
    lower = guide.lower()
    assert "screencast" in lower
    assert "test steps" in lower or "steps for the reviewer" in lower
    assert guide.count("\n1. ") >= 2
    assert "role" in lower
    for address in (WEBHOOK, f"{WEBHOOK}/deletion", f"{WEBHOOK}/deauthorize"):
        assert address in guide
    for field in watch.FIELDS:
        assert field in guide, field
