"""The jämförelsetal that have a target or the document's own word, with value and light."""

from __future__ import annotations

import pandas as pd

from krokomanalys.report.measure_cells import dates, notes, units, values
from krokomanalys.report.tables import Column, Table
from krokomanalys.swedish import BLANK
from krokomanalys.targets.status import Basis


def target_table(measures: pd.DataFrame) -> Table | None:
    """The comparisons that have a target or the document's own word, with value and light; None without any."""
    own = measures[(measures["goal"] == "") & ((measures["target"] != "") | (measures["printed"] != ""))]
    if own.empty:
        return None
    frame = own.assign(
        name=[", ".join(filter(None, told)) for told in zip(own["name"], units(own), strict=True)],
        shown=values(own),
        when=dates(own),
        wanted=own["target"].replace("", BLANK),
    )
    columns = {
        "name": Column("Tal", kind="text"),
        "shown": Column("Värde", mixed=True),
        "when": Column("Mätt", kind="text"),
        "wanted": Column("Målvärde", kind="text"),
        "status": Column("Läge", kind="light"),
    }
    if (own["printed"] != "").any():
        columns["printed"] = Column("Dokumentets ord", kind="text")
    by_word = (own["basis_word"] == Basis.JUDGEMENT.word).any()
    said = ["Utan målvärde är läget dokumentets eget omdöme."] if by_word else []
    remark = " ".join([*said, "Streck: uppgift saknas.", *notes(own)])
    return Table("jamforelsetal_mal", "Jämförelsetal med målvärde eller omdöme", frame, columns, note=remark)
