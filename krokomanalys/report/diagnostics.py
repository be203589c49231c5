"""What a projection assumes, laid open: life expectancy, fertility, moves by age, and what of it is Riket's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.moves import both_ways, leaving_rates
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.scenarios import total_fertility
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, SOFT, TEAL, new_panels, swedish_axis
from krokomanalys.swedish import number, shortest

SOURCE = "SCB; egen beräkning"


def assumption_table(outlook: Outlook) -> Table:
    """Life expectancy, total fertility and moves by projected year: the first, every fifth and the last."""
    assumed, years = outlook.projection.assumptions, outlook.projection.population.years[1:]
    shown = [t for t, year in enumerate(years) if t in (0, len(years) - 1) or year % 5 == 0]
    lives, both = life_expectancy(assumed.mortality), both_ways(outlook.projection, leaving_rates(outlook.history))
    frame = pd.DataFrame(
        {
            "year": [years[t] for t in shown],
            "women": lives[shown, 0],
            "men": lives[shown, 1],
            "fertility": total_fertility(assumed)[shown],
            "moved_in": both.moved_in.sum((-2, -1))[shown],
            "moved_out": both.moved_out.sum((-2, -1))[shown],
        }
    )
    return Table(
        "antaganden",
        "Prognosens antaganden",
        frame,
        {
            "year": Column("År", kind="text"),
            "women": Column("Medellivslängd kvinnor", "år", decimals=1),
            "men": Column("Medellivslängd män", "år", decimals=1),
            "fertility": Column("Summerad fruktsamhet", "barn per kvinna", decimals=2),
            "moved_in": Column("Inflyttade", "personer"),
            "moved_out": Column("Utflyttade", "personer"),
        },
        note="Medellivslängd vid födseln under årets dödstal. Utflyttade efter de senaste tio årens takter, inflyttade "
        "så att prognosens flyttnetto blir detsamma.",
        source=SOURCE,
    )


def moves_profile(outlook: Outlook) -> Picture:
    """In-migrants and out-migration rates by age: the mean of the observed years, and the first projected year."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = new_panels(2)
    history = outlook.history
    leaving = leaving_rates(history)
    assumed = both_ways(outlook.projection, leaving).assumptions
    seen = history.moved_in.mean(0), 100 * leaving
    ahead = assumed.in_migration[0], 100 * assumed.out_migration[0]
    ages = np.arange(leaving.shape[-1])
    for place, (panel, label) in enumerate(
        zip(axes, ("inflyttade om året, personer", "utflyttade, % av gruppen"), strict=True)
    ):
        for sex, colour in enumerate((TEAL, BLUE)):
            panel.plot(ages, seen[place][sex], ".", color=colour, alpha=0.35, markersize=4)
            panel.plot(ages, ahead[place][sex], color=colour, linewidth=1.6)
        panel.set(xlim=(0, 90), ylim=(0, None), xlabel="ålder", ylabel=label)
        panel.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        swedish_axis(panel.yaxis)
    axes[0].annotate("kvinnor", (0.97, 0.94), xycoords="axes fraction", ha="right", color=TEAL)
    axes[0].annotate("män", (0.97, 0.86), xycoords="axes fraction", ha="right", color=BLUE)
    axes[0].annotate(
        "punkt: observerat\nlinje: antaget", (0.97, 0.8), xycoords="axes fraction", ha="right", va="top", color=SOFT
    )
    first, last = history.years[0], history.years[-1]
    peak = int(np.argmax(ahead[1].mean(0)))
    table = pd.DataFrame(
        {
            "age": ages,
            **{f"in{s}": seen[0][s] for s in (0, 1)},
            **{f"rate{s}": seen[1][s] for s in (0, 1)},
            **{f"assumed_in{s}": ahead[0][s] for s in (0, 1)},
            **{f"assumed_rate{s}": ahead[1][s] for s in (0, 1)},
        }
    )
    names = ("kvinnor", "män")
    return picture(
        figure,
        name="flyttprofiler",
        alt=f"Linjediagram. Flest flyttar ut vid {peak} års ålder, omkring {number(ahead[1].mean(0)[peak])} procent "
        "av gruppen under ett år. Inflyttningen är störst i samma åldrar.",
        caption=f"In- och utflyttning efter ålder och kön: observerat {first}–{last} och antaget första prognosåret. "
        f"{'Åldrarna är uppskattade. ' if history.tier == 'B' else ''}Utflyttningen är "
        f"antagen som observerad, inflyttningen så att prognosens flyttnetto blir detsamma. Källa: {SOURCE}",
        table=Table(
            "flyttprofiler",
            "Flyttningar efter ålder",
            table,
            {
                "age": Column("Ålder", kind="text"),
                **{f"in{s}": Column(f"Inflyttade {names[s]}", "personer", decimals=1) for s in (0, 1)},
                **{f"assumed_in{s}": Column(f"Antaget {names[s]}", "personer", decimals=1) for s in (0, 1)},
                **{f"rate{s}": Column(f"Utflyttade {names[s]}", "%", decimals=1) for s in (0, 1)},
                **{f"assumed_rate{s}": Column(f"Antaget {names[s]}", "%", decimals=1) for s in (0, 1)},
            },
        ),
    )


