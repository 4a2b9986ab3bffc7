"""Holds the code to the table of who may import whom, and every route to its signature check."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 300
STANDARD = sys.stdlib_module_names

FOR_ALL = {"errors", "deadline"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "deadline": set(),
    "settings": set(),
    "logs": set(),
    "metrics": set(),
    "domain": set(),
    "channels": {"domain"},
    "wire": set(),
    "intercom": {"domain", "wire"},
    "fetching": {"channels", "wire"},
    "storage": {"domain"},
    "usecases": {"domain", "intercom", "storage"},
    "sidebar": {"domain", "canvas_components"},
    "services": {"domain", "channels", "intercom", "storage", "usecases", "settings", "metrics"},
    "http": {
        "domain",
        "channels",
        "intercom",
        "storage",
        "usecases",
        "sidebar",
        "canvas_components",
        "settings",
        "services",
        "logs",
        "metrics",
    },
    "worker": {"domain", "channels", "fetching", "intercom", "storage", "usecases", "services"},
    "cli": {"domain", "channels", "intercom", "storage", "usecases", "services", "logs", "worker"},
    "sandbox": {"canvas_components"},
    "demo": {"app", "sandbox", "domain", "storage", "services", "settings", "worker"},
    "canvas_components": set(),
}
"""What each part of `app` (and the canvas library) may import besides itself and FOR_ALL. `app/__init__.py`, which
wires everything together, may import all but the sandbox and the demo."""
DEMO = {"app.sandbox.__main__", "app.sandbox.demo", "app.sandbox.links", "app.sandbox.queue"}
"""What `make run` is made of: the product and the sandbox side by side. Nothing imports it."""

OPEN_ROUTES = {
    "/static/<path:filename>",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/admin/static/<path:filename>",
    "/admin/sign-in",
    "/intercom/install",
}
"""Routes that anybody may call. Every other view says with `_signature` what proves its caller, or a guard before
every view of its blueprint does."""


def python_files() -> list[Path]:
    return sorted(path for folder in ("app", "canvas_components") for path in (ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """`app.intercom.client` -> intercom; `app` itself -> app; foreign modules -> their top name."""
    if module in DEMO:
        return "demo"
    names = module.split(".")
    return names[1] if names[0] == "app" and len(names) > 1 else names[0]


def imports_of(path: Path, known: set[str]) -> Iterator[str]:
    """Our own modules that this file imports, wherever in the file, `if TYPE_CHECKING` too."""
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
            names = [name if name in known else base for name in names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in {"app", "canvas_components"})


FILES = python_files()
KNOWN = {module_of(path) for path in FILES}
IMPORTS = {module_of(path): set(imports_of(path, KNOWN)) - {module_of(path)} for path in FILES}


@pytest.mark.parametrize("module", sorted(IMPORTS))
def test_a_module_imports_only_what_its_part_may(module: str) -> None:
    part = part_of(module)
    if part == "app":
        allowed = set(MAY_IMPORT) - {"sandbox", "demo"}
    else:
        assert part in MAY_IMPORT, f"{part} has no line in the table of who may import whom"
        allowed = MAY_IMPORT[part] | FOR_ALL | {part}
    found = {part_of(imported) for imported in IMPORTS[module]}
    if part == "canvas_components":
        allowed = {part}
    assert found <= allowed, f"{module} imports {sorted(found - allowed)}"


def test_the_table_allows_nothing_that_nobody_needs() -> None:
    for part, allowed in MAY_IMPORT.items():
        needed = {part_of(one) for module, found in IMPORTS.items() if part_of(module) == part for one in found}
        assert allowed <= needed, f"{part} does not need {sorted(allowed - needed)}"


def test_no_module_needs_itself() -> None:
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as fault:
        pytest.fail(f"import cycle: {' -> '.join(fault.args[1])}")


def test_parts_need_each_other_one_way() -> None:
    parts: dict[str, set[str]] = {}
    for module, imported in IMPORTS.items():
        part = part_of(module)
        parts.setdefault(part, set()).update({part_of(one) for one in imported} - {part})
    try:
        TopologicalSorter(parts).prepare()
    except CycleError as fault:
        pytest.fail(f"parts import each other: {' -> '.join(fault.args[1])}")


def test_the_canvas_library_stands_alone() -> None:
    allowed = {"canvas_components", "__future__"}
    for path in (ROOT / "canvas_components").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top in allowed or top in STANDARD, f"{path.name} imports {name}"


def test_the_domain_has_no_clock_and_no_input_or_output() -> None:
    forbidden = {"flask", "requests", "sqlalchemy", "socket", "time", "os", "random", "logging", "subprocess"}
    for path in (ROOT / "app" / "domain").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & forbidden, f"{path.name} is not pure"
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "utcnow", "today"}, f"{path.name} reads a clock"


def test_only_settings_and_the_entrances_read_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in [*FILES, ROOT / "wsgi.py"]
        if "os.environ" in path.read_text(encoding="utf-8") or "os.getenv" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"wsgi.py", "app/__init__.py"}


def test_the_entrance_only_makes_the_app() -> None:
    tree = ast.parse((ROOT / "wsgi.py").read_text(encoding="utf-8"))
    ours = {
        f"{node.module}:{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "app"
        for alias in node.names
    }
    assert ours <= {"app:create_app", "app.settings:BadSettings", "app.settings:Settings"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_has_one_subject(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_a_file_of_tests_has_one_subject() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py")}
    assert [path.name for path, lines in lengths.items() if lines > MAX_LINES] == []


def test_every_route_is_open_on_purpose_or_proves_its_caller(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule not in OPEN_ROUTES:
            guards = app.before_request_funcs.get(rule.endpoint.rpartition(".")[0], [])
            proofs = [getattr(one, "_signature", None) for one in (app.view_functions[rule.endpoint], *guards)]
            assert any(proofs), f"{rule.rule} neither checks a signature nor is listed as open"


def test_every_admin_page_is_behind_the_guard_and_takes_no_other_methods(app: Flask) -> None:
    """A method that the CSRF check does not know would go around it."""
    doors = {"/admin/static/<path:filename>", "/admin/sign-in"}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and rule.rule not in doors:
            assert rule.endpoint.startswith("admin."), f"{rule.rule} is outside of the guarded blueprint"
            assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}
