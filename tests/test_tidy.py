"""The house stays tidy: short files and functions, reasons for exceptions, one clock, no loose ends."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/almoner"

LINES_A_FILE = 400
LINES_A_FUNCTION = 70
LONG_FILES: dict[str, str] = {  # path: why it may be long
    "tests/oracle/test_oracle_by_hand.py": "one page of the design, sentence by sentence, in its order",
}
LONG_FUNCTIONS: dict[str, str] = {  # path:qualified.name: why it may be long
    "tests/cli/test_cli_story.py:test_a_year_is_typed_from_an_empty_office_to_a_verified_statement": "one year's story",
    "tests/engine/screening_by_hand.py:programme": "one programme written out, section by section, without the reader",
}
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}
CLOCK = "src/almoner/values/clock.py"
ENTRY_POINTS = {  # what is run or found by name, and by whom
    "almoner.cli.main": "the command `almoner` of pyproject.toml",
    "almoner.site.settings": "Django, through DJANGO_SETTINGS_MODULE",
}
FOUND_BY_DJANGO = re.compile(r"\.(apps|models|management\.commands\.\w+|templatetags\.\w+|migrations\.\w+)$")
FOLDERS_OF_TESTS_ALONE = {"oracle", "published", "schemas"}


def python_files(*folders: str) -> list[Path]:
    """Every Python file written by hand below the folders, in order."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in found if "migrations" not in file.parts)


ALL = python_files("src", "tests", "tools", "benchmarks")