def vital_profiles(outlook: Outlook) -> Picture:
    """Death rates by age and sex, the first and last projected year, and fertility by age beside Riket's."""
    figure, (dying, bearing) = new_panels(2)
    assumed, years = outlook.projection.assumptions, outlook.projection.population.years
    deaths, births = 1000 * assumed.mortality, 1000 * assumed.fertility[0]
    riket, ages = births / outlook.levels[1], np.arange(deaths.shape[-1])
    for sex, colour in enumerate((TEAL, BLUE)):
        dying.plot(ages, deaths[0, sex], color=colour, linewidth=1.6)
        dying.plot(ages, deaths[-1, sex], color=colour, linewidth=1.2, linestyle="--")
    dying.set(yscale="log", xlim=(0, 100), xlabel="ålder", ylabel="döda per 1 000 personår (logskala)")
    dying.yaxis.set_major_formatter(lambda value, _: shortest(value))
    dying.minorticks_off()
    dying.annotate("kvinnor", (0.04, 0.94), xycoords="axes fraction", color=TEAL)
    dying.annotate("män", (0.04, 0.86), xycoords="axes fraction", color=BLUE)
    words = f"heldragen: {years[1]}\nstreckad: {years[-1]}"
    dying.annotate(words, (0.04, 0.8), xycoords="axes fraction", va="top", color=SOFT)
    bearing.plot(ages, births, color=TEAL, linewidth=1.6)
    bearing.plot(ages, riket, color=SOFT, linewidth=1.2, linestyle="--")
    bearing.set(xlim=(14, 51), ylim=(0, None), xlabel="kvinnans ålder", ylabel="födda per 1 000 kvinnor")
    swedish_axis(bearing.yaxis)
    bearing.annotate(
        "heldragen: kommunen\nstreckad: riket", (0.97, 0.94), xycoords="axes fraction", ha="right", va="top"
    )
    peak = int(births.argmax())
    table = pd.DataFrame(
        {
            "age": ages,
            **{f"first{sex}": deaths[0, sex] for sex in (0, 1)},
            **{f"last{sex}": deaths[-1, sex] for sex in (0, 1)},
            "births": births,
            "riket": riket,
        }
    )
    names = ("kvinnor", "män")
    return picture(
        figure,
        name="dodlighet_fruktsamhet",
        alt=f"Två linjediagram. Dödligheten stiger med åldern från tonåren och är lägre {years[-1]} än {years[1]}. "
        f"Barnafödandet är högst vid {peak} års ålder, {number(births[peak])} födda per 1 000 kvinnor.",
        caption=f"Antagna dödstal efter ålder {years[1]} och {years[-1]}, och fruktsamhet efter ålder bredvid "
        f"rikets {years[1]}. Källa: {SOURCE}.",
        table=Table(
            "dodlighet_fruktsamhet",
            "Dödlighet och fruktsamhet efter ålder",
            table,
            {
                "age": Column("Ålder", kind="text"),
                **{f"first{s}": Column(f"Döda {names[s]} {years[1]}", "per 1 000", decimals=2) for s in (0, 1)},
                **{f"last{s}": Column(f"Döda {names[s]} {years[-1]}", "per 1 000", decimals=2) for s in (0, 1)},
                "births": Column("Födda", "per 1 000 kvinnor", decimals=1),
                "riket": Column("Födda i riket", "per 1 000 kvinnor", decimals=1),
            },
        ),
    )


def apart_table(outlook: Outlook) -> Table | Piece:
    """The change ahead, apart: what comes of growing with Riket, and what is the municipality's own."""
    if outlook.national.isna().all() or len(outlook.national) < 2:
        return note("Modellens total följer inte av riket och delas därför inte upp.")
    years = [int(y) for y in outlook.path.index[1:] if (y - outlook.base_year) % 5 == 0 or y == outlook.path.index[-1]]
    change = outlook.path.loc[years] - outlook.path.iloc[0]
    riket = 100 * (outlook.riket.loc[years] / outlook.riket.iloc[0] - 1)
    frame = pd.DataFrame(
        {
            "year": years,
            "national": outlook.national.loc[years].to_numpy(),
            "own": (change - outlook.national.loc[years]).to_numpy(),
            "change": change.to_numpy(),
            "riket": riket.to_numpy(),
        }
    )
    return Table(
        "riket_och_eget",
        f"Förändringen från {outlook.base_year}: med riket och kommunens egen, antal personer",
        frame,
        {
            "year": Column("Till år", kind="text"),
            "national": Column("Med riket", signed=True),
            "own": Column("Kommunens egen", signed=True),
            "change": Column("Hela förändringen", signed=True),
            "riket": Column("Rikets folkmängd", "%", decimals=1, signed=True),
        },
        note="Med riket: om kommunen växte som riket i vår framskrivning av riket. Resten är kommunens takt mot riket. "
        "Visat i hela personer; summor kan därför skilja på någon person.",
        source=SOURCE,
    )
