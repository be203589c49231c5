"""The follow-up of projections in words, tables and figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from krokomanalys.report import figures_vintages, vintage_tables, vintages
from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Table
from krokomanalys.report.vintages import FollowUp, findings, follow_up
from krokomanalys.report.waterfall import waterfall
from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.load import load
from krokomanalys.swedish import MINUS, NBSP

REGIONS = "region,name,level,parent\n0000,Exempelkommun,municipality,23\n"
SAID = (
    "0000,Plan 2018,2018,2020,T,total,120\n0000,Plan 2018,2018,2021,T,total,130\n"
    "0000,Plan 2020,2020,2021,T,total,104\n0000,Plan 2020,2020,2025,T,total,120\n"
)


@pytest.fixture(scope="module")
def timra() -> FollowUp:
    slice_ = load("prognosuppfoljning", EMBEDDED, municipality="2262", year=2020)
    return follow_up(slice_, None, "net10")


@pytest.fixture
def example(tmp_path: Path) -> FollowUp:
    """Exempelkommun: totals of four years and two projections of its own, no history to try a model on."""
    (tmp_path / "population").mkdir()
    (tmp_path / "regions.csv").write_text(REGIONS, encoding="utf-8")
    totals = "".join(f"0000,{year},T,total,{100 + year - 2018}\n" for year in range(2018, 2022))
    (tmp_path / "population" / "groups.csv").write_text(f"region,year,sex,age_group,population\n{totals}", "utf-8")
    header = "region,vintage,jump_off,target_year,sex,age_group,population\n"
    (tmp_path / "population" / "earlier.csv").write_text(header + SAID, encoding="utf-8")
    return follow_up(load("prognosuppfoljning", tmp_path, municipality="0000", year=2021), None, "net10")


def test_the_last_published_projection_of_timra_is_told_with_its_error(timra: FollowUp) -> None:
    assert findings(timra)[0].startswith(
        f"Den publicerade prognosen med utgångsår 2019 gav **17{NBSP}960** invånare 2020. Utfallet blev "
        f"**17{NBSP}963**: prognosen var **3** personer för låg (0,0{NBSP}%). Tio års takt"
    )


def test_the_model_is_told_by_the_part_and_the_group_that_erred_most(timra: FollowUp) -> None:
    assert timra.error is not None
    parts = timra.error.loc["total"].drop("whole")
    most = vintages.DEFINITE[str(parts.abs().idxmax())]
    _, model, group, revision = findings(timra)
    assert f"Mest slog {most} fel: " in model
    assert group.startswith("I antal var modellens fel störst i gruppen ")
    assert "invånare 2025" in revision and "än med utgångsår 2019" in revision


def test_the_tables_parts_sum_to_what_the_model_was_off(timra: FollowUp) -> None:
    table = vintage_tables.error_table(timra)
    assert isinstance(table, Table)
    shown = [key for key in table.columns if key not in ("name", "whole")]
    assert table.frame[shown].sum(axis=1).to_numpy() == pytest.approx(table.frame["whole"].to_numpy(), abs=1e-9)
    scored = timra.scored.query("maker == 'model' and jump_off == 2015 and target_year == 2020")
    by_group = scored.set_index("age_group")["error"]
    assert table.frame.set_index("age_group")["whole"].to_dict() == pytest.approx(by_group.to_dict(), abs=1e-6)


def test_every_piece_of_a_whole_follow_up_is_shown(timra: FollowUp) -> None:
    figures = (figures_vintages.paths, figures_vintages.error_waterfall, figures_vintages.revision_waterfall)
    assert all(isinstance(draw(timra), Picture) for draw in figures)
    pieces = (
        vintage_tables.vintage_table,
        vintage_tables.model_table,
        vintage_tables.pooled_table,
        vintage_tables.age_table,
    )
    assert all(isinstance(piece(timra), Table) for piece in (*pieces, vintage_tables.revision_table))
    assert vintages.model_words(timra)


def test_the_figure_says_what_the_projections_gave_for_the_base_year(timra: FollowUp) -> None:
    alt = figures_vintages.paths(timra).alt
    assert f"till 17{NBSP}963 år 2020" in alt and "1 tidigare prognos" not in alt
    assert "2 tidigare prognoser och modellen från 6 utgångsår" in alt


def test_own_projections_alone_make_a_follow_up(example: FollowUp) -> None:
    (finding,) = findings(example)
    assert finding == (
        "Prognosen Plan 2020 med utgångsår 2020 gav **104** invånare 2021. Utfallet blev **103**: prognosen var **1** "
        f"person för hög (+1,0{NBSP}%)."
    )
    table = vintage_tables.vintage_table(example)
    assert isinstance(table, Table)
    assert table.frame["name"].tolist() == ["Plan 2018", "Plan 2018", "Plan 2020"]
    assert table.frame["error"].tolist() == [18, 27, 1]


def test_what_cannot_be_tried_is_said(example: FollowUp) -> None:
    for piece in (vintage_tables.model_table, vintage_tables.error_table, figures_vintages.error_waterfall):
        shown = piece(example)
        assert isinstance(shown, Piece) and shown.plain == vintages.NO_ERROR
    shown = figures_vintages.revision_waterfall(example)
    assert isinstance(shown, Piece) and shown.plain == vintages.NO_REVISION
    assert isinstance(vintage_tables.revision_table(example), Piece)
    assert vintages.model_words(example) == "prognos minus utfall"


def test_a_new_own_projection_is_held_against_the_one_before(example: FollowUp) -> None:
    table = vintage_tables.vintage_revisions(example)
    assert isinstance(table, Table)
    (row,) = table.frame.to_dict("records")
    assert row["pair"] == "Plan 2018 → Plan 2020"
    assert (row["whole"], row["base"], row["change"]) == (-26, -18, -8)


def test_a_place_without_own_projections_is_told_where_to_put_them(timra: FollowUp, example: FollowUp) -> None:
    assert vintages.own_note(timra).plain.startswith("Inga egna prognoser finns i underlaget. Lägg kommunens egna")
    assert vintages.own_note(example).plain.startswith("Egna prognoser i underlaget: 2. ")
    shown = vintage_tables.vintage_revisions(timra)
    assert isinstance(shown, Piece) and "inte två" in shown.plain


def test_a_waterfall_tells_its_parts_and_levels() -> None:
    drawn = waterfall(
        ("utfall\n2022", 100),
        [("födda", 7), ("döda", -4)],
        ("prognos", 103),
        name="w",
        title="W",
        alt="A.",
        caption="C.",
    )
    assert drawn.table.frame["part"].tolist() == ["utfall 2022", "födda", "döda", "prognos"]
    assert drawn.table.frame["level"].tolist() == [100, 107, 103, 103]
    assert "+7" in drawn.svg and f"{MINUS}4" in drawn.svg


def test_a_waterfall_whose_parts_do_not_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="parts end at 107"):
        waterfall(("a", 100), [("b", 7)], ("c", 108), name="w", title="W", alt="A.", caption="C.")
