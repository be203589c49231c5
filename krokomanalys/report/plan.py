"""The economic plan as a report shows it: the plan's years, the own rules, and what the printed shares say."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.balance import amount, balance_result, in_force, path
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.money import decimals
from krokomanalys.budget.plan import (
    ASSUMED,
    RuleFinding,
    base_findings,
    implied_base,
    plan_statements,
    policy_findings,
    statement_plan,
)
from krokomanalys.budget.plan import plan_table as plan_of
from krokomanalys.budget.reserves import room
from krokomanalys.budget.sensitivity import KRONOR
from krokomanalys.report import balance, money, sensitivity
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, INK, TEAL, new_axes, swedish_axis
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import NBSP, listed, number, percent, quantity

PLAN_YEARS = 3
"""The budget year and two more (KL 11 kap. 6 §)."""


def ledger_of(slice_: Slice) -> Ledger | None:
    """The ledger of the plan, where the plan stands in one."""
    planned = slice_.budget is not None and slice_.budget.notes.plan is not None
    return money.ledger_of(slice_) if planned else None


def balance_of(slice_: Slice, ledger: Ledger | None) -> BalanceNotes | None:
    """The municipality's statements of balance, with those that the ledger's plan gives where it has no own budget."""
    own = slice_.balance
    if ledger is None or ledger.notes.plan is None or (own and in_force(own, slice_.year, "budget")):
        return own
    told = ledger.notes
    if own is None:
        own = BalanceNotes(region=told.region, document=told.document, unit=told.unit, rounded_to=told.rounded_to)
    planned = plan_statements(ledger, KRONOR[told.unit] / KRONOR[own.unit])
    return own.model_copy(
        update={"statements": (*own.statements, *planned), "policy": own.policy or ledger.notes.plan.policy}
    )


def plan_path(slice_: Slice, notes: BalanceNotes | None) -> tuple[Statement, ...]:
    """The statements up to and with the plan's last year; none where the year has no budget."""
    return path(notes, slice_.year, "budget", slice_.year + PLAN_YEARS - 1) if notes else ()


