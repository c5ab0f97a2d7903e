"""Typed keys of the aiohttp application: what a handler may ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
from aiohttp import web
from itsdangerous import Signer

from bussola.conversations.desk_service import DeskService
from bussola.conversations.guards import Words
from bussola.conversations.ports import Moderation, Reach
from bussola.conversations.service import ConversationService
from bussola.desk_settings import DeskSettings
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.service import KnowledgeService
from bussola.settings import Settings
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.desk_figures import DeskFigures
from bussola.storage.desk_store import DeskStore
from bussola.storage.outbox_store import OutboxStore
from bussola.storage.staff_store import SignedIn, StaffStore
from bussola.texts import Catalogue
from bussola.web.bell import Bell
from bussola.web.rate_limit import RateLimiter
from bussola.web.templates import Templates

SETTINGS = web.AppKey("settings", Settings)
KNOWLEDGE = web.AppKey("knowledge", KnowledgeService)
GUIDE = web.AppKey("guide", CuratedGuide)
CONVERSATIONS = web.AppKey("conversations", ConversationService)
CONVERSATION_STORE = web.AppKey("conversation_store", ConversationStore)
DESK = web.AppKey("desk", DeskService)
CASE_STORE = web.AppKey("case_store", CaseStore)
DESK_SETTINGS = web.AppKey("desk_settings", DeskSettings)
DESK_STORE = web.AppKey("desk_store", DeskStore)
DESK_FIGURES = web.AppKey("desk_figures", DeskFigures)
GUARD_WORDS = web.AppKey("guard_words", Words)
OUTBOX = web.AppKey("outbox", OutboxStore)
STAFF = web.AppKey("staff", StaffStore)
TEXTS = web.AppKey("texts", Catalogue)
BELL = web.AppKey("bell", Bell)
TEMPLATES = web.AppKey("templates", Templates)
SIGNER = web.AppKey("signer", Signer)
STARTS = web.AppKey("starts", RateLimiter)
GUESSES = web.AppKey("guesses", RateLimiter)
HTTP = web.AppKey("http", aiohttp.ClientSession)
REACHES = web.AppKey("reaches", dict[str, Callable[[str], Awaitable[Reach]]])
"""By channel: until when a citizen can be written to. Channels without limits are not in it."""
MODERATION = web.AppKey("moderation", Moderation)
SIGNED_IN = web.RequestKey("signed_in", SignedIn)
