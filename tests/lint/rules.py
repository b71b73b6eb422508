"""docs/rules/ says of each kind with control of its own what the reference does, and which tests hold it.

Each row of its tables is a rule and its tests, in backquotes and separated by commas: `JobPlan.Name` of a C++ test,
`test_jobs Jobs.test_name` of an end-to-end one. A name may stand for one test alone.
"""
import ast
import os
import re

DIRECTORY = "docs/rules/"
HEADER = ["Rule", "Test"]
UNIT = re.compile(r"^(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
NAME = re.compile(r"`([^`]*)`")
LINE = re.compile(r":?-+:?")
CELLS = re.compile(r"(?<!\\)\|")


def _known(tree):
    """Every test, by the name it has here."""
    known = set()
    for path in tree.ending(".cc"):
        if path.startswith("tests/"):
            text = "\n".join(line for _, line in tree.lines(path))
            known.update(f"{suite}.{name}" for suite, name in UNIT.findall(text))
    for path in tree.ending(".py"):
        file = os.path.basename(path)
        if path.startswith("tests/e2e/") and file.startswith("test_"):
            known.update(f"{file[:-3]} {name}" for name in _methods(tree, path))
    return known


def _methods(tree, path):
    source = "\n".join(line for _, line in tree.lines(path))
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                    yield f"{node.name}.{each.name}"


def _cells(line):
    return [cell.strip() for cell in CELLS.split(line.strip())[1:-1]]


def _is_line(cells):
    return len(cells) == len(HEADER) and all(LINE.fullmatch(cell) for cell in cells)


def _row(cells, known):
    if len(cells) != len(HEADER):
        yield f"has {len(cells)} cells: a rule and its tests"
        return
    rule, tests = cells
    if not rule:
        yield "names no rule"
    names = NAME.findall(tests)
    if not names or not all(names):
        yield "the rule has no test"
    if NAME.sub("", tests).strip(" ,"):
        yield "holds more than names of tests in backquotes"
    for name in names:
        if name and name not in known:
            yield f"names the test {name}, which does not exist"


def _page(tree, path, known):
    rows, place = 0, 0  # where a table is: 0 outside, 1 at its header's line, 2 in its rows
    for number, line in tree.lines(path):
        if not line.startswith("|"):
            place = 0
            continue
        place += 1
        if place == 1 and _cells(line) != HEADER:
            yield path, number, f"a table here is | {' | '.join(HEADER)} |"
        if place == 2 and not _is_line(_cells(line)):
            yield path, number, "stands where the line below a table's header belongs: |---|---|"
        if place <= 2:
            continue
        rows += 1
        for message in _row(_cells(line), known):
            yield path, number, message
    if rows == 0:
        yield path, 0, "has no rule"


def check(tree):
    pages = [path for path in tree.ending(".md") if path.startswith(DIRECTORY)]
    if not pages:
        yield DIRECTORY, 0, "is missing"
        return
    known = _known(tree)
    for path in pages:
        yield from _page(tree, path, known)
