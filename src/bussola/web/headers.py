"""Headers on every answer, and errors that people can read."""

from __future__ import annotations

import logging

from aiohttp import hdrs, web

from bussola.web.keys import SETTINGS, TEMPLATES
from bussola.web.permissions import Handler, may_embed

logger = logging.getLogger(__name__)
_POLICY = (
    "default-src 'self'; font-src 'self' data:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; connect-src 'self'"
)
_TITLES = {
    400: "Richiesta non valida", 401: "Devi accedere", 403: "Non hai il permesso",
    404: "Pagina non trovata", 405: "Operazione non ammessa", 409: "Qualcosa è cambiato",
    413: "Troppo grande", 429: "Troppe richieste", 503: "Servizio non disponibile",
}  # fmt: skip


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers; pages of people and cases are never cached."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.path.startswith(("/api/", "/widget.js", "/static/")) and may_embed(request):
        origin = request.headers.get(hdrs.ORIGIN)
        if origin:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"


@web.middleware
async def readable_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """HTTP errors as a page or as JSON; an unexpected one is logged without the request's text."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or error.text is None or "json" in (error.content_type or ""):
            raise
        return _error(request, error.status, dict(error.headers))
    except Exception as error:  # the citizen must get a sentence, not a stack
        logger.error("request failed: %s %s", request.method, type(error).__name__)
        logger.debug("stack", exc_info=True)
        return _error(request, 503, {})


def _error(request: web.Request, status: int, headers: dict[str, str]) -> web.Response:
    title = _TITLES.get(status, "Errore")
    kept = {k: v for k, v in headers.items() if k.startswith("HX-")}
    if request.path.startswith(("/api/", "/knowledge/", "/health/")):
        return web.json_response({"error": title, "status": status}, status=status, headers=kept)
    page = request.app[TEMPLATES].page(
        "error.html", status, title=title, settings=request.app[SETTINGS]
    )
    page.headers.update(kept)
    return page
