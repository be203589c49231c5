"""How figures look: colours that colour-blind readers can tell apart, Swedish axes, labels at the lines' own ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krokomanalys.swedish import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

# All have a contrast of 3 or more against white; a test holds them apart for three kinds of colour blindness.
INK, TEAL, RUST = "#1b1f24", "#0b5c6b", "#8a3d10"  # outcome, projection or budget, target
BLUE, ROSE, OLIVE = "#4c79db", "#ae7896", "#8b8823"
SERIES = (TEAL, RUST, BLUE, ROSE, OLIVE, INK)
SOFT, LINE = "#525a64", "#d9dee3"  # text that stands back; grid lines

WIDTH = 7.66  # inches: 46rem on the page, so that 1 pt is 1.33 px there and a text of 8.5 pt is 11 px
HEIGHT = 3.9

# Arial, Liberation Sans and Helvetica have the same widths, so what is laid out here fits where it is read.
_FONTS = ["Arial", "Liberation Sans", "Helvetica Neue", "Helvetica", "DejaVu Sans"]


def theme() -> None:
    """Set seaborn and matplotlib to the manner of the reports, for all figures that follow."""
    import seaborn as sns

    sns.set_theme(
        context="paper",
        style="white",
        palette=list(SERIES),
        rc={
            "figure.figsize": (WIDTH, HEIGHT),
            "font.family": "sans-serif",
            "font.sans-serif": _FONTS,
            "font.size": 8.5,
            "axes.labelsize": 8.5,
            "axes.titlesize": 9.5,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "xtick.labelsize": 8.5,
            "ytick.labelsize": 8.5,
            "legend.fontsize": 8.5,
            "legend.frameon": False,
            "text.color": INK,
            "axes.labelcolor": SOFT,
            "axes.edgecolor": INK,
            "axes.linewidth": 0.8,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "grid.color": LINE,
            "grid.linewidth": 0.7,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "axes.unicode_minus": True,
        },
    )


def new_axes(height: float = HEIGHT) -> tuple[Figure, Axes]:
    """A figure of the page's width, in the reports' manner, with one pair of axes; `height` in inches."""
    from matplotlib import pyplot as plt

    theme()
    return plt.subplots(figsize=(WIDTH, height))


def new_panels(count: int, height: float = HEIGHT) -> tuple[Figure, list[Axes]]:
    """A figure of the page's width with `count` pairs of axes side by side; `height` in inches."""
    from matplotlib import pyplot as plt

    theme()
    figure, axes = plt.subplots(1, count, figsize=(WIDTH, height))
    return figure, list(axes)


def bars(
    axes: Axes, places: ArrayLike, values: ArrayLike, colour: str, *, bottom: ArrayLike = 0, width: float = 0.75
) -> PolyCollection:
    """A series of upright bars, drawn as one shape: `axes.bar` makes one for each bar, which a hundred make slow.

    `values` are the bars' heights, negative ones downwards, from `bottom`. For a legend, label what is given.
    """
    import numpy as np
    from matplotlib.collections import PolyCollection

    middle, height = np.asarray(places, dtype=float), np.asarray(values, dtype=float)
    low = np.broadcast_to(np.asarray(bottom, dtype=float), height.shape)
    left, right = middle - width / 2, middle + width / 2
    corners = np.array([[left, low], [left, low + height], [right, low + height], [right, low]]).transpose(2, 0, 1)
    drawn = PolyCollection(list(corners), facecolor=colour, edgecolor="none")
    drawn.sticky_edges.y.append(0)
    axes.add_collection(drawn)
    axes.autoscale_view()
    return drawn


def swedish_axis(axis: Axis, decimals: int = 0, *, signed: bool = False, unit: str = "") -> None:
    """Print an axis' numbers in Swedish. Not for years, which are not grouped: see `year_axis`."""
    from matplotlib.ticker import FuncFormatter

    ending = f"\u00a0{unit}" if unit else ""
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, decimals, signed=signed) + ending))


def year_axis(axis: Axis) -> None:
    """Whole years, ungrouped."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def text_colour(colour: str) -> str:
    """A line's colour for text: darkened where needed, until its contrast against white is 4.5 (WCAG AA)."""
    from matplotlib.colors import to_hex, to_rgb

    shade = to_rgb(colour)
    while contrast(to_hex(shade)) < 4.5:
        red, green, blue = shade
        shade = (0.95 * red, 0.95 * green, 0.95 * blue)
    return str(to_hex(shade))


def contrast(colour: str) -> float:
    """WCAG's contrast of a colour against white, 1 to 21."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def label_ends(axes: Axes, *, gap: float = 11) -> None:
    """Write each line's label at its right end, in its colour, instead of a legend. Call it last.

    Labels that would stand on each other are moved apart until `gap` points lie between them. A line that ends
    before the others do has its label above its end, to the left, where the others don't begin. Lines whose label
    begins with _ (matplotlib's own) have none; lines with all their values blank are passed over.
    """
    import numpy as np
    from matplotlib.colors import to_hex

    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    axes.autoscale_view()
    ends: list[tuple[str, str, float, float]] = []
    for line in axes.get_lines():
        points = np.asarray(line.get_xydata(), dtype=float)
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) and not str(line.get_label()).startswith("_"):
            ends.append((str(line.get_label()), text_colour(to_hex(line.get_color())), *points[-1]))
    last = max((x for *_, x, _ in ends), default=0.0)
    early = [end for end in ends if end[2] < last]
    late = sorted((end for end in ends if end[2] == last), key=lambda end: end[3])
    heights = [float(axes.transData.transform((x, y))[1]) * 72 / figure.dpi for _, _, x, y in late]
    for (label, colour, x, y), height, moved in zip(late, heights, _apart(heights, gap), strict=True):
        axes.annotate(label, (x, y), (6, moved - height), textcoords="offset points", va="center", color=colour)
    for label, colour, x, y in early:
        axes.annotate(label, (x, y), (-6, 5), textcoords="offset points", ha="right", va="bottom", color=colour)


def _apart(heights: list[float], gap: float) -> list[float]:
    """`heights`, rising, moved as little as possible until neighbours are `gap` apart.

    Labels that touch form a block that lies around the mean of where its labels want to be.
    """
    blocks: list[list[float]] = []
    for height in heights:
        blocks.append([height])
        while len(blocks) > 1 and _low(blocks[-1], gap) - _high(blocks[-2], gap) < gap:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    return [_low(block, gap) + place * gap for block in blocks for place in range(len(block))]


def _low(block: list[float], gap: float) -> float:
    return sum(block) / len(block) - gap * (len(block) - 1) / 2


def _high(block: list[float], gap: float) -> float:
    return sum(block) / len(block) + gap * (len(block) - 1) / 2
