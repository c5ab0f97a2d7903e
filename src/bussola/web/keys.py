"""Typed keys of the aiohttp application: what a handler may ask for."""

from __future__ import annotations

import aiohttp
from aiohttp import web
from itsdangerous import Signer

from bussola.conversations.desk_service import DeskService
from bussola.conversations.service import ConversationService
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.service import KnowledgeService
from bussola.settings import Settings
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
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
OUTBOX = web.AppKey("outbox", OutboxStore)
STAFF = web.AppKey("staff", StaffStore)
TEXTS = web.AppKey("texts", Catalogue)
BELL = web.AppKey("bell", Bell)
TEMPLATES = web.AppKey("templates", Templates)
SIGNER = web.AppKey("signer", Signer)
STARTS = web.AppKey("starts", RateLimiter)
GUESSES = web.AppKey("guesses", RateLimiter)
HTTP = web.AppKey("http", aiohttp.ClientSession)
SIGNED_IN = web.RequestKey("signed_in", SignedIn)
