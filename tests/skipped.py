"""Lists the tests that ctest skipped, with their reasons: skipped.py BUILD-DIRECTORY OUTPUT-OF-CTEST.

Which ones is in ctest's closing lines; why is in its log of every test's output.
"""
import os
import re
import sys

CLOSING = re.compile(r"^\s*\d+ - (\S+) \((Skipped|Disabled|Not Run)[^)]*\)")
START = re.compile(r"^\d+/\d+ Test: (\S+)$", re.MULTILINE)
# Our Python tests say "SKIPPED: reason"; GoogleTest says "file:line: Skipped" and the reason below it.
REASON = re.compile(r"^SKIPPED: (.*)$|^\S+:\d+: Skipped\n(.*)$", re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def main():
    build, output = sys.argv[1:]
    parts = START.split(read(os.path.join(build, "Testing/Temporary/LastTest.log")))
    logs = dict(zip(parts[1::2], parts[2::2]))
    for line in read(output).splitlines():
        if match := CLOSING.match(line):
            name, how = match.groups()
            reason = REASON.search(logs.get(name, ""))
            print(f"{name}: {(reason.group(1) or reason.group(2)) if reason else how.lower()}")


if __name__ == "__main__":
    main()
