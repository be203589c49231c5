"""YAML files read into frozen pydantic models, with every fault told in Swedish by its key."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from krokomanalys.errors import Fault, InputError

M = TypeVar("M", bound=BaseModel)
_UNION = re.compile(r"(function-|lax-|constrained-|tuple\[|dict\[|literal\[).*|float|int|str|bool")
"""What pydantic puts into the place of a fault to say which kind of a union it tried."""

WIDTHS = {"municipality": 4, "region": 4, "shape_from": 4, "period": 2}
"""Keys whose text is digits of a fixed number, leading zeros included."""
PATTERNS = {
    r"^\d{4}$": 'en kommunkod med fyra siffror, t.ex. "2309"',
    r"^[a-z0-9][a-z0-9_.-]*$": "ett id av små bokstäver a–z, siffror, punkt, bindestreck och understreck",
    r"^[^\W\d]\w*$": "ett namn av bokstäver, siffror och understreck",
    r"^(0[1-9]|1[0-2]|tertial[12]|delar)$": 'en månad "01" till "12", tertial1, tertial2 eller delar',
}
"""What the patterns of the models mean, for the messages."""


_LEFT = re.compile(r'^[^#]*?(?:([\w-]+):|[-\[{,]) *"?(<[^\W\d][^<>]*>)')
"""A line where a template's <words in these brackets> still stand, with the key before them."""


class Misplaced(ValueError):
    """What a model finds wrong between two parts of a file, told at the `key` where it is to be mended."""

    def __init__(self, problem: str, key: str) -> None:
        self.key = key
        super().__init__(problem)


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice, where YAML would let the last one win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "en nyckel ska vara ett ord", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'nyckeln "{key}" står två gånger', key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_whole_number(self, node: yaml.ScalarNode) -> int:
        """A whole number; one with a leading zero is refused, since YAML reads it in base eight (0114 becomes 76)."""
        self._refuse_sixties(node)
        if re.fullmatch(r"0\d+", node.value):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f'{node.value} är ett tal i YAML, så att nollan faller bort. Sätt citattecken: "{node.value}"',
                node.start_mark,
            )
        number: int = self.construct_yaml_int(node)
        return number

    def construct_decimal(self, node: yaml.ScalarNode) -> float:
        """A number with decimals."""
        self._refuse_sixties(node)
        number: float = self.construct_yaml_float(node)
        return number

    def _refuse_sixties(self, node: yaml.ScalarNode) -> None:
        """Refuse a clock's time, which YAML reads as a number in base sixty: 14:30 becomes 870."""
        if ":" in node.value:
            problem = f"{node.value} är ett klockslag, som YAML gör om till ett annat tal. Skriv ett tal, eller sätt "
            problem += f'citattecken: "{node.value}"'
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)

    def construct_date(self, node: yaml.ScalarNode) -> date:
        """A date; one that the calendar doesn't have (2021-02-30) is refused."""
        try:
            day: date = self.construct_yaml_timestamp(node)
        except ValueError:
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value} är inget datum som finns", node.start_mark
            ) from None
        return day


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _StrictLoader.construct_whole_number)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.construct_decimal)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.construct_date)


def read_yaml(path: Path, model: type[M], name: str) -> M:
    """The file as a checked model; `name` is what the file is called in messages.

    Raises:
        InputError: with every fault: unreadable YAML by its row, each unknown, missing or wrong key by its name,
            and for an unknown key the nearest right one.
    """
    return checked(_content(path, name), model, name)


def checked(content: object, model: type[M], name: str) -> M:
    """What a YAML file held, as a checked model.

    Raises:
        InputError: with every fault, unknown keys first: what is missing may be one of them misspelt.
    """
    if not isinstance(content, dict):
        raise InputError(Fault(name, "filen innehåller inga nycklar", "rader av formen  nyckel: värde"))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        told = sorted((d for d in error.errors() if not _echo(d)), key=lambda d: d["type"] != "extra_forbidden")
        faults = [_fault(detail, model, name, content) for detail in told]
        raise InputError([_named(fault, content) for fault in _merged(faults)]) from None


def _unfilled(text: str, name: str) -> list[Fault]:
    """A fault for each line where a template waits for the economist's own words."""
    remedy = "Skriv över det, eller ta bort raden om den inte behövs"
    return [
        Fault(name, f"{found[2]} står kvar från mallen", remedy=remedy, row=row, key=found[1])
        for row, line in enumerate(text.splitlines(), start=1)
        if "<" in line and (found := _LEFT.match(line))
    ]


def _content(path: Path, name: str) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if left := _unfilled(text, name):
            raise InputError(left)
        return yaml.load(text, Loader=_StrictLoader)
    except UnicodeDecodeError as error:
        raise InputError(
            Fault(name, f"filen är inte UTF-8 (byte {error.start})", "UTF-8", "Spara om den som UTF-8")
        ) from None
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        own = error.problem if isinstance(error, yaml.constructor.ConstructorError) else None
        raise InputError(
            Fault(
                name,
                own or "raden går inte att läsa som YAML",
                "" if own else "nyckel: värde",
                "" if own else "Se efter indrag, kolon och citattecken",
                row=row,
            )
        ) from None
    except yaml.YAMLError:
        raise InputError(
            Fault(name, "filen har tecken som inte hör hemma i YAML", "vanlig text", "Skriv av den i en texteditor")
        ) from None


