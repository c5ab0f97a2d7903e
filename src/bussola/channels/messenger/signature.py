"""Proof that the platform wrote what came in, and that we wrote what goes out: HMAC-SHA256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

_HEADER = re.compile(r"sha256=([0-9a-f]{64})")
_SIGNED_REQUEST = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]+)")
_ALGORITHM = "HMAC-SHA256"


def verify(raw: bytes, header: str | None, secret: str) -> bool:
    """Whether `header` (``X-Hub-Signature-256``) signs exactly these bytes with the app secret.

    `raw` is the body as it came: the platform signs its own escaped form, so JSON that was read
    and written again does not verify. Without a secret nothing verifies. Never raises.
    """
    found = _HEADER.fullmatch(header or "")
    if found is None or not secret:
        return False
    return hmac.compare_digest(_digest(secret, raw).hex(), found[1])


def appsecret_proof(token: str, secret: str) -> str:
    """The 64 hex digits that go with each call made with `token`."""
    return _digest(secret, _bytes(token)).hex()


def read_signed_request(text: str, secret: str) -> dict[str, Any] | None:
    """The payload of a ``signed_request`` (data deletion, deauthorize), or None when not theirs.

    The signature covers the payload as written, before base64url (no padding) is decoded. It is
    compared as written too: decoding would forgive changes in the unused last bits. Never raises.
    """
    found = _SIGNED_REQUEST.fullmatch(text)
    if found is None or not secret:
        return None
    written, payload = found.groups()
    signature = base64.urlsafe_b64encode(_digest(secret, payload.encode())).decode().rstrip("=")
    if not hmac.compare_digest(signature, written):
        return None
    return _payload(payload)


def _payload(written: str) -> dict[str, Any] | None:
    """The JSON object behind base64url, when it names the only algorithm we accept."""
    try:
        read = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or read.get("algorithm") != _ALGORITHM:
        return None
    return read


def _digest(secret: str, message: bytes) -> bytes:
    return hmac.new(_bytes(secret), message, hashlib.sha256).digest()


def _bytes(text: str) -> bytes:
    """UTF-8 that takes any string: a wrong secret fails to verify, it does not fail to encode."""
    return text.encode("utf-8", "surrogatepass")
