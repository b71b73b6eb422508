"""Checks one house rule over the tree: lint.py RULE --root DIR. Prints file:line: what, and fails when it found any.

Each rule is a function (tree) -> iterable of (path, line, message); line 0 means the file as a whole.
"""
import argparse
import os
import sys

import includes
import kinds
import project
import rules
import text
from tree import Tree

RULES = {
    "includes": includes.check,
    "lengths": text.lengths,
    "functions": text.functions,
    "awaits": text.awaits,
    "words": text.words,
    "names": text.names,
    "kinds": kinds.check,
    "format": project.formatted,
    "project": project.complete,
    "rules": rules.check,
}


def findings(rule, root):
    return sorted(set(RULES[rule](Tree(root))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rule", choices=sorted(RULES))
    parser.add_argument("--root", default=os.getcwd())
    options = parser.parse_args()
    found = findings(options.rule, options.root)
    for path, line, message in found:
        print(f"{path}:{line}: {message}" if line else f"{path}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
