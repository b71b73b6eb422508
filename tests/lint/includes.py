"""Who may include whom. This table is the rule; docs/architecture.md says why."""
import re

BASE, HTTP, API, STORE, OBJECTS = "agent/base", "agent/http", "agent/api", "agent/store", "agent/objects"
EVENTS, OBSERVE, TOKENS = "agent/events", "agent/observe", "agent/tokens"

# room -> what it may include besides itself. A room is the longest of these that a file's path starts with.
ALLOWED = {
    BASE: [],
    "cri": [BASE],
    "volumes": [BASE],
    "dns": [BASE],
    "systemd": [BASE],
    HTTP: [BASE],
    API: [BASE],
    STORE: [BASE, API],
    TOKENS: [BASE, API],
    OBJECTS: [BASE, API, STORE, TOKENS],
    EVENTS: [BASE, API, STORE, OBJECTS],
    "agent/manifests": [BASE, API, STORE, OBJECTS, EVENTS],
    "agent/apiserver": [BASE, HTTP, API, STORE, TOKENS, OBJECTS, EVENTS],
    "agent/controllers": [BASE, API, STORE, OBJECTS, EVENTS],
    "agent/names": [BASE, API, "dns/snapshot"],
    "agent/podsync": [BASE, API, STORE, OBJECTS, EVENTS, "agent/status", "agent/references", "agent/probes", OBSERVE, "cri",
                      "volumes"],
    "agent/references": [BASE, API, STORE, OBJECTS, EVENTS],
    OBSERVE: [BASE, API, "cri"],
    "agent/probes": [BASE, API, STORE, OBJECTS, EVENTS, OBSERVE, "cri"],
    "agent/status": [BASE, API, STORE, OBJECTS, EVENTS],
    "agent/metrics": [BASE, API, STORE, OBSERVE, "cri"],
    "agent/node": [BASE, HTTP, API, STORE, OBJECTS, EVENTS, OBSERVE, "cri", "volumes"],
    "agent/network": [BASE],
    "examples": [],
}

# The composition root, with main.cc before it. It may include every room; no room may include it.
ROOT, MAIN = "agent/app", "agent/main.cc"
# Tests may include everything but main.cc; nothing else may include tests.
TESTS = "tests"
# Parts of a room that only the room itself and tests may see.
INNER = {"cri/proto": "cri"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def under(path, directory):
    return path == directory or path.startswith(directory + "/")


def room_of(path):
    rooms = [room for room in ALLOWED if under(path, room)]
    if rooms:
        return max(rooms, key=len)
    if under(path, TESTS):
        return TESTS
    if under(path, ROOT) or path == MAIN:
        return ROOT
    return None


def forbidden(path, target):
    """Why `path` may not include `target`, both relative to the root; None when it may."""
    source, room = room_of(path), room_of(target)
    if target == MAIN:
        return "nothing includes main.cc"
    if source is None:
        return f"{path} is in no room of the table"
    if room is None:
        return f"{target} is in no room of the table"
    if source == TESTS:
        return None
    if room == TESTS:
        return "product code includes tests"
    for part, owner in INNER.items():
        if under(target, part) and source != owner:
            return f"{part} is {owner}'s own"
    if source in (ROOT, room) or any(under(target, allowed) for allowed in ALLOWED[source]):
        return None
    allowed = ", ".join(ALLOWED[source]) or "nothing of ours"
    return f"{source} may include {allowed}; not {target}"


def check(tree):
    for path in tree.ending(".cc", ".h"):
        if room_of(path) is None:
            yield path, 0, "is in no room of the table (tests/lint/includes.py)"
            continue
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, target = match.groups()
            generated = target.endswith(".pb.h") and tree.has(target[:-len(".pb.h")] + ".proto")
            if quote == "<":
                if tree.has(target):
                    yield path, number, f"{target} is ours: include it with quotes"
            elif not tree.has(target) and not generated:
                yield path, number, f"{target} does not exist (paths are from the root of the tree)"
            elif reason := forbidden(path, target):
                yield path, number, reason
