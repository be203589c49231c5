"""YAML files: every mistake told by its key or row, in Swedish, with what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.yaml_files import checked, read_yaml

NAME = "params/2309-2021.yaml"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, StringConstraints(min_length=1)]
    weight: float = Field(default=1, gt=0)


class Settings(BaseModel):
    """One field of each kind that files have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    municipality: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    year: int = Field(ge=1968)
    title: str | None = None
    known_until: date | None = None
    kind: Literal["a", "b"] = "a"
    value: float | tuple[float, float] | str | None = None
    parts: tuple[Part, ...] = Field(default=(Part(name="x"),), min_length=1)


GOOD = 'municipality: "2309"\nyear: 2021\n'


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    def faults(text: str | bytes, model: type[BaseModel] = Settings) -> list[str]:
        path = tmp_path / "x.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(InputError) as error:
            read_yaml(path, model, NAME)
        return [str(fault).removeprefix(NAME) for fault in error.value.faults]

    return faults


def test_a_right_file_is_the_model_it_says(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"\ufeff{GOOD}known_until: 2021-08-31\nvalue: [1, 2]\n", encoding="utf-8")
    settings = read_yaml(path, Settings, NAME)
    assert (settings.municipality, settings.known_until, settings.value) == ("2309", date(2021, 8, 31), (1, 2))


@pytest.mark.parametrize(
    ("key", "nearest"), [("municipalty", "municipality"), ("known_untl", "known_until"), ("titel", "title")]
)
def test_a_misspelt_key_names_the_nearest_right_one(told: Callable[..., list[str]], key: str, nearest: str) -> None:
    assert told(f"{GOOD}{key}: 1\n") == [f', nyckel {key}: nyckeln "{key}" är okänd. Menade du "{nearest}"?']


def test_a_key_that_is_like_no_other_is_just_unknown(told: Callable[..., list[str]]) -> None:
    assert told(f"{GOOD}xyzzy: 1\n") == [', nyckel xyzzy: nyckeln "xyzzy" är okänd.']


def test_the_nearest_key_is_one_that_may_stand_where_the_misspelt_one_does(told: Callable[..., list[str]]) -> None:
    assert told(f"{GOOD}wieght: 1\n") == [', nyckel wieght: nyckeln "wieght" är okänd.']
    assert told(f"{GOOD}parts: [{{name: a, wieght: 1}}]\n") == [
        ', nyckel parts.1.wieght: nyckeln "wieght" är okänd. Menade du "weight"?'
    ]


def test_a_target_written_with_its_unit_is_told_to_be_the_number_alone(told: Callable[..., list[str]]) -> None:
    text = """region: "2309"
year: 2021
document: {title: a, body: b}
goals:
- {id: ett, title: x, kind: namnd, measures: [{id: m, name: n, unit: "%", direction: higher, target: 79 %}]}
"""
    assert told(text, GoalVersion) == [
        ', nyckel goals.1.measures.1 (ett, m): målvärdet "79 %" är text: skriv bara talet, '
        "target: 79, och orden i target_text."
    ]


def test_a_missing_key_is_told(told: Callable[..., list[str]]) -> None:
    assert told("year: 2021\n") == [', nyckel municipality: nyckeln "municipality" saknas.']


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "2309",
            ", nyckel municipality: 2309 är ett tal i YAML, så att inledande nollor faller bort. Väntade text. "
            'Sätt citattecken: municipality: "2309".',
        ),
        (
            "114",
            ", nyckel municipality: 114 är ett tal i YAML, så att inledande nollor faller bort. Väntade text. "
            'Sätt citattecken: municipality: "0114".',
        ),
        ("0114", ', rad 1: 0114 är ett tal i YAML, så att nollan faller bort. Sätt citattecken: "0114".'),
        (
            "yes",
            ", nyckel municipality: ordet läses som ja eller nej (true, false) i YAML. Väntade text. "
            "Sätt citattecken om det.",
        ),
        ('"23"', ', nyckel municipality: "23" kan inte stå här. Väntade en kommunkod med fyra siffror, t.ex. "2309".'),
        ("", ", nyckel municipality: värdet saknas. Skriv ett värde eller ta bort nyckeln."),
    ],
)
def test_a_municipality_code_without_quotes_is_told_to_be_quoted(
    told: Callable[..., list[str]], written: str, message: str
) -> None:
    assert told(f"municipality: {written}\nyear: 2021\n") == [message]


