"""Tables about variances: each nämnd's result, what is worth a word, volume and price, and trade inside."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from krokomanalys.budget.decompose import EFFECTS, volume_effects
from krokomanalys.budget.ledger import Ledger, break_between
from krokomanalys.budget.mappings import by_account, longest_match, translated
from krokomanalys.budget.money import decimals
from krokomanalys.budget.trade import eliminated, pairs_of_year, variances_inside
from krokomanalys.budget.variance import (
    board_results,
    entries_to_date,
    hides,
    offset,
)
from krokomanalys.report.amounts import amount, amount_column, compared, source_of, span
from krokomanalys.report.notable_words import limits_short, limits_told, notable_rows, passing_told, under_limit
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice

_KINDS = {"income": "Intäkter", "cost": "Kostnader", "net": "Netto"}


def board_table(ledger: Ledger) -> Table | None:
    """Nämndbidrag and income less cost by nämnd, and the result; nothing where no nämnd has a grant."""
    frame = board_results(ledger, ledger.notes.year)
    if frame.empty:
        return None
    frame["kind"] = frame["role"].map({"row": "", "total": "total"})
    return Table(
        "namndernas_resultat",
        f"Nämndernas resultat {span(ledger)}",
        frame,
        {
            "board": Column("Nämnd", kind="text"),
            "grant": amount_column("Nämndbidrag", ledger),
            "income": amount_column("Intäkter", ledger),
            "cost": amount_column("Kostnader", ledger),
            "result": amount_column("Resultat", ledger, signed=True),
            "budget": amount_column("Budgeterat resultat", ledger),
            "variance": amount_column("Avvikelse", ledger, signed=True),
        },
        row_kind="kind",
        note="Resultat = nämndbidrag + intäkter − kostnader; kostnaderna står som negativa tal. Över noll har nämnden "
        "använt mindre än den fått. Streck: uppgift saknas.",
        source=source_of(ledger),
    )


def notable_table(ledger: Ledger, table: TableName = "net") -> Table | None:
    """The rows whose variance is beyond the limits that the notes give; nothing where no limits are given."""
    limits = ledger.notes.materiality
    if limits is None or table not in ledger.tables:
        return None
    told, frame = compared(ledger, table), notable_rows(ledger, limits, table)
    if frame.empty:
        return None
    year = {"forecast_variance": amount_column("Årets prognos mot budget", ledger, signed=True)}
    return Table(
        f"vasentliga_{table}",
        f"Väsentliga avvikelser, {told.outcome[:1].lower()}{told.outcome[1:]}, störst underskott först",
        frame,
        {
            "line": Column("Rad", kind="text"),
            "budget": amount_column(told.budget, ledger),
            "outcome": amount_column(told.outcome, ledger),
            "variance": amount_column("Avvikelse", ledger, signed=True),
            "percent": Column("Avvikelse", "% av budget", decimals=1, signed=True),
            "limit": amount_column("Gräns", ledger),
            **(year if frame["forecast_variance"].notna().any() else {}),
        },
        note=limits_told(ledger, limits),
        source=source_of(ledger),
    )


def notable_prose(ledger: Ledger, table: TableName = "net") -> Piece | None:
    """Why the largest variance isn't in the table, and whether a small total hides large ones; nothing without limits.

    How many rows are beyond the limits is in `notable_findings`.
    """
    limits = ledger.notes.materiality
    if limits is None or table not in ledger.tables:
        return None
    frame = compared(ledger, table).table
    told = under_limit(ledger, frame, limits)
    if hides(frame, limits):
        both = offset(frame)
        told.append(
            f"Summan {amount(ledger, both.net, signed=True)} är inte väsentlig, men den döljer "
            f"**{amount(ledger, both.better)}** bättre och **{amount(ledger, -both.worse)}** sämre."
        )
    return prose(*told) if told else None


def notable_findings(ledger: Ledger, table: TableName = "net") -> list[str]:
    """How many rows are beyond the limits, and which of them the year's forecast has no material variance of."""
    limits = ledger.notes.materiality
    if limits is None or table not in ledger.tables:
        return []
    frame = compared(ledger, table).table
    rows, found = int((frame["role"] == "row").sum()), notable_rows(ledger, limits, table)
    if found.empty:
        return [f"Ingen av {rows} rader har en väsentlig avvikelse. {limits_told(ledger, limits)}"]
    told = f"**{len(found)}** av {rows} rader har en väsentlig avvikelse, {limits_short(ledger, limits)}."
    return [" ".join([told, *passing_told(ledger, found)])]


