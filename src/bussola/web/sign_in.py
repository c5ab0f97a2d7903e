"""Staff sign in with a password; the cookie is opaque and the database knows only its hash."""

from __future__ import annotations

import asyncio
import secrets

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bussola.storage.staff_store import IDLE, LONGEST
from bussola.web.keys import GUESSES, SETTINGS, STAFF, TEMPLATES
from bussola.web.permissions import COOKIE, Routes, same_origin

MIN_PASSWORD = 12
_hasher = PasswordHasher()
# Hashed once, so that an unknown login takes as long as a wrong password.
_NOBODY = _hasher.hash(secrets.token_urlsafe())
_HOME = {"expert": "/desk", "curator": "/studio", "admin": "/desk"}


def hash_password(password: str) -> str:
    """argon2id. Raises ValueError when the password is too short."""
    if len(password) < MIN_PASSWORD:
        raise ValueError(f"la password deve avere almeno {MIN_PASSWORD} caratteri")
    return _hasher.hash(password)


def add_routes(routes: Routes) -> None:
    routes.get("/accesso", show, "everybody")
    routes.post("/accesso", enter, "everybody")
    routes.post("/uscita", leave, "staff")


async def show(request: web.Request) -> web.Response:
    return _form(request, _safe_next(request.query.get("next", "")), None)


async def enter(request: web.Request) -> web.Response:
    form = await request.post()
    after = _safe_next(str(form.get("next", "")))
    login = str(form.get("login", "")).strip().lower()
    if not same_origin(request):
        raise web.HTTPForbidden
    guesses = request.app[GUESSES]
    if not guesses.allow(f"login:{login}") or not guesses.allow(f"login-from:{request.remote}"):
        return _form(request, after, "Troppi tentativi. Aspetta qualche minuto e riprova.", 429)
    staff = await request.app[STAFF].by_login(login)
    stored = staff.password_hash if staff else _NOBODY
    right = await asyncio.to_thread(_matches, stored, str(form.get("password", "")))
    if staff is None or not right:
        return _form(request, after, "Nome utente o password non corretti.", 401)
    token = secrets.token_urlsafe(32)
    await request.app[STAFF].sign_in(staff.id, token, secrets.token_urlsafe(16))
    response = web.Response(status=303, headers={"Location": after or _HOME[staff.role]})
    response.set_cookie(
        COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="Lax",
        secure=request.app[SETTINGS].secure_cookies, path="/",
    )  # fmt: skip
    return response


async def leave(request: web.Request) -> web.Response:
    await request.app[STAFF].sign_out(request.cookies[COOKIE])
    response = web.Response(status=303, headers={"Location": "/accesso"})
    response.del_cookie(COOKIE, path="/")
    return response


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False


def _safe_next(target: str) -> str:
    """Only our own pages: `//host` and other schemes are dropped."""
    return target if target.startswith(("/desk", "/studio")) else ""


def _form(request: web.Request, after: str, error: str | None, status: int = 200) -> web.Response:
    return request.app[TEMPLATES].page(
        "sign_in.html", status, after=after, error=error, idle=int(IDLE.total_seconds() // 60)
    )