def test_a_code_with_an_eight_or_nine_is_text_even_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("municipality: 0180\nyear: 2021\n")
    assert read_yaml(path, Settings, NAME).municipality == "0180"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("title: 12", ', nyckel title: 12 är ett tal i YAML. Väntade text. Sätt citattecken: title: "12".'),
        ("kind: c", ', nyckel kind: "c" känns inte igen. Väntade något av a, b.'),
        (
            "value: {a: 1}",
            """, nyckel value: "{'a': 1}" kan inte stå här. Väntade ett tal eller en lista eller text.""",
        ),
        ("parts: x", ', nyckel parts: "x" kan inte stå här. Väntade en lista.'),
        ("parts: []", ", nyckel parts: listan är tom. Väntade minst en post."),
        (
            "parts: [{name: a}, {name: b, weight: 0}]",
            ', nyckel parts.2.weight: "0" kan inte stå här. Väntade mer än 0.',
        ),
        ('parts: [{name: ""}]', ', nyckel parts.1.name: "" kan inte stå här. Väntade en text.'),
        ("known_until: 2021-02-30", ", rad 3: 2021-02-30 är inget datum som finns."),
        ("known_until: igår", ', nyckel known_until: "igår" kan inte stå här. Väntade ett datum, 2021-12-31.'),
        ("year: 2022", ', rad 3: nyckeln "year" står två gånger.'),
        (
            "title: a: b",
            ", rad 3: raden går inte att läsa som YAML. Väntade nyckel: värde. Se efter indrag, kolon och citattecken.",
        ),
        (
            "\ttitle: a",
            ", rad 3: raden går inte att läsa som YAML. Väntade nyckel: värde. Se efter indrag, kolon och citattecken.",
        ),
        ("[a]: b", ", rad 3: en nyckel ska vara ett ord."),
        (
            "title: a\x00",
            ": filen har tecken som inte hör hemma i YAML. Väntade vanlig text. Skriv av den i en texteditor.",
        ),
    ],
)
def test_a_wrong_line_is_told_by_its_key_or_row(told: Callable[..., list[str]], line: str, message: str) -> None:
    assert told(f"{GOOD}{line}\n") == [message]


@pytest.mark.parametrize(
    ("year", "expected"), [("tjugo", "ett heltal"), ("2021.5", "ett heltal"), ("1200", "minst 1968")]
)
def test_a_year_that_is_none_is_told_what_was_expected(
    told: Callable[..., list[str]], year: str, expected: str
) -> None:
    assert told(f'municipality: "2309"\nyear: {year}\n') == [
        f', nyckel year: "{year}" kan inte stå här. Väntade {expected}.'
    ]


def test_all_faults_of_a_file_are_told_at_once(told: Callable[..., list[str]]) -> None:
    assert len(told("municipality: 2309\nyear: x\nkind: c\nfoo: 1\nparts: [{}]\n")) == 5


@pytest.mark.parametrize("text", ["", "# bara en kommentar\n", "- a\n- b\n", "text\n"])
def test_a_file_without_keys_is_told(told: Callable[..., list[str]], text: str) -> None:
    assert told(text) == [": filen innehåller inga nycklar. Väntade rader av formen  nyckel: värde."]


def test_a_file_in_an_old_encoding_is_told(told: Callable[..., list[str]]) -> None:
    assert told(f"{GOOD}title: Timrå\n".encode("latin-1")) == [
        ": filen är inte UTF-8 (byte 43). Väntade UTF-8. Spara om den som UTF-8."
    ]


