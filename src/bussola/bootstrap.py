"""The composition root: the only place that chooses concrete classes. Nothing connects on import."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web
from itsdangerous import Signer

from bussola import workers
from bussola.bot_client.rasa import RasaBot
from bussola.calculators import api as calculators_api
from bussola.channels.messenger import callbacks as messenger_callbacks
from bussola.channels.messenger import routes as messenger
from bussola.channels.messenger import webhook as messenger_webhook
from bussola.channels.messenger.channel import MessengerChannel
from bussola.channels.messenger.profile import profile
from bussola.channels.webchat import routes as webchat
from bussola.channels.webchat.sender import WebChatSender
from bussola.conversations.desk_rules import expected_by
from bussola.conversations.desk_service import DeskService
from bussola.conversations.guide_replies import GuideReplies
from bussola.conversations.ports import Bot, Limiter
from bussola.conversations.replies import Replies
from bussola.conversations.service import ConversationService, Patience
from bussola.desk import pages as desk
from bussola.desk_settings import DeskSettings, load_desk
from bussola.guard_words import load_words
from bussola.knowledge import api as knowledge_api
from bussola.knowledge import encoders
from bussola.knowledge.answers import CuratedAnswers
from bussola.knowledge.asked import read_asked
from bussola.knowledge.calibration import Policy
from bussola.knowledge.embedding import CachedEncoder, Encoder
from bussola.knowledge.figures import italian_date
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.learnt_store import LearntStore
from bussola.knowledge.service import KnowledgeService
from bussola.settings import Settings, SettingsError
from bussola.site import pages as site
from bussola.storage.case_store import CaseStore
from bussola.storage.comment_store import CommentStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.database import Database
from bussola.storage.desk_figures import DeskFigures
from bussola.storage.desk_store import DeskStore
from bussola.storage.insights import Insights
from bussola.storage.messenger_store import MessengerStore
from bussola.storage.migrating import migrate
from bussola.storage.outbox_store import OutboxStore
from bussola.storage.staff_store import StaffStore
from bussola.studio import pages as studio
from bussola.texts import Catalogue
from bussola.voice_words import load_voice_words
from bussola.web import health, keys, sign_in
from bussola.web.bell import Bell
from bussola.web.headers import add_headers, readable_errors
from bussola.web.permissions import Routes, allow
from bussola.web.rate_limit import FloodGuard, for_guesses, for_starts
from bussola.web.templates import Templates

logger = logging.getLogger(__name__)
MAX_BODY_BYTES = 256 * 1024
_LOOK_FOR_BOT_SECONDS = 2.0


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def build_encoder(
    settings: Settings, say: Callable[[str], None] = lambda _: None, anew: bool = False
) -> Encoder:
    """The encoder of the settings, made first when missing, out of date or wanted `anew`: minutes."""
    which, backend = settings.encoder, settings.encoder_backend
    folder = encoders.prepare(which, backend, settings.cache, settings.faq, say, anew)
    return encoders.open_encoder(which, backend, folder)


def _open_encoder(settings: Settings) -> Encoder:
    """The encoder as set-up left it: a start does not ask whether the questions have changed."""
    which, backend = settings.encoder, settings.encoder_backend
    if not encoders.is_made(which, backend, settings.cache):
        return build_encoder(settings)
    return encoders.open_encoder(which, backend, encoders.folder_of(which, settings.cache))


def build_knowledge(settings: Settings, encoder: Encoder | None = None) -> KnowledgeService:
    """Knowledge over the folder of the settings; the index is built at the first question."""
    encoder = encoder or _open_encoder(settings)
    return KnowledgeService(
        settings.faq,
        cached(settings, encoder),
        encoder,
        Policy(),
        settings.day,
        learnt_store(settings),
        read_asked(settings.calibration),
    )


def cached(settings: Settings, encoder: Encoder) -> CachedEncoder:
    """`encoder`, remembering the vectors of what curators wrote."""
    return CachedEncoder(encoder, settings.cache / "vectors")


def learnt_store(settings: Settings) -> LearntStore:
    """Where what is learnt for a version of the knowledge is kept."""
    return LearntStore(settings.cache / "learnt")


def promised_day(desk: DeskSettings) -> Callable[[datetime], date]:
    """From when a case is opened to the day by which the office answers."""
    calendar, days = desk.calendar(), desk.level().working_days
    return lambda at: expected_by(at, days, calendar)


def create_app(
    settings: Settings,
    knowledge: KnowledgeService | None = None,
    bot: Bot | None = None,
    limiter: Limiter | None = None,
) -> web.Application:
    """The whole service of ours in one application. Raises SettingsError when secrets miss."""
    for name in ("bot_token", "knowledge_token", "secret"):
        if len(getattr(settings, name)) < 16:
            raise SettingsError(f"BUSSOLA_{name.upper()} is missing: run `make setup`")
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=[health.measured, readable_errors, health.once_ready, allow],
    )
    app.on_response_prepare.append(add_headers)
    app[keys.SETTINGS] = settings
    app[keys.KNOWLEDGE] = knowledge or build_knowledge(settings)
    app[keys.BELL] = Bell()
    app[keys.TEXTS] = texts = Catalogue(settings.texts)
    service = app[keys.KNOWLEDGE]
    app[keys.GUIDE] = CuratedGuide(
        lambda: service.snapshot.knowledge, settings.day, texts, settings.public_url
    )
    app[keys.TEMPLATES] = Templates(settings)
    app[keys.SIGNER] = Signer(settings.secret, salt="conversation")
    app[keys.STARTS], app[keys.GUESSES] = for_starts(), for_guesses()
    app[health.BOT_READY] = {"bot": False}
    app[health.READY] = asyncio.Event()
    app[keys.REACHES] = {}
    app.cleanup_ctx.append(_connected(settings, bot, limiter or FloodGuard()))
    _add_routes(app)
    return app


def _add_routes(app: web.Application) -> None:
    routes = Routes(app)
    for room in (webchat, messenger, site, sign_in, desk, studio, health):
        room.add_routes(routes)
    match = knowledge_api.handler(keys.KNOWLEDGE)
    routes.post("/knowledge/match", match, "knowledge_client")
    calculate = calculators_api.handler(keys.KNOWLEDGE)
    routes.post("/knowledge/calculate", calculate, "knowledge_client")
    static = app[keys.SETTINGS].static
    if static.is_dir():
        app.router.add_static("/static/", static)


def _connected(
    settings: Settings, bot: Bot | None, limiter: Limiter
) -> Callable[[web.Application], AsyncIterator[None]]:
    """Everything that connects, opened when the application starts and closed when it ends."""

    async def connected(app: web.Application) -> AsyncIterator[None]:
        clock, bell = SystemClock(), app[keys.BELL]
        await asyncio.to_thread(migrate, settings.database_url)
        database = Database(settings.database_url)
        store = _add_stores(app, settings, database, clock)
        if database.is_sqlite:
            # One process owns the file: whatever was leased belonged to one that is gone.
            await store.release_all()
        async with aiohttp.ClientSession() as session:
            rasa = bot or RasaBot(session, settings.rasa_url, settings.bot_token, settings.secret)
            service = _conversation_service(app, settings, store, rasa, limiter)
            app[keys.CONVERSATIONS] = service
            senders: dict[str, workers.Sender] = {"webchat": WebChatSender(bell)}
            watching = asyncio.create_task(_watch(app, rasa))
            with _messenger(app, settings, database, session, clock, senders):
                async for _ in workers.running(
                    service, app[keys.OUTBOX], senders, bell, app[health.READY]
                ):
                    yield
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        await database.close()

    return connected


@contextmanager
def _messenger(
    app: web.Application,
    settings: Settings,
    database: Database,
    session: aiohttp.ClientSession,
    clock: SystemClock,
    senders: dict[str, workers.Sender],
) -> Iterator[None]:
    """The page on Messenger, when there is one."""
    store, page = MessengerStore(database, clock), settings.messenger
    app[messenger_callbacks.STORE] = store
    if page is None:
        yield
        return
    texts = app[keys.TEXTS]
    channel = MessengerChannel(
        page,
        session,
        secret=settings.secret,
        service=app[keys.CONVERSATIONS],
        conversations=app[keys.CONVERSATION_STORE],
        store=store,
        comment_store=CommentStore(database),
        sort=partial(_sort, app[keys.KNOWLEDGE]),
        words=app[keys.GUARD_WORDS],
        texts=texts,
        link=lambda path: f"{settings.public_url}{path}",
        bell=app[keys.BELL],
    )
    senders["messenger"] = channel.sender
    app[messenger_webhook.RECEIVER] = channel.receiver
    app[keys.REACHES]["messenger"] = channel.reach
    app[keys.MODERATION] = channel.comments
    with channel.running(lambda: messenger_profile(app[keys.KNOWLEDGE], texts)):
        yield


def messenger_profile(knowledge: KnowledgeService, texts: Catalogue) -> dict[str, Any]:
    """What the page on Messenger shows before anybody writes."""
    themes = [(theme.id, theme.label) for theme in CuratedAnswers(knowledge, texts).themes()]
    return profile(texts, themes)


async def _sort(knowledge: KnowledgeService, text: str) -> tuple[str, str | None]:
    """The verdict on a text, and the entry that answers it."""
    found = await asyncio.to_thread(knowledge.match, text)
    answered = found.verdict in {"answer", "ask_which"}
    return found.verdict, found.matches[0].entry_id if answered and found.matches else None


def _add_stores(
    app: web.Application, settings: Settings, database: Database, clock: SystemClock
) -> ConversationStore:
    app[keys.DESK_SETTINGS] = desk_settings = load_desk(settings)
    store = ConversationStore(database, clock, promised_day(desk_settings))
    app[keys.CONVERSATION_STORE] = store
    app[keys.CASE_STORE] = CaseStore(database, clock)
    app[keys.DESK_STORE] = DeskStore(database, clock)
    app[keys.DESK_FIGURES] = DeskFigures(database)
    app[keys.GUARD_WORDS] = load_words(settings.guards)
    app[keys.OUTBOX] = OutboxStore(database)
    app[keys.STAFF] = StaffStore(database, clock)
    app[studio.INSIGHTS] = Insights(database)
    app[keys.DESK] = DeskService(
        app[keys.CASE_STORE],
        app[keys.DESK_STORE],
        app[keys.TEXTS],
        app[keys.BELL],
        load_voice_words(settings.voice, app[keys.GUARD_WORDS].insults),
        settings.secret,
    )
    return store


def _conversation_service(
    app: web.Application,
    settings: Settings,
    store: ConversationStore,
    bot: Bot,
    limiter: Limiter,
) -> ConversationService:
    texts = app[keys.TEXTS]
    return ConversationService(
        store=store,
        bot=bot,
        replies=Replies(
            CuratedAnswers(app[keys.KNOWLEDGE], texts), texts, GuideReplies(app[keys.GUIDE], texts)
        ),
        limiter=limiter,
        bell=app[keys.BELL],
        clock=SystemClock(),
        words=app[keys.GUARD_WORDS],
        patience=Patience(settings.bot_seconds),
        expected_by=promised_day(app[keys.DESK_SETTINGS]),
        written_date=italian_date,
    )


async def _watch(app: web.Application, bot: Bot) -> None:
    """Build the first index, then keep an eye on the bot; says once when all is ready."""
    await asyncio.to_thread(lambda: app[keys.KNOWLEDGE].snapshot)
    app[health.READY].set()
    said = False
    while True:
        ready = await bot.ready() if isinstance(bot, RasaBot) else True
        app[health.BOT_READY]["bot"] = ready
        if ready and not said:
            said = True
            logger.warning("%s", ready_message(app[keys.SETTINGS]))
        await asyncio.sleep(_LOOK_FOR_BOT_SECONDS)


def ready_message(settings: Settings) -> str:
    """The addresses, for whoever started the service."""
    url, page = settings.public_url, settings.messenger
    practice = f"\n  Messenger (practice)  {page.graph_url}/" if page and page.simulated else ""
    return (
        f"Bussola is ready.\n  site and chat  {url}/\n  experts' desk  {url}/desk\n"
        f"  studio         {url}/studio\n  API            {url}/api/v1/openapi.json{practice}"
    )
