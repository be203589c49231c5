"""YAML files read into frozen pydantic models, with every fault told in Swedish by its key."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from krokomanalys.errors import Fault, InputError

M = TypeVar("M", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice, where YAML would let the last one win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'nyckeln "{key}" står två gånger', key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


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
        InputError: with every fault.
    """
    if not isinstance(content, dict):
        raise InputError(Fault(name, "filen innehåller inga nycklar", "rader av formen  nyckel: värde"))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError([_fault(detail, model, name) for detail in error.errors()]) from None


def _content(path: Path, name: str) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    except UnicodeDecodeError as error:
        raise InputError(Fault(name, f"filen är inte UTF-8 (byte {error.start})", "UTF-8")) from None
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        own = error.problem if isinstance(error, yaml.constructor.ConstructorError) else None
        raise InputError(
            Fault(name, own or "raden går inte att läsa som YAML", "" if own else "nyckel: värde",
                  "" if own else "Se efter indrag, kolon och citattecken", row=row)
        ) from None


def _fault(detail: ErrorDetails, model: type[BaseModel], name: str) -> Fault:
    place = [part for part in detail["loc"] if not str(part).startswith(("function-", "lax-", "constrained-"))]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place) or None
    found, kind, context = detail["input"], detail["type"], detail.get("ctx", {})
    last = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(last, sorted(_keys(model)), n=1, cutoff=0.5)
        return Fault(name, f'nyckeln "{last}" är okänd', remedy=f'Menade du "{near[0]}"?' if near else "", key=key)
    if kind == "missing":
        return Fault(name, f'nyckeln "{last}" saknas', key=key)
    if kind == "string_type" and isinstance(found, int):
        return Fault(name, f"{found} är ett tal i YAML, så att inledande nollor faller bort", "text",
                     f'Sätt citattecken: {last}: "{found:04d}"', key=key)
    if kind == "literal_error":
        return Fault(name, f'"{found}" känns inte igen', "något av " + str(context["expected"]).replace(" or ", ", "),
                     key=key)
    if kind == "value_error":
        return Fault(name, str(context["error"]), key=key)
    expected = {
        "string_type": "text", "float_parsing": "ett tal", "float_type": "ett tal", "int_parsing": "ett heltal",
        "int_type": "ett heltal", "int_from_float": "ett heltal", "date_from_datetime_parsing": "ett datum, 2021-12-31",
        "string_pattern_mismatch": f"text av formen {context.get('pattern', '')}", "string_too_short": "en text",
        "bool_parsing": "true eller false", "tuple_type": "en lista", "dict_type": "nycklar med värden",
        "greater_than": f"mer än {context.get('gt')}", "greater_than_equal": f"minst {context.get('ge')}",
        "less_than_equal": f"högst {context.get('le')}", "model_type": "nycklar med värden",
    }
    return Fault(name, f'"{found}" kan inte stå här', expected.get(kind, "ett värde av rätt slag"), key=key)


def _keys(model: type[BaseModel]) -> set[str]:
    keys: set[str] = set()
    for field_name, field in model.model_fields.items():
        keys.add(field_name)
        waiting: list[Any] = [field.annotation]
        while waiting:
            part = waiting.pop()
            waiting += typing.get_args(part)
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= _keys(part)
    return keys
