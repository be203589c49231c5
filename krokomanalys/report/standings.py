"""Kolada's key figures: the municipality over the years, beside Riket, and its place among the municipalities given."""

from __future__ import annotations

from collections import Counter
from textwrap import fill
from typing import TYPE_CHECKING, Any

import pandas as pd

from krokomanalys.regions import NATION
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, INK, LINE, OLIVE, RUST, TEAL, WIDTH, swedish_axis, theme, year_axis
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import BLANK, NBSP, listed, number, percent, quantity
from krokomanalys.targets.places import FEWEST, decimals, standings, turned

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AREAS = {
    "ekonomi": ("Ekonomi", range(4)),
    "ovrigt": ("Politik, infrastruktur, kultur och fritid", (*range(4, 10), *range(40, 100))),
    "skola": ("Förskola och skola", range(10, 20)),
    "aldreomsorg": ("Äldreomsorg", range(20, 25)),
    "funktionsnedsattning": ("Funktionsnedsättning", range(25, 30)),
    "ifo": ("Individ- och familjeomsorg", range(30, 40)),
}
"""Areas by the first two digits of Kolada's codes (N20007 is äldreomsorg)."""
PANELS, BACK, MOST_LINES = 6, 9, 3  # panels in a figure, years before the last one, other municipalities with own lines
QUARTERS = {
    "best": Light("met", "bästa fjärdedelen"),
    "middle": Light("partly", "mitten"),
    "worst": Light("not_met", "sämsta fjärdedelen"),
}
_WHY = {
    "direction": "det är inte bestämt åt vilket håll som är bättre",
    "source": "källa saknas för vad som är bättre",
    "few": f"färre än {FEWEST} kommuner har värde",
}
_OTHERS = ((TEAL, ":"), (BLUE, "-."), (OLIVE, (0, (5, 1, 1, 1, 1, 1))))
_SOURCE = "Kolada (RKA)"


def standing_findings(slice_: Slice) -> list[str]:
    """How the municipality stands among the others, and what lies furthest from Riket; nothing without Kolada."""
    frame = _current(_standings(slice_))
    if frame.empty:
        return []
    found, year = [], frame["year"].max()
    quarters = Counter(frame["quarter"][frame["quarter"] != ""])
    if quarters:
        found.append(
            f"Kolada {year}: av **{quarters.total()}** färgade nyckeltal hör **{quarters['best']}** till bästa "
            f"fjärdedelen av de jämförda kommunerna och **{quarters['worst']}** till den sämsta."
        )
    elif len(several := frame[frame["of"] > 1]):
        high, low = (several["place"] == 1).sum(), (several["place"] == several["of"]).sum()
        found.append(
            f"Kolada {year}: av **{len(several)}** nyckeltal är {slice_.name} högst i **{high}** och lägst i **{low}** "
            f"bland {_range(several['of'])} kommuner."
        )
    costs = frame[frame["name"].str.contains("ostnad") & ~frame["both_signs"] & (frame["nation"] > 0)]
    apart = (costs["value"] / costs["nation"] - 1).mul(100).sort_values()
    for places, side in ((apart[apart > 0].index[-1:], "över"), (apart[apart < 0].index[:1], "under")):
        found += [
            f"Kostnaden längst {side} Riket: {_title(r.name)}, **{percent(abs(apart[r.Index]))}** {side} "
            f"({number(r.value, decimals(r.unit))} mot {_shown(r.nation, r)})."
            for r in rows_of(costs.loc[places])
        ]
    return found


def whose_ratios(slice_: Slice) -> str:
    """That Kolada's figures are the whole municipality's; "" where it has none."""
    return "Nyckeltalen ur Kolada gäller hela kommunen." if len(_standings(slice_)) else ""


