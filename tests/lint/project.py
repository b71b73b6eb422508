"""Rules about the project as a whole: formatting, and that what is promised is there."""
import os
import re
import subprocess

DOCUMENTS = ["README.md", "LICENSE", "docs/architecture.md", "docs/life-of-a-pod.md", "docs/limits.md",
             "examples/kubia/README.md"]
LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)]*)?\)")
COMMAND = re.compile(r"(?<![\w./])\./([a-z][\w-]*)")
FORMAT_COMPLAINT = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+):\d+: (error|warning): (?P<message>.*)$")


def formatted(tree):
    """Every C++ file is as clang-format with .clang-format leaves it."""
    sources = tree.ending(".cc", ".h")
    if not sources:
        return
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", "--ferror-limit=1"] + sources, cwd=tree.root,
                          capture_output=True, text=True, check=False)
    for line in done.stderr.splitlines():
        if match := FORMAT_COMPLAINT.match(line):
            yield match["path"], int(match["line"]), "not as clang-format leaves it"
    if done.returncode != 0 and not FORMAT_COMPLAINT.search(done.stderr.split("\n", 1)[0]):
        yield ".clang-format", 0, f"clang-format failed: {done.stderr.strip()}"


def complete(tree):
    for path in DOCUMENTS:
        if not tree.has(path):
            yield path, 0, "is missing"
    if tree.has("LICENSE") and "Apache License" not in "".join(line for _, line in tree.lines("LICENSE")[:5]):
        yield "LICENSE", 0, "is not the Apache License"
    for path in tree.ending(".md"):
        yield from _document(tree, path)
    for path in filter(tree.is_script, tree.paths):
        yield from _script(tree, path)


def _document(tree, path):
    """Links lead somewhere, and the commands it tells the reader to type exist."""
    for number, line in tree.lines(path):
        for target, _ in LINK.findall(line):
            full = os.path.normpath(os.path.join(os.path.dirname(path), target))
            if not os.path.exists(os.path.join(tree.root, full)):
                yield path, number, f"links to {target}, which does not exist"
        for command in COMMAND.findall(line):
            if not os.access(os.path.join(tree.root, command), os.X_OK):
                yield path, number, f"names ./{command}, which is no program of the tree"


def _script(tree, path):
    if not os.access(os.path.join(tree.root, path), os.X_OK):
        yield path, 0, "is a script and not executable"
    lines = [line for _, line in tree.lines(path)]
    if "bash" in lines[0] and not any(line.startswith("set -euo pipefail") for line in lines):
        yield path, 0, "goes on after errors: set -euo pipefail"