def name_of(file: Path) -> str:
    """The path as it is written in a message."""
    return file.relative_to(ROOT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def comments_of(text: str) -> list[tuple[int, str]]:
    """Line and text of every comment: a string that looks like one is none."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def functions_of(tree: ast.AST, prefix: str = "") -> list[tuple[str, int]]:
    """Qualified name and length of every function, from its first decorator to its last line."""
    found = []
    for node in ast.iter_child_nodes(tree):
        inside = prefix
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{prefix}{node.name}."
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            starts = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            found.append((f"{prefix}{node.name}", (node.end_lineno or starts) - starts + 1))
        found.extend(functions_of(node, inside))
    return found


def unexplained(text: str) -> list[int]:
    """Lines whose `noqa` or `type: ignore` does not say why."""
    excuse = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:)", re.IGNORECASE)
    reason = re.compile(r" -- \S")
    return [line for line, text in comments_of(text) if excuse.search(text) and not reason.search(text)]


def asks_the_time(tree: ast.AST) -> list[int]:
    """Lines that ask the system what time it is."""
    forbidden = {
        "datetime": {"now", "utcnow", "today"},
        "date": {"today"},
        "time": {"time", "time_ns", "localtime", "gmtime", "strftime"},
        "timezone": {"now", "localdate", "localtime"},
        "functions": {"Now"},
    }
    lines = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=asked):
                if asked in forbidden.get(owner, ()):
                    lines.append(node.lineno)
            case ast.ImportFrom(module=str(module), names=names):
                owner = module.rpartition(".")[2]
                if owner != "datetime" and any(each.name in forbidden.get(owner, ()) for each in names):
                    lines.append(node.lineno)
            case ast.keyword(arg="auto_now" | "auto_now_add", value=value):
                lines.append(value.lineno)
    return lines


def left_undone(text: str) -> list[int]:
    """Lines that promise work instead of doing it."""
    tree = ast.parse(text)
    stubs = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc and "NotImplementedError" in ast.dump(node.exc)
    ]
    promise = re.compile(r"#.*\b(todo|fixme|xxx|hack)\b", re.IGNORECASE)
    return stubs + [line for line, comment in comments_of(text) if promise.search(comment)]


def imported_by(file: Path) -> set[str]:
    """Every module that a file imports or names in a string, as dotted names."""
    package = ".".join(file.relative_to(ROOT / "src").parent.parts)
    found = set()
    for node in ast.walk(tree_of(file)):
        match node:
            case ast.Import(names=names):
                found |= {each.name for each in names}
            case ast.ImportFrom(module=module, names=names, level=level):
                base = ".".join(package.split(".")[: len(package.split(".")) - level + 1]) if level else ""
                whole = ".".join(part for part in (base, module or "") if part)
                found |= {whole} | {f"{whole}.{each.name}" for each in names}
            case ast.Constant(value=str(text)) if text.startswith("almoner."):
                found.add(text)
    return found


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_file_is_near_400_lines_at_most(file):
    lines = len(file.read_text(encoding="utf-8").splitlines())
    if name_of(file) in LONG_FILES:
        assert lines > LINES_A_FILE, "it is short again: take it off the list"
    else:
        assert lines <= LINES_A_FILE, f"{lines} lines: split it by kind, not into parts"


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_function_is_near_70_lines_at_most(file):
    long = {
        f"{name_of(file)}:{name}": f"{lines} lines"
        for name, lines in functions_of(tree_of(file))
        if lines > LINES_A_FUNCTION
    }
    listed = {key for key in LONG_FUNCTIONS if key.startswith(f"{name_of(file)}:")}
    assert {key: lines for key, lines in long.items() if key not in listed} == {}
    assert listed - set(long) == set(), "short again: take them off the list"


def test_every_exception_gives_its_reason_and_still_exists():
    for listed, why in (LONG_FILES | LONG_FUNCTIONS).items():
        assert len(why.split()) >= 3, f"{listed} has no reason"
        assert (ROOT / listed.partition(":")[0]).is_file(), f"{listed} is gone"


def test_no_folder_or_module_is_a_junk_drawer():
    assert [name_of(file) for file in ALL if JUNK_DRAWERS & {*file.parts[len(ROOT.parts) :], file.stem}] == []


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_silenced_check_says_why(file):
    assert unexplained(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_only_the_clock_asks_what_time_it_is(file):
    if name_of(file) == CLOCK:
        assert asks_the_time(tree_of(file)), "the clock itself has to ask the system"
    else:
        assert asks_the_time(tree_of(file)) == []


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_nothing_is_left_undone(file):
    assert left_undone(file.read_text(encoding="utf-8")) == []


def test_every_module_is_used():
    modules = {
        ".".join(file.relative_to(ROOT / "src").with_suffix("").parts): file for file in python_files("src")
    }
    used = {name for file in modules.values() for name in imported_by(file) if name != _module(file)}
    idle = [
        module
        for module in modules
        if not module.endswith("__init__")
        and module not in ENTRY_POINTS
        and not FOUND_BY_DJANGO.search(module)
        if not any(name == module or name.startswith(f"{module}.") for name in used)
    ]
    assert idle == [], "modules that nothing in src/almoner imports"


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT / "src").with_suffix("").parts)


def test_every_folder_of_the_package_is_a_package():
    folders = {file.parent for file in SOURCE.rglob("*.py")}
    assert sorted(name_of(each) for each in folders if not (each / "__init__.py").is_file()) == []


def test_tests_stand_where_the_code_stands():
    folders = {file.parent.relative_to(ROOT / "tests") for file in python_files("tests")}
    strays = [
        each.as_posix()
        for each in folders
        if each.parts and each.parts[0] not in FOLDERS_OF_TESTS_ALONE and not (SOURCE / each).is_dir()
    ]
    assert strays == []
    names = [file.name for file in python_files("tests") if file.name != "conftest.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == [], "base names must be unique"


def test_tests_neither_sleep_nor_mock():
    offenders = []
    for file in python_files("tests"):
        for node in ast.walk(tree_of(file)):
            match node:
                case ast.Attribute(value=ast.Name(id="time"), attr="sleep"):
                    offenders.append(f"{name_of(file)}:{node.lineno}")
                case ast.ImportFrom(module="unittest.mock") | ast.ImportFrom(module="unittest"):
                    offenders.append(f"{name_of(file)}:{node.lineno}")
                case ast.Import(names=names) if any("mock" in each.name for each in names):
                    offenders.append(f"{name_of(file)}:{node.lineno}")
    assert offenders == []


def links_of(page: Path) -> list[Path]:
    """The files that a page of prose links to, code blocks aside."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    local = [each.partition("#")[0] for each in targets if not re.match(r"[a-z]+:", each)]
    return [(page.parent / each).resolve() for each in local if each]


def test_every_page_of_the_docs_can_be_reached_and_no_link_is_broken():
    start = ROOT / "README.md"
    reached, waiting, broken = {start}, [start], []
    while waiting:
        page = waiting.pop()
        for target in links_of(page):
            if not target.exists():
                broken.append(f"{name_of(page)}: {target.name}")
            elif target.suffix == ".md" and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert broken == []
    assert sorted(name_of(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached) == []


@pytest.mark.parametrize(
    ("finds", "text"),
    [
        (unexplained, "x = 1  # noqa: F841\n"),
        (unexplained, "x = y  # type: ignore[misc]\n"),
        (left_undone, "def later():\n    raise NotImplementedError\n"),
        (left_undone, "def later():\n    pass  # TODO write it\n"),
        (lambda text: asks_the_time(ast.parse(text)), "from datetime import date\nx = date.today()\n"),
        (lambda text: asks_the_time(ast.parse(text)), "import datetime\nx = datetime.datetime.now()\n"),
        (lambda text: asks_the_time(ast.parse(text)), "import time\nx = time.time()\n"),
        (lambda text: asks_the_time(ast.parse(text)), "from django.utils.timezone import now\n"),
        (lambda text: asks_the_time(ast.parse(text)), "x = DateTimeField(auto_now_add=True)\n"),
    ],
)
def test_each_check_finds_what_it_is_for(finds, text):
    assert finds(text) != []


def test_a_reason_and_a_string_are_accepted():
    assert unexplained("x = 1  # noqa: F841 -- shown to the reader\ny = '# noqa'\n") == []
    assert left_undone("x = 'todo'\n") == []
    assert asks_the_time(ast.parse("x = clock.now()\ny = time.monotonic()\n")) == []