def standing_prose(slice_: Slice) -> Piece | None:
    """Whom the figures compare with, how costs are signed, what is old, and why figures have no colour."""
    frame = _standings(slice_)
    if frame.empty or slice_.ratios is None or slice_.kpis is None:
        return None
    compared = slice_.ratios.loc[slice_.ratios["kpi"].isin(frame["kpi"]), "region"].unique()
    others = [slice_.places[code] for code in compared if len(code) == 4 and code != slice_.municipality]
    latest = int(frame["year"].max())
    said = [
        f"**{len(frame)}** nyckeltal, de senaste från {latest}. "
        + (
            f"Jämförelsen är med {_named(others)}, som har tal i underlaget"
            if others
            else "Ingen annan kommun finns att jämföra med"
        )
        + ". Riket står bredvid men har ingen plats."
    ]
    if signs := sorted(_turned(slice_) & set(frame["kpi"])):
        said.append(
            f"Kostnader är positiva tal: en ökning är en högre kostnad. Kolada skriver {listed(signs)} med minus. Här "
            "är tecknet vänt. Resultat, finansnetto och nettokostnadsavvikelser har kvar sitt tecken. En "
            "nettokostnadsavvikelse över noll betyder högre kostnad än den förväntade."
        )
    if len(old := frame[frame["year"] < latest]):
        told = [f"{r.name} ({r.year})" for r in rows_of(old)]
        said.append(f"Äldre värden: {'; '.join(told)}.")
    plain = frame[frame["uncoloured"] != ""]
    if len(plain):
        counts = Counter(word for words in plain["uncoloured"] for word in words.split("+"))
        why = [f"{words} ({counts[word]})" for word, words in _WHY.items() if counts[word]]
        many = (
            "Inget nyckeltal har" if len(plain) == len(frame) else f"**{len(plain)}** av {len(frame)} nyckeltal saknar"
        )
        said.append(f"{many} färg. Skäl: {listed(why)}.")
    if (frame["quarter"] != "").any():
        said.append(
            "Färgen visar bästa fjärdedelen, mitten och sämsta fjärdedelen av de kommuner som har värde det året."
        )
    return prose(*said)


def standing_table(slice_: Slice, area: str) -> Table | None:
    """One area's key figures: latest value, Riket, change over one and five years, and place. None without any.

    A figure whose last value is of an earlier year than the others' has its value with the year, and no more.
    """
    rows = _area(_standings(slice_), area)
    if rows.empty:
        return None
    title, _ = AREAS[area]
    latest = rows["year"].max()
    old = rows["year"] != latest
    lights: list[Light | str] = ["" if r.year != latest else QUARTERS.get(r.quarter, "") for r in rows_of(rows)]
    frame = rows.assign(
        name=[f"{_titled(r)}{'' if r.year == latest else f' ({r.year})'}" for r in rows_of(rows)],
        value=[round(r.value, decimals(r.unit)) for r in rows_of(rows)],
        nation=[round(r.nation, decimals(r.unit)) for r in rows_of(rows)],
        year_change=[BLANK if r.year != latest else _change(r.change, r.change_percent, r) for r in rows_of(rows)],
        five_change=[BLANK if r.year != latest else _change(r.five, r.five_percent, r) for r in rows_of(rows)],
        rank=[BLANK if r.year != latest else _rank(r) for r in rows_of(rows)],
        light=pd.Series(lights, index=rows.index, dtype=object),
    )
    columns = {
        "name": Column("Nyckeltal", kind="text"),
        "value": Column(slice_.name, mixed=True),
        "nation": Column("Riket", mixed=True),
        "year_change": Column("På ett år"),
        "five_change": Column("På fem år"),
        "rank": Column("Plats"),
    }
    if (rows["quarter"] != "").any():
        columns["light"] = Column("Läge", kind="light")
    first = "Plats 1 har det högsta värdet"
    if rows["best_first"].all():
        first = "Plats 1 är den bästa"
    elif rows["best_first"].any():
        first += f", men är den bästa för {listed([r.name for r in rows_of(frame[rows['best_first']])])}"
    older = " Ett äldre värde har sitt år inom parentes, och varken ändring eller plats." if old.any() else ""
    signs = [_title(r.name) for r in rows_of(rows) if r.kpi in _turned(slice_)]
    minus = f" Med minus i Kolada: {listed(signs)}." if signs else ""
    plain = [f"{_title(r.name)} ({_why(r.uncoloured)})" for r in rows_of(rows) if "light" in columns and r.uncoloured]
    uncoloured = f" Utan färg: {'; '.join(plain)}." if plain else ""
    points = " pe: procentenheter." if (rows["unit"] == "%").any() else ""
    remark = f"{first}.{points}{older}{minus}{uncoloured} Streck: uppgift saknas."
    return Table(
        f"kolada_{area}", f"{title}: nyckeltal ur Kolada {latest}", frame, columns, note=remark, source=_SOURCE
    )