def volume_table(slice_: Slice, ledger: Ledger) -> Table | None:
    """What of each line's variance volumes, mix and prices make; nothing where no volumes are given."""
    if slice_.budget is None:
        return None
    volumes = slice_.budget.volumes
    if ledger.notes.board is not None:
        volumes = volumes[volumes["board"].isin(["", ledger.notes.board])]
    frame = volume_effects(volumes, ledger.notes.year)
    if frame.empty:
        return None
    place = frame["line"].where(frame["line"] != "", frame["board"])
    frame["what"] = place + ": " + frame["item"] + " (" + frame["unit"] + ")"
    frame["kind"] = ""
    summed = ["before", "after", "variance", *EFFECTS]
    last = {"what": "Summa", "kind": "total"} | {column: frame[column].sum() for column in summed}
    whole = pd.concat([frame, pd.DataFrame([last])], ignore_index=True)
    mixed = {"mix": amount_column("varav mix", ledger, signed=True)} if frame["mix"].abs().max() > 1e-9 else {}
    return Table(
        "volym_och_pris",
        f"Avvikelser efter volym och pris {span(ledger)}",
        whole,
        {
            "what": Column("Rad", kind="text"),
            "volume_before": Column("Volym, budget", mixed=True),
            "volume_after": Column("Volym, utfall", mixed=True),
            "price_before": Column("Pris, budget", ledger.notes.unit, mixed=True),
            "price_after": Column("Pris, utfall", ledger.notes.unit, mixed=True),
            "variance": amount_column("Avvikelse", ledger, signed=True),
            "volume": amount_column("varav volym", ledger, signed=True),
            **mixed,
            "price": amount_column("varav pris", ledger, signed=True),
        },
        row_kind="kind",
        note="Bara det som har volym och pris, inte hela rader. Priset är för en enhet. Avvikelsen är budgeterad "
        "kostnad minus utfallets; under noll är dyrare än budget. Delarna summerar till den före avrundning: volym "
        "till budgetens snittpris"
        + (", mix (ny sammansättning av det som har samma enhet)" if mixed else "")
        + " och pris på utfallets volym. Streck: summeras inte.",
        source=source_of(ledger),
    )


def account_table(slice_: Slice, ledger: Ledger, before: Ledger | None) -> Table | None:
    """Outcome by group of accounts beside the same months of the year before, both in this year's plan of accounts.

    Nothing where either year's plan of accounts isn't told, or where the years can't be compared.

    Raises:
        InputError: an account of the year before that no row of account_changes carries to this year's plan.
    """
    notes = ledger.notes
    if slice_.budget is None or before is None or break_between(notes, notes.year - 1, notes.year):
        return None
    plan, old_plan = notes.account_plan, before.notes.account_plan
    if plan is None or old_plan is None:
        return None
    entries = before.entries
    if plan != old_plan:
        file = f"data/budget/{notes.region}-{notes.year - 1}.csv"
        entries = translated(entries, slice_.budget.account_changes, old_plan, plan, file)
    sides = (replace(before, entries=entries, months=ledger.months), notes.year - 1), (ledger, notes.year)
    earlier, later = (entries_to_date(held, year).query("table == 'result'") for held, year in sides)
    found = by_account(earlier, later)
    sums = found.groupby(["kind", found["account"].str[:2]])[["earlier", "later"]].sum(min_count=1)
    frame = sums.sort_index(ascending=[False, True]).reset_index()
    accounts = slice_.budget.accounts
    own = accounts[accounts["plan"] == plan]
    names = dict(zip(own["account"], own["name"], strict=True))
    matches = [longest_match(account, names) for account in frame["account"]]
    frame["what"] = [
        f"{account} {names[match] if match else ''}".strip() or "utan konto"
        for account, match in zip(frame["account"], matches, strict=True)
    ]
    frame["change"] = frame["later"] - frame["earlier"]
    sums_of = {side: float(frame[side].sum()) for side in ("earlier", "later")}
    last = {"what": "Summa", **sums_of, "change": sums_of["later"] - sums_of["earlier"], "row": "total"}
    frame = pd.concat([frame.assign(row=""), pd.DataFrame([last])], ignore_index=True)
    same = "" if ledger.months == 12 else "samma månader "
    return Table(
        "utfall_konto",
        f"Utfall efter konto, {span(ledger)} och {same}{notes.year - 1}",
        frame,
        {
            "what": Column("Kontogrupp", kind="text"),
            "earlier": amount_column(str(notes.year - 1), ledger),
            "later": amount_column(str(notes.year), ledger),
            "change": amount_column("Förändring", ledger, signed=True),
        },
        row_kind="row",
        note="Kontona är grupperade på de två första siffrorna"
        + (f"; {notes.year - 1} är omräknat till {plan}" if plan != old_plan else "")
        + ". Streck: inget belopp det året.",
        source=source_of(ledger),
    )


