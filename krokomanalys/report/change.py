"""What the analysis of a year's population change says: opening, findings and tables made from the numbers."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.analysis import group_change, rank_of_change
from krokomanalys.regions import NATION
from krokomanalys.report import figures_change
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, State, note, opening
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number, percent


def analysis_opening(slice_: Slice, changes: pd.DataFrame, state: State, by: str, when: str) -> Piece:
    """The top of the analysis report."""
    return opening(
        f"Befolkningsanalys för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · befolkning · uppgifter till och med 31 december {slice_.year}",
        lead="För kommunledning och nämnder: vad årets befolkningsförändring består av.",
        findings=analysis_findings(slice_, changes),
        state=state,
        by=by,
        when=when,
    )


def analysis_findings(slice_: Slice, changes: pd.DataFrame) -> list[str]:
    """The year's change, what it consists of, and how it stands to earlier years and to Riket."""
    year, row = slice_.year, changes.loc[[slice_.year]].iloc[0]
    place, among = rank_of_change(changes["change"], year)
    pace = 100 * row["change"] / (row["population"] - row["change"])
    findings = [
        f"{slice_.name} {_changed(row['change'])} under {year}, till **{number(row['population'])}** invånare. "
        f"{_rank(place, among, row['change'])}",
        f"Flyttnettot gav **{number(row['net'], signed=True)}**: {number(row['in_migration'])} flyttade in och "
        f"{number(row['out_migration'])} ut. {natural_words(row['natural']).capitalize()}.",
    ]
    nation = slice_.population.groups
    totals = nation[(nation["region"] == NATION) & (nation["age_group"] == "total") & (nation["sex"] == "T")]
    national = totals.set_index("year")["population"]
    if {year - 1, year} <= set(national.index):
        whole = 100 * (national.loc[year] / national.loc[year - 1] - 1)
        findings.append(
            f"Befolkningen ändrades med **{percent(pace, 2, signed=True)}**, i riket med "
            f"{percent(whole, 2, signed=True)}."
        )
    if pd.notna(row["net_domestic"]):
        findings.append(
            f"Mot övriga Sverige var flyttnettot **{number(row['net_domestic'], signed=True)}** och mot "
            f"utlandet **{number(row['net_foreign'], signed=True)}**."
        )
    return findings


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


def moves_by_age(slice_: Slice) -> Picture | Piece:
    """The year's net migration by single age where it is published, else a note that it isn't."""
    table = slice_.population.migration
    rows = table[(table["region"] == slice_.municipality) & (table["year"] == slice_.year)]
    if rows.empty:
        return note("Flyttningar efter ålder finns inte i underlaget för kommunen, bara totaler.")
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
    return f"Utvecklingen har varit starkare **{place - 1}** av de senaste {among} åren."
