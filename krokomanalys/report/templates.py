"""The Jinja templates of the report room. Everything is escaped unless it is marked as safe."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent / "template"


@cache
def template(name: str) -> Template:
    """The template `name` in report/template/."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=False
    ).get_template(name)


@cache
def style() -> str:
    """The style sheet that pages and the index share."""
    return (FOLDER / "style.css").read_text(encoding="utf-8")