def standing_figure(slice_: Slice, area: str) -> Picture | None:
    """One area's key figures over ten years in small panels: the municipality, Riket and the others."""
    rows = _current(_area(_standings(slice_), area))
    rows = rows[(rows["unit"] != "mkr") & ~rows["name"].str.startswith("Referenskostnad")]
    rows = rows.sort_values("unit", key=lambda unit: unit != "%", kind="stable").head(PANELS)
    if rows.empty or slice_.ratios is None or slice_.kpis is None:
        return None
    from matplotlib import pyplot as plt

    theme()
    title, _ = AREAS[area]
    last = int(rows["year"].max())
    years = list(range(last - BACK, last + 1))
    ratios = turned(slice_.ratios, slice_.kpis)
    lines = {kpi: _lines(ratios[ratios["kpi"] == kpi], slice_, years) for kpi in rows["kpi"]}
    high, wide = (1, len(rows)) if len(rows) <= 3 else (2, -(-len(rows) // 2))
    figure, grid = plt.subplots(high, wide, figsize=(WIDTH, 0.4 + 1.6 * high), squeeze=False)
    for axes, row in zip(grid.flat, rows_of(rows), strict=False):
        _panel(axes, lines[row.kpi], row, slice_.name, int(98 / wide))
        axes.set_xlim(years[0] - 0.3, last + 0.3)
    for axes in grid.flat[len(rows) :]:
        axes.set_axis_off()
    shown = dict(
        entry
        for axes in grid.flat[: len(rows)]
        for handles, labels in [axes.get_legend_handles_labels()]
        for entry in zip(labels, handles, strict=True)
    )
    names = sorted(shown, key=lambda label: (label != slice_.name, label != "Riket"))
    figure.legend([shown[label] for label in names], names, loc="outside upper left", ncols=min(len(shown), 5))
    frame = pd.DataFrame(
        [
            {"kpi": _titled(r), "place": place} | {str(y): round(v, decimals(r.unit)) for y, v in series.items()}
            for r in rows_of(rows)
            for place, series in lines[r.kpi].items()
        ]
    )
    findings = " ".join(_beside(r, slice_.name) for r in rows_of(rows.head(3)))
    return picture(
        figure,
        name=f"kolada_{area}",
        alt=f"{number(len(rows))} små linjediagram, {years[0]}–{last}. {findings}",
        caption=f"{title} {years[0]}–{last}. {slice_.name} med tjock linje. Enheten står över varje ruta, och axlarna "
        f"börjar inte alltid på noll. Källa: {_SOURCE}.",
        table=Table(
            f"kolada_{area}_ar",
            f"{title}: nyckeltal {years[0]}–{last}",
            frame,
            {
                "kpi": Column("Nyckeltal", kind="text"),
                "place": Column("Kommun", kind="text"),
                **{str(y): Column(str(y), mixed=True) for y in years},
            },
            note="Streck: uppgift saknas.",
            source=_SOURCE,
        ),
    )


def _standings(slice_: Slice) -> pd.DataFrame:
    if slice_.ratios is None or slice_.kpis is None:
        raise ValueError("the slice has no ratios")
    return standings(turned(slice_.ratios, slice_.kpis), slice_.kpis, slice_.municipality, slice_.year)


def _turned(slice_: Slice) -> set[str]:
    """The KPIs whose sign is turned."""
    if slice_.ratios is None or slice_.kpis is None:
        return set()
    ratios = turned(slice_.ratios, slice_.kpis)
    return set(ratios.loc[ratios["turned"], "kpi"])


def _current(frame: pd.DataFrame) -> pd.DataFrame:
    """Those with a value in the last year that any has one."""
    latest: pd.Series[bool] = frame["year"] == frame["year"].max()
    return frame[latest]


def _area(frame: pd.DataFrame, area: str) -> pd.DataFrame:
    inside = [kpi[1:3].isdigit() and int(kpi[1:3]) in AREAS[area][1] for kpi in frame["kpi"]]
    return frame.loc[pd.Series(inside, index=frame.index, dtype=bool)]


def _lines(ratios: pd.DataFrame, slice_: Slice, years: list[int]) -> dict[str, pd.Series]:
    """Each line's values by year: the municipality, Riket, and the others or (of many) the middle half of them."""
    wide = ratios.pivot(index="year", columns="region", values="value").reindex(years)
    others = [c for c in wide.columns if len(c) == 4 and c != slice_.municipality]
    lines = {slice_.name: wide[slice_.municipality]}
    if NATION in wide and wide[NATION].notna().any():
        lines["Riket"] = wide[NATION]
    if len(others) <= MOST_LINES:
        return lines | {slice_.places[c]: wide[c] for c in others}
    low, high = (wide[others].quantile(share, axis=1) for share in (0.25, 0.75))
    return lines | {"övriga, nedre kvartil": low, "övriga, övre kvartil": high}


def _panel(axes: Axes, lines: dict[str, pd.Series], row: Any, name: str, letters: int) -> None:
    others = [place for place in lines if place not in (name, "Riket")]
    if "övriga, nedre kvartil" in lines:
        low, high = (lines[place] for place in others)
        axes.fill_between(low.index, low, high, color=LINE, label="mittersta hälften av övriga kommuner")
        others = []
    for place, (colour, dashes) in zip(others, _OTHERS, strict=False):
        axes.plot(lines[place], color=colour, linestyle=dashes, linewidth=1.3, label=place)
    if "Riket" in lines:
        axes.plot(lines["Riket"], color=RUST, linestyle="--", linewidth=1.5, label="Riket")
    axes.plot(lines[name], color=INK, linewidth=2.4, marker=".", label=name)
    if row.both_signs:
        axes.axhline(0, color=INK, linewidth=0.7)
    axes.set_title(fill(_titled(row), letters), fontsize=8)
    swedish_axis(axes.yaxis, 0)
    year_axis(axes.xaxis)
    axes.locator_params(axis="x", nbins=4)


def _beside(row: Any, name: str) -> str:
    nation = "" if pd.isna(row.nation) else f", Riket {_shown(row.nation, row)}"
    return f"{_title(row.name)} {row.year}: {name} {_shown(row.value, row)}{nation}."


def _shown(value: float, row: Any) -> str:
    return quantity(value, row.unit, decimals(row.unit))


def _change(difference: float, relative: float, row: Any) -> str:
    """+3,4 %; for a share +1,5 pe; in the unit where the figure may lie on either side of zero."""
    if row.unit == "%":
        return quantity(difference, "pe", 1, signed=True)
    if pd.isna(relative):
        unit = "kr" if row.unit.startswith("kr") else row.unit
        return quantity(difference, unit, decimals(row.unit), signed=True)
    return percent(relative, signed=True)


def _rank(row: Any) -> str:
    if row.of == 1:
        return "–"
    return f"{'delad ' if row.shared else ''}{row.place}{NBSP}av{NBSP}{row.of}"


def _title(name: str) -> str:
    """A name without the unit that Kolada ends it with, which has a column of its own."""
    for ending in (", kr/", ", miljoner kronor", ", andel (%)", ", (%)", " (%)"):
        name = name.split(ending)[0]
    return name.removesuffix(" kommunen").removesuffix(" kommun")


def _titled(row: Any) -> str:
    """Name and unit: `Kostnad äldreomsorg, kr/inv 65+`."""
    return f"{_title(row.name)}, {row.unit}"


def _why(reasons: str) -> str:
    return listed([_WHY[reason] for reason in reasons.split("+")])


def _named(names: list[str]) -> str:
    return listed(sorted(names)) if len(names) <= 6 else f"{len(names)} andra kommuner"


def _range(counts: pd.Series) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"**{low}**" if low == high else f"{low}–{high}"
