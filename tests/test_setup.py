"""Set-up holds together: what is declared, locked and promised in pyproject, environment.yml, lock and README."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import krokomanalys
from krokomanalys.sources.slices import REPORTS

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # conda's matplotlib carries a whole Qt, which no page needs
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 12


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        content: dict[str, Any] = tomllib.load(file)["project"]
    return content


@pytest.fixture(scope="module")
def lock() -> str:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8")


def pins(lock: str) -> list[Requirement]:
    """Every pinned package of the lock with the marker that says where it holds."""
    return [Requirement(line.rstrip("\\ ")) for line in lock.splitlines() if line and not line.startswith((" ", "#"))]


def declared(project: dict[str, Any]) -> list[Requirement]:
    """What the project depends on, to run, on several machines too, and to be worked on."""
    extras = project["optional-dependencies"].values()
    return [Requirement(line) for line in chain(project["dependencies"], *extras)]


def test_every_dependency_has_a_lower_bound(project: dict[str, Any]) -> None:
    unbounded = [str(r) for r in declared(project) if not any(s.operator == ">=" for s in r.specifier)]
    assert unbounded == []


def test_conda_gets_the_same_names_and_bounds_as_pip(project: dict[str, Any]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda = {line.replace(" ", "") for line in environment["dependencies"] if isinstance(line, str)}
    pip = {f"{CONDA_NAMES.get(r.name, r.name)}{r.specifier}" for r in map(Requirement, project["dependencies"])}
    assert conda == pip | {f"python{project['requires-python']}", "pip"}
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}


def test_the_lock_covers_every_dependency_within_its_bounds(project: dict[str, Any], lock: str) -> None:
    locked: dict[str, list[str]] = {}
    for pin in pins(lock):
        locked.setdefault(canonicalize_name(pin.name), []).append(next(iter(pin.specifier)).version)
    for requirement in declared(project):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not locked: make lock"
        assert all(requirement.specifier.contains(v) for v in versions), f"{requirement}, locked {versions}: make lock"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    ("platform", "os_name", "system"),
    [("linux", "posix", "Linux"), ("win32", "nt", "Windows"), ("darwin", "posix", "Darwin")],
)
def test_the_lock_gives_one_version_of_a_package_on_each_machine(
    lock: str, python: str, platform: str, os_name: str, system: str, project: dict[str, Any]
) -> None:
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.6",
        "sys_platform": platform,
        "os_name": os_name,
        "platform_system": system,
    }
    chosen = [canonicalize_name(p.name) for p in pins(lock) if p.marker is None or p.marker.evaluate(machine)]
    assert len(chosen) == len(set(chosen))
    assert {canonicalize_name(r.name) for r in declared(project)} <= set(chosen)


def test_the_lock_names_no_host_and_no_folder(lock: str) -> None:
    assert "://" not in lock
    assert "file:" not in lock
    assert not re.search(r"^(-|--)\w", lock, re.MULTILINE)  # an option such as --index-url


def test_every_pin_in_the_lock_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", lock.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_version_is_one_and_the_same_everywhere(project: dict[str, Any]) -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert project["version"] == newest[1] == krokomanalys.__version__ == importlib.metadata.version("krokomanalys")


@pytest.mark.parametrize("command", ["make reports", "make test", "conda env create -f environment.yml"])
def test_the_readme_names_the_commands_that_set_everything_up(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_a_make_command_that_is_written_about_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`make ([a-z]+)`", text) + re.findall(r"^ *make ([a-z]+) *(?:#.*)?$", text, re.MULTILINE)
    assert named
    assert set(named) <= targets


def test_every_report_has_its_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(REPORTS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_and_stored_without_outputs(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count is not None] == []
    assert [cell.id for cell in cells if len(cell.source.splitlines()) > LONGEST_CELL] == []
    defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    assert [ast.unparse(node) for node in nodes if isinstance(node, defining)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_parameters_cell(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in cells) == 1
