"""The figures of the follow-up reports: variances by unit, and goals by status."""

from __future__ import annotations

from textwrap import fill, wrap

import pandas as pd

from krokomanalys.report.lights import LOOKS
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, TEAL, WIDTH, swedish_axis, theme
from krokomanalys.swedish import number, quantity
from krokomanalys.targets.status import Status

ORDER = (Status.MET, Status.NEARLY, Status.PARTLY, Status.NOT_MET, Status.STALE, Status.NO_TARGET, Status.NOT_JUDGED)

HATCHES = {Status.NO_TARGET: "..", Status.STALE: "xx"}
"""What can't be judged has one colour, so that pattern tells why."""
SILENT = "utan omdöme"
LONGEST_NAME = 35  # characters of a row's name on one line
LETTER, MARGIN, BARS = 0.058, 0.1, 6.2  # inches: a letter of the bars' words, the air round them, and all bars together


def variances(table: pd.DataFrame, unit: str, *, name: str, title: str, source: str, decimals: int = 0) -> Picture:
    """Each top row's variance from budget, best above: `table` is one of budget.variance.follow_up."""
    import seaborn as sns
    from matplotlib import pyplot as plt

    theme()
    rows = table[table["role"] == "row"].dropna(subset=["variance"]).sort_values("variance", ascending=False)
    names = [fill(line, LONGEST_NAME) for line in rows["line"]]
    height = sum(0.42 + 0.13 * name.count("\n") for name in names)
    figure, axes = plt.subplots(figsize=(WIDTH, 0.9 + height))
    colours = [TEAL if v >= 0 else RUST for v in rows["variance"]]
    sns.barplot(x=rows["variance"], y=names, hue=names, palette=colours, legend=False, ax=axes, width=0.6)
    span = rows["variance"].abs().max() or 1.0
    for place, value in enumerate(rows["variance"]):
        axes.annotate(
            number(value, decimals, signed=True),
            (value, place),
            xytext=(4 if value >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if value >= 0 else "right",
            color=INK,
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set(
        xlabel=f"avvikelse från budget, {unit}\n(över noll: bättre än budget)",
        ylabel="",
        xlim=(min(rows["variance"].min(), 0) - 0.22 * span, max(rows["variance"].max(), 0) + 0.22 * span),
    )
    axes.grid(axis="x")
    axes.grid(axis="y", visible=False)
    swedish_axis(axes.xaxis, decimals, signed=True)
    best, worst = rows.iloc[0], rows.iloc[-1]
    return picture(
        figure,
        name=name,
        alt=f"Liggande stapeldiagram. Bäst mot budget: {best['line']}, "
        f"{quantity(best['variance'], unit, decimals, signed=True)}. Sämst: {worst['line']}, "
        f"{quantity(worst['variance'], unit, decimals, signed=True)}.",
        caption=f"{title}: avvikelse från budget, {unit}. Källa: {source}.",
        table=Table(
            name,
            f"{title}: avvikelse",
            rows[["line", "variance", "percent"]],
            {
                "line": Column("Rad", kind="text"),
                "variance": Column("Avvikelse", unit, decimals=decimals, signed=True),
                "percent": Column("Avvikelse", "% av budget", decimals=1, signed=True),
            },
        ),
    )


def goals_by_status(goals: pd.DataFrame, source: str) -> Picture:
    """How many goals have each status: by the rule, and as printed. A row each, counts and words inside."""
    from matplotlib import pyplot as plt
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    theme()
    counted = {
        "Enligt regeln": goals["status"].value_counts(),
        "Enligt omdömet": goals.loc[goals["printed_status"] != "", "printed_status"].value_counts(),
    }
    silent = int((goals["printed_status"] == "").sum())
    figure, axes = plt.subplots(figsize=(WIDTH, 2.9))
    bars = [
        (place, status, int(counts[status]))
        for place, counts in enumerate(counted.values())
        for status in ORDER
        if status in counts.index
    ]
    fitted = [_fitted(status.words(n), BARS * n / len(goals)) for _, status, n in bars]
    inside = all(fitted) and (not silent or bool(_fitted(SILENT, BARS * silent / len(goals))))
    ends = [0, 0]
    for (place, status, count), words in zip(bars, fitted, strict=True):
        look = LOOKS[status.value].colour
        axes.barh(
            place, count, left=ends[place], height=0.62, color=look, edgecolor="white", linewidth=2,
            hatch=HATCHES.get(status),
        )  # fmt: skip
        axes.annotate(
            f"{count}\n{words}" if inside else str(count),
            (ends[place] + count / 2, place),
            ha="center",
            va="center",
            color="white",
            fontsize=7.5,
            bbox={"facecolor": look, "edgecolor": "none", "pad": 2},
        )
        ends[place] += count
    if silent:
        axes.barh(1, silent, left=ends[1], height=0.62, color="white", edgecolor=INK, linewidth=0.8)
        words = _fitted(SILENT, BARS * silent / len(goals))
        axes.annotate(
            f"{silent}\n{words}" if inside else str(silent),
            (ends[1] + silent / 2, 1),
            ha="center",
            va="center",
            fontsize=7.5,
        )
    if not inside:  # all of them in the legend, or all in the bars
        keys = [
            Patch(facecolor=LOOKS[s.value].colour, edgecolor="white", hatch=HATCHES.get(s), label=s.word)
            for s in ORDER
            if any(s == held for _, held, _ in bars)
        ]
        keys += [Patch(facecolor="white", edgecolor=INK, label=SILENT)] if silent else []
        figure.legend(handles=keys, loc="outside lower center", ncols=4)
    axes.set_yticks(range(2), list(counted))
    axes.invert_yaxis()
    axes.set(xlabel="antal mål", xlim=(0, len(goals)))
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    frame = pd.DataFrame(
        [(status.word, *(int(counts.get(status, 0)) for counts in counted.values())) for status in ORDER]
        + [("inget omdöme", 0, silent)],
        columns=["status", "rule", "printed"],
    )
    frame = frame[(frame["rule"] > 0) | (frame["printed"] > 0)]
    told = ", ".join(f"{n} {s.words(n)}" for s in ORDER if (n := int(counted["Enligt regeln"].get(s, 0))))
    said = [f"{n} {s.words(n)}" for s in ORDER if (n := int(counted["Enligt omdömet"].get(s, 0)))]
    said += [f"{silent} utan omdöme"] if silent else []
    return picture(
        figure,
        name="mal_status",
        alt=f"Två liggande staplar med {len(goals)} mål. Enligt regeln: {told}. Enligt omdömet: {', '.join(said)}.",
        caption=f"Målen efter läge, enligt regeln och enligt dokumentets eller chefens omdöme. Källa: {source}.",
        table=Table(
            "mal_status",
            "Antal mål efter läge",
            frame,
            {
                "status": Column("Läge", kind="text"),
                "rule": Column("Enligt regeln", "mål"),
                "printed": Column("Enligt omdömet", "mål"),
            },
        ),
    )


def _fitted(words: str, width: float) -> str:
    """Words broken so that they fit in a bar of `width` inches and three lines; "" where they don't."""
    letters = int((width - MARGIN) / LETTER)
    lines = wrap(words, letters, break_long_words=False) if letters > 0 else []
    return "\n".join(lines) if lines and len(lines) <= 3 and max(map(len, lines)) <= letters else ""