def test_what_was_read_elsewhere_is_checked_alike() -> None:
    with pytest.raises(InputError, match='Menade du "municipality"'):
        checked({"municipalit": "2309", "year": 2021}, Settings, NAME)


def test_a_goal_files_faults_are_told_by_their_place_in_it(told: Callable[..., list[str]]) -> None:
    text = """region: "2309"
year: 2021
document: {title: a, body: b}
goals:
- id: ett
  title: x
  kind: namnd
  mesures: []
- id: Två
  title: y
  kind: namnd
  measures: [{id: m, name: n, unit: "%", direction: up, target: 3}]
"""
    assert told(text, GoalVersion) == [
        ', nyckel goals.1.mesures (ett): nyckeln "mesures" är okänd. Menade du "measures"?',
        ', nyckel goals.2.id (Två): "Två" kan inte stå här. Väntade ett id av små bokstäver a–z, siffror, punkt, '
        "bindestreck och understreck.",
        ', nyckel goals.2.measures.1.direction (Två, m): "up" känns inte igen. Väntade något av higher, lower, range, '
        "exact, ordinal, binary, rank, unstated.",
    ]


def test_a_rule_between_keys_is_told_in_the_models_own_words(told: Callable[..., list[str]]) -> None:
    text = """region: "2262"
year: 2020
document: {title: a, body: b}
unit: tkr
rounded_to: 1
signs: {operations: intäkt +}
tables: {net: {title: a, total: b}}
breaks: [{years: [2020, 2019], reason: x}]
"""
    assert told(text, LedgerNotes) == [
        ", nyckel breaks.1: åren i ett brott ska stå i ordning, tidigare år först: [2020, 2019]."
    ]


GOALS = """region: "0000"
year: 2025
document: {title: a, body: b}
goals:
- id: ett
  title: x
  kind: namnd
  measures: [{id: m, name: n, unit: "%", direction: higher, MORE}]
"""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            "path: {2025: mycket, 2026: 80}",
            'goals.1.measures.1.path.2025 (ett, m): "mycket" kan inte stå här. Väntade ett tal.',
        ),
        (
            "relative_to: föregående",
            'goals.1.measures.1.relative_to (ett, m): "föregående" kan inte stå här. Väntade ett heltal eller '
            "previous.",
        ),
        (
            "note: Gör, och mer",
            'goals.1.measures.1.och mer (ett, m): "och mer" är en nyckel utan värde: inom { } delar ett komma raden. '
            'Sätt citattecken om en text med komma: "Gör, och mer".',
        ),
        (
            "target: 80-90",
            'goals.1.measures.1 (ett, m): målvärdet "80-90" är text: skriv direction: range och target: [80, 90].',
        ),
        (
            "target: true",
            "goals.1.measures.1.target (ett, m): ordet läses som ja eller nej (true, false) i YAML. Skriv ett tal, för "
            "ett ja 1.",
        ),
        ("target: .inf", 'goals.1.measures.1.target (ett, m): "inf" kan inte stå här. Väntade ett tal'),
        ("path: {2025: .nan}", 'goals.1.measures.1.path.2025 (ett, m): "nan" kan inte stå här. Väntade ett tal.'),
        ("target: 1.0e+15", "goals.1.measures.1.target (ett, m): 1e+15 är för stort för att vara ett mätvärde."),
    ],
)
def test_a_slip_in_a_measure_is_told_once_by_its_own_key_with_what_to_write(
    told: Callable[..., list[str]], more: str, says: str
) -> None:
    (fault,) = told(GOALS.replace("MORE", more), GoalVersion)
    assert fault.startswith(f", nyckel {says}")


@pytest.mark.parametrize("clock", ["14:30", "14:30.5"])
def test_a_clocks_time_is_no_number(told: Callable[..., list[str]], clock: str) -> None:
    assert told(GOALS.replace("MORE", f"target: {clock}"), GoalVersion) == [
        f", rad 8: {clock} är ett klockslag, som YAML gör om till ett annat tal. Skriv ett tal, eller sätt "
        f'citattecken: "{clock}".'
    ]
