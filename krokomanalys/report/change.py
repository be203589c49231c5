"""What the analysis of a year's population change says: opening, findings and tables made from the numbers."""

from __future__ import annotations

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.population.analysis import group_change, rank_of_change
from krokomanalys.population.history import History
from krokomanalys.regions import NATION
from krokomanalys.report import figures_change
from krokomanalys.report.age_measures import observed_finding
from krokomanalys.report.by_group import group_finding
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, State, note, opening
from krokomanalys.report.pictures import Picture
from krokomanalys.report.structure import vital_changes, vital_findings
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number, percent


def analysis_opening(
    slice_: Slice, changes: pd.DataFrame, observed: History | Missing, state: State, by: str, when: str
) -> Piece:
    """The top of the analysis report."""
    return opening(
        f"Befolkningsanalys för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · befolkning · uppgifter till och med 31 december {slice_.year}",
        lead="För kommunledning och nämnder: vad årets befolkningsförändring består av, i vilka åldrar, och varför.",
        findings=analysis_findings(slice_, changes, observed),
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def analysis_findings(slice_: Slice, changes: pd.DataFrame, observed: History | Missing) -> list[str]:
    """The year's change and its pace, moves, ages, births and deaths, and the age structure that results."""
    findings = [change_finding(slice_, changes), moves_finding(changes.loc[[slice_.year]].iloc[0])]
    if isinstance(observed, History):
        findings.append(group_finding(slice_, observed))
    findings += vital_findings(vital_changes(slice_, observed))
    structure = observed_finding(slice_)
    return [*findings, structure] if structure else findings


def change_finding(slice_: Slice, changes: pd.DataFrame) -> str:
    """The year's change, how it stands to earlier years, and its pace beside Riket's."""
    year = slice_.year
    change, population = float(changes["change"][year]), float(changes["population"][year])
    place, among = rank_of_change(changes["change"], year)
    text = (
        f"{slice_.name} {_changed(change)} under {year}, till **{number(population)}** invånare. "
        f"{_rank(place, among, change)}"
    )
    nation = slice_.population.groups
    totals = nation[(nation["region"] == NATION) & (nation["age_group"] == "total") & (nation["sex"] == "T")]
    national = totals.set_index("year")["population"]
    if {year - 1, year} <= set(national.index):
        pace = percent(100 * change / (population - change), 2, signed=True)
        whole = percent(100 * (national.loc[year] / national.loc[year - 1] - 1), 2, signed=True)
        text += f" Ändringen var **{pace}**, i riket {whole}."
    return text


def moves_finding(row: pd.Series[float]) -> str:
    """Net migration in and out, domestic and abroad where known, and births against deaths."""
    text = (
        f"Flyttnettot gav **{number(row['net'], signed=True)}**: {number(row['in_migration'])} flyttade in och "
        f"{number(row['out_migration'])} ut. "
    )
    if pd.notna(row["net_domestic"]):
        text += (
            f"Mot övriga Sverige var det **{number(row['net_domestic'], signed=True)}**, mot utlandet "
            f"**{number(row['net_foreign'], signed=True)}**. "
        )
    words = natural_words(row["natural"])
    return f"{text}{words[:1].upper()}{words[1:]}."


def change_table(changes: pd.DataFrame, year: int) -> Table:
    """All components of the last ten years, with the adjustment that makes each row add up."""
    frame = changes.loc[year - 9 : year].reset_index()
    return Table(
        "forandring",
        f"Befolkningsförändringen {frame['year'].iloc[0]}–{year}, antal personer",
        frame,
        {
            "year": Column("År", kind="text"),
            "births": Column("Födda"),
            "deaths": Column("Döda"),
            "in_migration": Column("Inflyttade"),
            "out_migration": Column("Utflyttade"),
            "adjustment": Column("Justering", signed=True),
            "change": Column("Förändring", signed=True),
            "population": Column("Invånare 31\u00a0dec"),
        },
        note="Förändring = födda − döda + inflyttade − utflyttade + justering. Justering är SCB:s rättelser.",
        source="SCB",
    )


def group_change_table(slice_: Slice) -> Table:
    """Published age groups at the two ends of the year."""
    year = slice_.year
    frame = group_change(slice_.population.groups, slice_.municipality, (year - 1, year), PARTITION).reset_index()
    frame["name"] = frame["age_group"].map(GROUP_NAMES).str.capitalize()
    frame["percent"] = 100 * frame["change"] / frame["before"]
    frame["kind"] = ["total" if g == "total" else "" for g in frame["age_group"]]
    return Table(
        "aldersgrupper_ar",
        f"Åldersgrupper {year - 1} och {year}, antal personer",
        frame,
        {
            "name": Column("Åldersgrupp", kind="text"),
            "before": Column(str(year - 1)),
            "after": Column(str(year)),
            "change": Column("Förändring", signed=True),
            "percent": Column("Förändring", "%", decimals=1, signed=True),
        },
        row_kind="kind",
        source="SCB",
        note="I en åldersgrupp ändras antalet också av att alla blir ett år äldre.",
    )


def moves_table(slice_: Slice, changes: pd.DataFrame) -> Table:
    """The year's moves in and out, within the country and across its border, beside the ten years' mean net."""
    year, row = slice_.year, changes.loc[[slice_.year]].iloc[0]
    table = slice_.population.migration
    known = table[(table["region"] == slice_.municipality) & (table["year"] == year)]
    mean = changes.loc[year - 9 : year]

    def count(column: str) -> float:
        return float(known[column].sum()) if len(known) else float("nan")

    nets = ["net_domestic", "net_foreign", "net"]
    frame = pd.DataFrame(
        {
            "place": ["Övriga Sverige", "Utlandet", "Alla"],
            "in": [count("in_domestic"), count("immigration"), row["in_migration"]],
            "out": [count("out_domestic"), count("emigration"), row["out_migration"]],
            "net": [row[c] for c in nets],
            "mean": [mean[c].mean(skipna=False) for c in nets],
        }
    )
    frame["kind"] = ["", "", "total"]
    return Table(
        "flyttningar",
        f"Flyttningar {year}, antal personer",
        frame,
        {
            "place": Column("Mot", kind="text"),
            "in": Column("Inflyttade"),
            "out": Column("Utflyttade"),
            "net": Column("Flyttnetto", signed=True),
            "mean": Column(f"Flyttnetto, medel {mean.index[0]}–{year}", signed=True),
        },
        row_kind="kind",
        note="" if len(known) else "In och ut är inte publicerade var för sig för inrikes och utrikes, bara nettot.",
        source="SCB",
    )


def moves_by_age(slice_: Slice) -> Picture | Piece:
    """The year's net migration by single age where it is published, else a note that it isn't."""
    table = slice_.population.migration
    rows = table[(table["region"] == slice_.municipality) & (table["year"] == slice_.year)]
    if rows.empty:
        return note(
            "Flyttningar efter ålder finns inte i underlaget för kommunen. Prognosens sida visar en uppskattning."
        )
    net = rows["in_domestic"] + rows["immigration"] - rows["out_domestic"] - rows["emigration"]
    by_age = net.groupby(rows["age"]).sum().to_numpy()
    return figures_change.migration_by_age(by_age, (slice_.year, slice_.year), estimated=False)


def natural_words(natural: float) -> str:
    """Births against deaths in words, the number in bold."""
    if round(natural) == 0:
        return "lika många föddes som dog"
    return f"**{number(abs(natural))}** fler {'föddes än dog' if natural > 0 else 'dog än föddes'}"


def _changed(change: float) -> str:
    if round(change) == 0:
        return "var oförändrat i antal"
    persons = "person" if round(abs(change)) == 1 else "personer"
    return f"{'ökade' if change > 0 else 'minskade'} med **{number(abs(change))}** {persons}"


def _rank(place: int, among: int, change: float) -> str:
    if place == 1:
        best = "Det är den största ökningen" if change > 0 else "Bättre har det inte gått"
        return f"{best} på {among} år."
    return f"{'Bara ' if place == 2 else ''}**{place - 1}** av de senaste {among} åren var starkare."
