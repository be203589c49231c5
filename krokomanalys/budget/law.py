"""What the law says in figures about results, reserves and deficits: each with its unit, its years and its paragraph.

KL is kommunallagen. Read in the consolidated KL (2017:725) as of SFS 2023:642; the years before 2018 follow the
corresponding paragraphs of KL (1991:900).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Name = Literal[
    "years_to_restore",
    "rur_share",
    "rur_share_negative_equity",
    "rur_use",
    "reserve_share",
    "reserve_share_negative_equity",
    "reserve_cap",
]


@dataclass(frozen=True)
class Rule:
    """A figure in law that holds for the financial years `first` to `last` (None: still).

    unit       "år", or "procent" of taxes, grants and equalisation; "" where the rule is only that it is allowed
    reference  the paragraph, in Swedish
    """

    name: Name
    value: float
    unit: str
    first: int
    last: int | None
    reference: str


_OLD, _NEW, _RUR = "KL (1991:900)", "KL 11 kap.", "i lydelsen före SFS 2023:642"
RULES: tuple[Rule, ...] = (
    Rule("years_to_restore", 3, "år", 2005, 2017, f"{_OLD} 8 kap. 5 a §"),
    Rule("years_to_restore", 3, "år", 2018, None, f"{_NEW} 12 §"),
    Rule("rur_share", 1, "procent", 2013, 2017, f"{_OLD} 8 kap. 3 d §"),
    Rule("rur_share", 1, "procent", 2018, 2023, f"{_NEW} 14 § {_RUR}"),
    Rule("rur_share_negative_equity", 2, "procent", 2013, 2017, f"{_OLD} 8 kap. 3 d §"),
    Rule("rur_share_negative_equity", 2, "procent", 2018, 2023, f"{_NEW} 14 § {_RUR}"),
    Rule("rur_use", 1, "", 2013, 2023, f"{_NEW} 14 § {_RUR}"),
    Rule("rur_use", 1, "", 2024, 2033, "övergångsbestämmelserna till SFS 2023:642"),
    Rule("reserve_share", 1, "procent", 2024, None, f"{_NEW} 14 § andra stycket 1"),
    Rule("reserve_share_negative_equity", 2, "procent", 2024, None, f"{_NEW} 14 § andra stycket 2"),
    Rule("reserve_cap", 5, "procent", 2024, None, f"{_NEW} 14 § tredje stycket"),
)


def rule(name: Name, year: int) -> Rule | None:
    """The rule of that name for a financial year; None where none held then."""
    return next((r for r in RULES if r.name == name and r.first <= year and (r.last is None or year <= r.last)), None)
