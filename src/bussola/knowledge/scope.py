"""What a text is about: what entries answer, somebody's own case, another matter, an expert's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SCOPES = ("general", "personal_case", "off_topic", "expert")
GENERAL, PERSONAL, ELSEWHERE, EXPERT = range(len(SCOPES))
_SCOPE_OF_KIND = {
    "entry": GENERAL, "personal_case": PERSONAL, "elsewhere": ELSEWHERE,
    "out_of_scope": ELSEWHERE, "expert": EXPERT,
}  # fmt: skip


def scopes_of(kinds: list[str]) -> NDArray[np.int64]:
    """The scope of each target's kind, as indices into SCOPES."""
    return np.array([_SCOPE_OF_KIND[kind] for kind in kinds])