def trade_table(ledger: Ledger) -> Table | None:
    """Income and cost with and without trade between the nämnder; nothing for one nämnd or without such trade."""
    if not _has_trade(ledger):
        return None
    frame = eliminated(ledger)
    frame["what"] = frame["kind"].map(_KINDS)
    frame["row"] = frame["kind"].map({"income": "", "cost": "", "net": "total"})
    return Table(
        "intern_handel",
        f"Intäkter och kostnader utan intern handel, utfall {span(ledger)}",
        frame,
        {
            "what": Column("Slag", kind="text"),
            "gross": amount_column("Nämndernas summa", ledger),
            "internal": amount_column("Varav intern handel", ledger),
            "external": amount_column("Kommunen utåt", ledger),
        },
        row_kind="row",
        note="Det som en nämnd köper av en annan är intäkt hos den ena och kostnad hos den andra. Stämmer de överens "
        "är nettot av den interna handeln noll.",
        source=source_of(ledger),
    )


def trade_prose(ledger: Ledger) -> Piece | None:
    """Whether both sides of the trade are booked alike, and which pair is furthest apart."""
    if not _has_trade(ledger):
        return None
    found = pairs_of_year(ledger)
    odd = found[found["apart"].round(decimals(ledger.notes.rounded_to)) > 0]
    if odd.empty:
        return prose(f"Köpare och säljare har bokfört samma belopp i alla {len(found)} par av nämnder.")
    worst = odd.sort_values("apart").iloc[-1]
    text = (
        f"I **{len(odd)}** av {len(found)} par av nämnder har köpare och säljare inte bokfört samma belopp, månad för "
        f"månad. Längst ifrån varandra är {worst['seller']} (säljare) och {worst['buyer']} (köpare): "
        f"**{amount(ledger, worst['apart'])}**."
    )
    return prose(text)


def trade_pairs(ledger: Ledger) -> Table | None:
    """Who sells to whom, as both have booked it, and what doesn't match."""
    if not _has_trade(ledger):
        return None
    return Table(
        "intern_handel_par",
        f"Intern handel mellan nämnder, utfall {span(ledger)}",
        pairs_of_year(ledger),
        {
            "seller": Column("Säljare", kind="text"),
            "buyer": Column("Köpare", kind="text"),
            "sold": amount_column("Säljarens intäkt", ledger),
            "bought": amount_column("Köparens kostnad", ledger),
            "difference": amount_column("Skillnad", ledger, signed=True),
            "apart": amount_column("Skillnad månad för månad", ledger),
        },
        note="Skillnad är säljarens intäkt minus köparens kostnad. Den sista kolumnen räknar månadernas skillnader "
        "utan tecken: månader som tar ut varandra syns där. Streck: sidan är inte bokförd.",
        source=source_of(ledger),
    )


def trade_variances(ledger: Ledger) -> Table | None:
    """Each nämnd's variance parted in trade with other nämnder and the rest, which is what the municipality feels."""
    if not _has_trade(ledger):
        return None
    frame = variances_inside(ledger)
    frame["kind"] = ""
    sums = {column: frame[column].sum(skipna=False) for column in ("variance", "internal", "external")}
    whole = pd.concat([frame, pd.DataFrame([{"board": "Summa", "kind": "total"} | sums])], ignore_index=True)
    return Table(
        "avvikelse_utan_intern_handel",
        f"Nämndernas avvikelser med och utan intern handel {span(ledger)}",
        whole,
        {
            "board": Column("Nämnd", kind="text"),
            "variance": amount_column("Avvikelse", ledger, signed=True),
            "internal": amount_column("Varav intern handel", ledger, signed=True),
            "external": amount_column("För hela kommunen", ledger, signed=True),
        },
        row_kind="kind",
        note="Ett underskott för att andra nämnder har köpt mindre är ett lika stort överskott hos dem, och inget "
        "underskott för kommunen. Nämndbidrag är inte med. Streck: budget eller utfall saknas för någon del.",
        source=source_of(ledger),
    )


def _has_trade(ledger: Ledger) -> bool:
    """Whether the year's outcome has rows with a counterpart, in a ledger of several nämnder."""
    rows = ledger.entries
    held = (rows["counterpart"] != "") & (rows["year"] == ledger.notes.year) & (rows["basis"] == "outcome")
    return ledger.notes.board is None and bool(held.any())
