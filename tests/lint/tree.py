"""The files of the project: what is written by hand, without build output and recorded data."""
import os
import re

LEFT_OUT = re.compile(r"^(build|\.git|\.cache|tests/lint/samples|tests/data)(/|$)|(^|/)__pycache__(/|$)")


class Tree:
    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.paths = []
        for directory, children, names in os.walk(self.root):
            children[:] = sorted(c for c in children if not LEFT_OUT.search(self._relative(directory, c)))
            self.paths += [path for path in (self._relative(directory, name) for name in sorted(names))
                           if not LEFT_OUT.search(path)]
        self._known = set(self.paths)

    def _relative(self, directory, name):
        return os.path.relpath(os.path.join(directory, name), self.root)

    def has(self, path):
        return path in self._known

    def ending(self, *endings):
        return [path for path in self.paths if path.endswith(endings)]

    def lines(self, path):
        """(number, text) from 1 on; a file that is not text has none."""
        try:
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                return list(enumerate(file.read().splitlines(), 1))
        except UnicodeDecodeError:
            return []

    def is_script(self, path):
        lines = self.lines(path) if "." not in os.path.basename(path).lstrip(".") else []
        return bool(lines) and lines[0][1].startswith("#!")