def plan_opening(
    slice_: Slice,
    ledger: Ledger | None,
    notes: BalanceNotes | None,
    state: State,
    by: str,
    when: str,
) -> Piece:
    """The top of the plan: the result of each year, the law's demands that it doesn't meet, the own rules broken."""
    held = plan_path(slice_, notes)
    ahead = [s for s in held if s.year >= slice_.year]
    found = balance.findings(notes, held, slice_.year)
    findings = [_result_finding(notes, ahead, _shares(slice_, ledger, held))] if notes and ahead else []
    findings += [f.sentence for f in found if f.verdict == "broken"]
    findings += [" ".join(f.sentence for f in found if f.verdict == "unknown")]
    findings += [_rule_finding(slice_, ledger, notes)]
    findings += [sensitivity.worst_change(slice_, notes)] if notes else []
    lights = [balance.law_light(found)] if ahead else []
    last = ahead[-1].year if ahead else slice_.year
    span = f"{slice_.year}–{last}" if last > slice_.year else str(slice_.year)
    return opening(
        f"Ekonomisk plan för {slice_.name} {span}",
        eyebrow=f"{slice_.name} · hela kommunen · budget {slice_.year} och plan"
        + (f" · belopp i {notes.unit}" if notes else ""),
        lead="För kommunstyrelse och fullmäktige: planens resultat, lagens balanskrav, de egna reglerna och vad som "
        "kan ändra resultatet.",
        findings=[finding for finding in findings if finding],
        lights=lights,
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def _result_finding(notes: BalanceNotes, ahead: Sequence[Statement], shares: dict[int, float]) -> str:
    told = []
    for s in ahead:
        used, step = amount(s, "from_rur") + amount(s, "from_reserve"), balance.places(notes)
        text = f"**{quantity(amount(s, 'result'), notes.unit, step, signed=True)}** {s.year}"
        text += "" if pd.isna(shares[s.year]) else f" ({percent(shares[s.year])})"
        told.append(text + (f", där reserver täcker {number(used, step)}" if used > 0 else ""))
    return f"Planen ger resultatet {listed(told)}."


def _rules(slice_: Slice, ledger: Ledger | None, notes: BalanceNotes | None) -> tuple[RuleFinding, ...]:
    """The own rules, kept or not; years before the plan count for years in a row."""
    if notes is None or notes.policy is None or not (held := plan_path(slice_, notes)):
        return ()
    table = statement_plan(held).set_index("year", drop=False)
    table["percent"] = pd.Series(_shares(slice_, ledger, held))
    return policy_findings(table, notes.policy)


def _rule_finding(slice_: Slice, ledger: Ledger | None, notes: BalanceNotes | None) -> str:
    """Which of the own rules are broken; their figures stand under Egna regler."""
    found = _rules(slice_, ledger, notes)
    broken = [f.rule for f in found if not f.kept]
    return f"Planen håller inte alla egna regler. Det gäller **{listed(broken)}**." if broken else ""


def _shares(slice_: Slice, ledger: Ledger | None, held: Sequence[Statement]) -> dict[int, float]:
    """The results of the plan's years in per cent of taxes and grants: as printed, else computed; NaN where unknown."""
    printed = ledger.notes.plan.percent if ledger is not None and ledger.notes.plan is not None else {}
    computed = statement_plan(held).set_index("year")["percent"]
    return {s.year: printed.get(s.year, float(computed[s.year])) for s in held if s.year >= slice_.year}


def plan_table(slice_: Slice, ledger: Ledger | None, notes: BalanceNotes | None) -> Table | Piece | None:
    """The plan's years with the result before and after the reserves; what is missing where there is no plan."""
    if ledger is not None:
        return plan_table_of(ledger)
    ahead = [s for s in plan_path(slice_, notes) if s.year >= slice_.year]
    if notes is None or not ahead:
        return note(f"**Underlag saknas:** planens belopp från {slice_.year}.")
    step = balance.places(notes)
    frame = statement_plan(ahead).assign(balance=[balance_result(s) for s in ahead])
    return Table(
        "plan",
        f"Plan {balance.spell(ahead)}",
        frame,
        {
            "year": Column("År", kind="text"),
            "before_reserve": Column("Årets resultat", notes.unit, decimals=step, signed=True),
            "percent": Column("Andel av skatt och bidrag", "%", decimals=1),
            "reserve_used": Column("Användning av reserver", notes.unit, decimals=step),
            "balance": Column("Balanskravsresultat", notes.unit, decimals=step, signed=True),
        },
        source=f"{balance.source(notes)}: {listed(list(dict.fromkeys(s.name for s in ahead)))}",
    )


def plan_table_of(ledger: Ledger) -> Table:
    """The plan years: result before and after the resultatutjämningsreserv. ValueError without a plan."""
    frame, unit, step = plan_of(ledger), ledger.notes.unit, decimals(ledger.notes.rounded_to)
    if frame.empty:
        raise ValueError("the ledger has no plan")
    return Table(
        "plan",
        f"Plan {int(frame['year'].min())}–{int(frame['year'].max())}",
        frame,
        {
            "year": Column("År", kind="text"),
            "before_reserve": Column("Resultat före RUR", unit, decimals=step, signed=True),
            "reserve_used": Column("Användning av RUR", unit, decimals=step),
            "result": Column("Resultat", unit, decimals=step, signed=True),
            "percent": Column("Andel (basen anges inte)", "%", decimals=1),
            "projects": Column("Projektbudget", unit, decimals=step),
        },
        note="RUR är resultatutjämningsreserven. Projektbudgeten ingår i resultatet. Streck: dokumentet anger inget.",
        source=f"{ledger.notes.document.body}, {ledger.notes.document.title}",
    )


def plan_prose(ledger: Ledger) -> Piece:
    """The plan against the municipality's own rules, and whether its printed shares fit together."""
    plan = ledger.notes.plan
    rules = policy_findings(plan_of(ledger), plan.policy) if plan and plan.policy else ()
    bases = [f.sentence for f in base_findings(ledger)]
    parts = [" ".join(f.sentence for f in rules), " ".join([ASSUMED, *bases]) if bases else ""]
    return prose(*(part for part in parts if part))


def plan_figure(slice_: Slice, notes: BalanceNotes | None) -> Picture | None:
    """The result and the balanskravsresultat by year, outcomes and plan; nothing without a plan."""
    held = [s for s in plan_path(slice_, notes) if s.year >= slice_.year - 5]
    if notes is None or not held:
        return None
    frame = pd.DataFrame(
        [(balance.told(s, slice_.year), amount(s, "result"), balance_result(s)) for s in held],
        columns=["year", "result", "balance"],
    )
    step, unit = balance.places(notes), notes.unit
    figure, axes = new_axes(3.4)
    across = range(len(held))
    colours = [TEAL if s.basis == "outcome" else BLUE for s in held]
    axes.bar(across, frame["result"], width=0.55, color=colours)
    axes.plot(across, frame["balance"], linestyle="", marker="D", markersize=6, color=INK, markerfacecolor="white")
    span = frame[["result", "balance"]].abs().to_numpy().max() or 1.0
    for place, value in enumerate(frame["result"]):
        axes.annotate(
            number(value, step, signed=True),
            (place, value),
            (0, 9 if value >= 0 else -9),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
        )
    axes.axhline(0, color=INK, linewidth=0.8)
    low = min(0.0, float(frame[["result", "balance"]].min().min()))
    axes.set(
        xlabel="", ylabel=unit, ylim=(low - (0.25 * span if low < 0 else 0), float(frame["result"].max()) + 0.25 * span)
    )
    axes.set_xticks(list(across), [label.replace(NBSP, "\n") for label in frame["year"]])
    swedish_axis(axes.yaxis, step)
    worst = frame.iloc[int(frame["result"].argmin())]
    return picture(
        figure,
        name="plan",
        alt=f"Stapeldiagram med årets resultat {held[0].year}–{held[-1].year}. Lägst är {worst['year']}, "
        f"{quantity(worst['result'], unit, step, signed=True)}; balanskravsresultatet blir då "
        f"{quantity(worst['balance'], unit, step, signed=True)}.",
        caption=f"Årets resultat (staplar; ljusare blå är budget och plan) och årets balanskravsresultat (romber), "
        f"{unit}. Källa: {balance.source(notes)}.",
        table=Table(
            "plan_figur",
            "Resultat och balanskravsresultat",
            frame,
            {
                "year": Column("År", kind="text"),
                "result": Column("Årets resultat", unit, decimals=step, signed=True),
                "balance": Column("Balanskravsresultat", unit, decimals=step, signed=True),
            },
        ),
    )


def rules_prose(slice_: Slice, ledger: Ledger | None, notes: BalanceNotes | None) -> Piece | None:
    """The own rules against the plan; nothing where none are known."""
    told = _rules(slice_, ledger, notes)
    return prose(" ".join(f.sentence for f in told)) if told else None


def base_prose(ledger: Ledger | None, notes: BalanceNotes | None) -> Piece | None:
    """What the plan's printed shares say of taxes and grants, and of how much may be reserved; nothing without any."""
    if ledger is None or ledger.notes.plan is None or notes is None:
        return None
    shares, sentences, limits = ledger.notes.plan, [f.sentence for f in base_findings(ledger)], []
    for s in notes.statements:
        share, result = shares.percent.get(s.year), amount(s, "result")
        if not share or not result > 0:
            continue
        base = implied_base(s.year, result, share, ledger.notes.rounded_to, shares.percent_rounded_to)
        least, most = _limit(s, base.high), _limit(s, base.low)
        if most == 0:
            limits.append(f"Av resultatet {s.year} får då inget reserveras.")
        else:
            shown = " och ".join(number(limit, balance.places(notes)) for limit in (least, most))
            limits.append(f"Av resultatet {s.year} får då högst mellan {shown} {notes.unit} reserveras.")
    if not limits:
        return None
    end = "Det gäller om det egna kapitalet med ansvarsförbindelsen inte är negativt (KL 11 kap. 14 §)."
    return prose(ASSUMED, " ".join(sentences), " ".join([*limits, end]))


def _limit(s: Statement, base: float) -> float:
    space = room(s.model_copy(update={"taxes_and_grants": base, "equity": 0.0}), 0.0)
    return float("nan") if space is None else space.limit
