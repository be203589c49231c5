"""Status lights: a shape and a word for each status, so that colour never has to be seen to be understood.

Level and trend are two lights. A trend's arrow points up where it gets better and down where it gets worse, whichever
way the number goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from krokomanalys.targets.status import Status

LightStatus = Literal[
    "met", "nearly", "partly", "not_met", "not_judged", "no_target", "stale", "neutral",
    "better", "worse", "unchanged", "mixed",
]  # fmt: skip
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "neutral": "för kännedom",
        "better": "bättre",
        "worse": "sämre",
        "unchanged": "oförändrat",
        "mixed": "åt olika håll",
    }
)
"""The words of the lights that are no status of a goal."""


@dataclass(frozen=True)
class _Look:
    colour: str
    shape: str  # what stands inside a 12 x 12 svg, drawn in the current colour


LOOKS: Mapping[LightStatus, _Look] = MappingProxyType(
    {
        "met": _Look("#1a6b3c", '<circle cx="6" cy="6" r="5.5"/>'),
        "nearly": _Look(
            "#4c6400",
            '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="2"/>'
            '<path d="M6 1.5a4.5 4.5 0 0 0 0 9z"/>',
        ),
        "partly": _Look("#8a5a00", '<path d="M6 0l6 6-6 6-6-6z"/>'),
        "not_met": _Look("#a1260d", '<path d="M.5.5h11v11H.5z"/>'),
        "not_judged": _Look(
            "#525a64",
            '<circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        ),
        "no_target": _Look("#525a64", '<path d="M.5 4.5h11v3H.5z"/>'),
        "stale": _Look(
            "#525a64",
            '<path d="M1.5 1.5l9 9m0-9l-9 9" fill="none" stroke="currentColor" stroke-width="2"/>',
        ),
        "neutral": _Look("#0b5c6b", '<path d="M2 .5l9 5.5-9 5.5z"/>'),
        "better": _Look("#1a6b3c", '<path d="M6 0l5 5.5H7.5V12h-3V5.5H1z"/>'),
        "worse": _Look("#a1260d", '<path d="M6 12L1 6.5h3.5V0h3v6.5H11z"/>'),
        "unchanged": _Look("#525a64", '<path d="M0 4.5h6.5V1L12 6l-5.5 5V7.5H0z"/>'),
        "mixed": _Look("#8a5a00", '<path d="M3 0l3 3.5H4V12H2V3.5H0zM9 12L6 8.5h2V0h2v8.5h2z"/>'),
    }
)


@dataclass(frozen=True)
class Light:
    """One status as a reader sees it.

    status   one of the design's status words, neutral for what isn't judged at all, or a trend: better, worse,
             unchanged, mixed (some of it better, some worse)
    words    what stands beside the shape, in Swedish; the status' own words where blank
    subject  what it is that has this status, where that isn't plain from the place ("16 000 invånare år 2030")
    """

    status: LightStatus
    words: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        """Refuse a status that has no light, and say which there are."""
        if self.status not in LOOKS:
            raise ValueError(f"no light for the status {self.status!r}; there are {', '.join(get_args(LightStatus))}")

    @property
    def text(self) -> str:
        """The words beside the shape, with a capital."""
        words = self.words or WORDS.get(self.status) or Status(self.status).word
        return words[:1].upper() + words[1:]

    @property
    def html(self) -> str:
        """A fragment that needs no style sheet: the shape is drawn, so it is there in JupyterLab and in print."""
        look = LOOKS[self.status]
        short = " short" if len(self.text.split()) <= 2 else ""
        return (
            f'<span class="light {self.status}{short}" style="color:{look.colour}">'
            f'<svg class="shape" viewBox="0 0 12 12" width="12" height="12" fill="currentColor" aria-hidden="true">'
            f"{look.shape}</svg> {escape(self.text)}</span>"
        )

    def as_json(self) -> dict[str, str]:
        """Status, words as shown and subject; `light_from` reads it back."""
        return {"status": self.status, "words": self.text, "subject": self.subject}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        subject = f"{escape(self.subject)}: " if self.subject else ""
        return {
            "text/plain": f"{self.subject}: {self.text}" if self.subject else self.text,
            "text/html": f"<p>{subject}{self.html}</p>",
            "application/vnd.krokomanalys.light+json": self.as_json(),
        }


def light(status: str, words: str = "", subject: str = "") -> Light:
    """The light for a status that is known as text; ValueError where there is no such status."""
    return Light(cast(LightStatus, status), words, subject)


def light_from(value: object) -> Light:
    """The light that a table cell or a JSON record holds: a Light, its `as_json`, or the status alone."""
    if isinstance(value, Light):
        return value
    if isinstance(value, Mapping):
        return light(value["status"], value.get("words", ""), value.get("subject", ""))
    return light(str(value))
