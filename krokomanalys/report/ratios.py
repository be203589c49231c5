"""Key ratios of the economy over ten years: the municipality beside Riket, and those of its own statements."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.ratios import key_ratios, own_ratios
from krokomanalys.regions import NATION
from krokomanalys.report import balance
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, WIDTH, swedish_axis, theme, year_axis
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number

PANELS: dict[str, tuple[str, str, int]] = {
    "result_percent": ("Årets resultat", "% av skatt och bidrag", 1),
    "net_cost_percent": ("Nettokostnadsandel", "% av skatt och bidrag", 1),
    "depreciation": ("Avskrivningar", "kr/inv", 0),
    "finance": ("Finansnetto", "kr/inv", 0),
    "equity": ("Eget kapital", "kr/inv", 0),
}
_SOURCE = "Kolada (RKA)"


def ratio_figure(slice_: Slice) -> Picture | Piece:
    """Five small panels, ten years, the municipality against Riket; what is missing where Kolada has no figures."""
    own, nation = _both(slice_)
    if own.empty:
        return note(f"**Underlag saknas:** Kolada har inga nyckeltal för {slice_.name}.")
    from matplotlib import pyplot as plt

    theme()
    figure, grid = plt.subplots(3, 2, figsize=(WIDTH, 7.6))
    grid.flat[-1].set_axis_off()
    for axes, (key, (title, unit, decimals)) in zip(grid.flat, PANELS.items(), strict=False):
        for table, colour, width in ((nation, RUST, 1.4), (own, INK, 2.2)):
            axes.plot(table.index, table[key], color=colour, linewidth=width)
        axes.set_title(f"{title}, {unit}", fontsize=8.5)
        axes.set(xlabel="", ylabel="")
        if key in ("result_percent", "finance"):
            axes.axhline(0, color=INK, linewidth=0.8)
        swedish_axis(axes.yaxis, 0 if unit == "kr/inv" else decimals)
        year_axis(axes.xaxis)
        axes.set_xlim(own.index.min() - 0.3, own.index.max() + 0.3)
    grid.flat[0].plot([], [], color=INK, linewidth=2.2, label=slice_.name)
    grid.flat[0].plot([], [], color=RUST, linewidth=1.4, label="Riket")
    figure.legend(loc="outside upper left", ncols=2)
    last = int(own["result_percent"].dropna().index.max())
    frame = _wide(own, nation)
    return picture(
        figure,
        name="nyckeltal",
        alt=f"Fem linjediagram, {own.index.min()}–{own.index.max()}. Årets resultat {last} är "
        f"{number(own['result_percent'].get(last), 1)} procent av skatt och bidrag i {slice_.name}, "
        f"{number(nation['result_percent'].get(last), 1)} i Riket.",
        caption=f"{slice_.name} (svart) och Riket (brunt). Nettokostnadsandelen är verksamhetens nettokostnader utan "
        f"finansnetto. Eget kapital är utan de pensioner som står som ansvarsförbindelse. Källa: {_SOURCE}; andelen är "
        "egen beräkning.",
        table=Table(
            "nyckeltal",
            f"Nyckeltal {own.index.min()}–{own.index.max()}",
            frame,
            {
                "year": Column("År", kind="text"),
                **{
                    f"{who}_{key}": Column(f"{title}, {name}", unit, decimals=decimals)
                    for key, (title, unit, decimals) in PANELS.items()
                    for who, name in (("own", slice_.name), ("nation", "Riket"))
                },
            },
            note="Självfinansieringsgraden kan inte räknas ur Kolada: nettoinvesteringarna finns inte här. "
            "Streck: uppgift saknas.",
        ),
    )


def own_table(notes: BalanceNotes | None, held: Sequence[Statement], year: int) -> Table | None:
    """Ratios that the own statements give; nothing without taxes and grants. Budgets after `year` are plans."""
    frame = own_ratios(held)
    shown = ["result_percent", "balance_percent", "self_financing"]
    if notes is None or frame[shown].isna().all(axis=None):
        return None
    return Table(
        "egna_nyckeltal",
        f"Nyckeltal ur kommunens egna uppgifter {balance.spell(held)}",
        frame.assign(year=[balance.told(s, year) for s in held]),
        {
            "year": Column("År", kind="text"),
            "result_percent": Column("Årets resultat", "% av skatt och bidrag", decimals=1, signed=True),
            "balance_percent": Column("Balanskravsresultat", "% av skatt och bidrag", decimals=1, signed=True),
            "self_financing": Column("Självfinansieringsgrad", "%", decimals=0),
            "equity": Column("Eget kapital med pensionsskuld", notes.unit, decimals=balance.places(notes)),
        },
        note="Självfinansieringsgrad: (resultat + avskrivningar) / nettoinvesteringar. Under 100 procent får en del av "
        "investeringarna betalas med lån eller sparade pengar. Streck: uppgift saknas.",
        source=balance.source(notes),
    )


def _both(slice_: Slice) -> tuple[pd.DataFrame, pd.DataFrame]:
    if slice_.ratios is None:
        raise ValueError("the slice has no ratios")
    return key_ratios(slice_.ratios, slice_.municipality), key_ratios(slice_.ratios, NATION)


def _wide(own: pd.DataFrame, nation: pd.DataFrame) -> pd.DataFrame:
    both = own.add_prefix("own_").join(nation.add_prefix("nation_"))
    return both.rename_axis("year").reset_index()