def _named(fault: Fault, content: object) -> Fault:
    """The fault with the ids, in its key, of the parts of lists that it lies in: goals.1.target (trygga_invanare)."""
    ids: list[str] = []
    at = content
    for part in (fault.key or "").split("."):
        if isinstance(at, list) and part.isdigit() and int(part) <= len(at):
            at = at[int(part) - 1]
            ids += [str(at["id"])] if isinstance(at, dict) and at.get("id") else []
        else:
            at = at.get(part) if isinstance(at, dict) else None
    return replace(fault, key=f"{fault.key} ({', '.join(ids)})") if ids else fault


def _echo(detail: ErrorDetails) -> bool:
    """Whether a list is called too short only since its items were faulty, which is told on its own."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _merged(faults: list[Fault]) -> list[Fault]:
    """One fault for a value that may be of several kinds and is of none."""
    merged: dict[tuple[str | None, str], Fault] = {}
    for fault in faults:
        place = (fault.key, "" if fault.expected else fault.problem)
        first = merged.get(place)
        merged[place] = replace(first, expected=f"{first.expected} eller {fault.expected}") if first else fault
    return list(merged.values())


def _key(place: list[int | str], content: object) -> str | None:
    """A place in a file as messages name it: the parts of a list are counted from 1, keys stand as they are."""
    told: list[str] = []
    at = content
    for part in place:
        told.append(str(part + 1) if isinstance(at, list) and isinstance(part, int) else str(part))
        if isinstance(at, list):
            at = at[part] if isinstance(part, int) and part < len(at) else None
        else:
            at = at.get(part) if isinstance(at, dict) else None
    return ".".join(told) or None


def _fault(detail: ErrorDetails, model: type[BaseModel], name: str, content: object) -> Fault:
    place = [part for part in detail["loc"] if isinstance(part, int) or not _UNION.fullmatch(part)]
    key = _key(place, content)
    found, kind, context = detail["input"], detail["type"], detail.get("ctx", {})
    last = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(last, sorted(_keys(model, place[:-1])), n=1, cutoff=0.5)
        if found is None and (" " in last or not near):
            return Fault(
                name,
                f'"{last}" är en nyckel utan värde: inom {{ }} delar ett komma raden',
                remedy='Sätt citattecken om en text med komma: "Gör, och mer"',
                key=key,
            )
        return Fault(name, f'nyckeln "{last}" är okänd', remedy=f'Menade du "{near[0]}"?' if near else "", key=key)
    if kind == "missing":
        return Fault(name, f'nyckeln "{last}" saknas', key=key)
    if found is None:
        return Fault(name, "värdet saknas", remedy="Skriv ett värde eller ta bort nyckeln", key=key)
    if kind == "string_type" and isinstance(found, bool):
        return Fault(
            name, "ordet läses som ja eller nej (true, false) i YAML", "text", "Sätt citattecken om det", key=key
        )
    if kind == "string_type" and isinstance(found, int):
        whole = f"{found:0{WIDTHS.get(last, 1)}d}"
        lost = ", så att inledande nollor faller bort" if last in WIDTHS else ""
        return Fault(name, f"{found} är ett tal i YAML{lost}", "text", f'Sätt citattecken: {last}: "{whole}"', key=key)
    if kind == "literal_error":
        choices = str(context["expected"]).replace(" or ", ", ").replace("'", "")
        several = "något av " if "," in choices else ""
        return Fault(name, f'"{found}" känns inte igen', several + choices, key=key)
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return Fault(name, f'"{found}" kan inte stå här', PATTERNS.get(pattern, f"text av formen {pattern}"), key=key)
    if kind == "too_short":
        return Fault(name, "listan är tom", "minst en post", key=key)
    if kind == "value_error":
        wrong = context["error"]
        return Fault(name, str(wrong), key=wrong.key if isinstance(wrong, Misplaced) else key)
    expected = {
        "string_type": "text",
        "float_parsing": "ett tal",
        "float_type": "ett tal",
        "finite_number": "ett tal",
        "int_parsing": "ett heltal",
        "int_type": "ett heltal",
        "int_from_float": "ett heltal",
        "date_from_datetime_parsing": "ett datum, 2021-12-31",
        "string_too_short": "en text",
        "string_too_long": f"högst {context.get('max_length', 0)} tecken",
        "bool_parsing": "true eller false",
        "tuple_type": "en lista",
        "dict_type": "nycklar med värden",
        "greater_than": f"mer än {context.get('gt', 0):g}",
        "greater_than_equal": f"minst {context.get('ge', 0):g}",
        "less_than_equal": f"högst {context.get('le', 0):g}",
        "model_type": "nycklar med värden",
    }
    return Fault(name, f'"{found}" kan inte stå här', expected.get(kind, "ett värde av rätt slag"), key=key)


def _keys(model: type[BaseModel], place: list[int | str]) -> set[str]:
    """The keys that a file may have at a place in it; a name that is no field there is a key of the file's own."""
    level = [model]
    for part in place:
        if inner := [f.annotation for m in level for name, f in m.model_fields.items() if name == part]:
            level = [m for annotation in inner for m in _models_in(annotation)]
    return {name for m in level for name in m.model_fields}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models_in(part)]
