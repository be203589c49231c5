"""Small formulas that an economist writes in a YAML file: names, numbers, + - * / and parentheses, nothing else."""

from __future__ import annotations

import ast

_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/"})
_WHOLE = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name)
_MARKS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Load)


def parse_formula(text: str) -> ast.expr:
    """The formula as a tree of BinOp, UnaryOp (minus), Constant and Name; · × ÷ and − may stand for * / and -.

    A name may stand once only: then interval arithmetic on the tree is exact, and the bound that it gives is the
    least there is (Moore, Interval Analysis, 1966: single-use expressions).

    Raises:
        ValueError: no formula, something else than arithmetic in it, or a name that stands twice; in Swedish.
    """
    try:
        tree = ast.parse(text.translate(_SIGNS).strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(
            f'formeln "{text}" går inte att läsa: skriv namn, tal, + - * / och parenteser, decimaler med punkt'
        ) from None
    for node in ast.walk(tree):
        number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if not (number or (isinstance(node, (*_MARKS, *_WHOLE)) and not isinstance(node, ast.Constant))):
            raise ValueError(f'formeln "{text}" innehåller annat än namn, tal, + - * / och parenteser')
    names = names_in(tree)
    if again := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(
            f'talet {again} står två gånger i formeln "{text}": skriv om den så att det står en gång, '
            "t.ex. 1 - efter / före i stället för (före - efter) / före"
        )
    return tree


def names_in(formula: ast.expr) -> list[str]:
    """The names of a formula, as often as they stand in it."""
    return [node.id for node in ast.walk(formula) if isinstance(node, ast.Name)]
