"""Finds coroutines whose frame GCC 12 laid out wrongly (docs/architecture.md, "A trap of the compiler").

A frame begins with the address of its resume function, then that of its destroy function. A miscompiled frame has
something before them, and resuming it jumps into nowhere. This reads the disassembly of a program: where a coroutine's
start stores the address of its resume function (clone .actor), the offset must be 0.

    frames.py PROGRAM          exit code 1 and a line for each wrong frame; 2 when no frame was found at all
    frames.py --text FILE      the same on a recorded disassembly
"""
import re
import subprocess
import sys

LEA = re.compile(r"\blea\s+\S+,(%\w+)\s+#\s+\S+\s+<(.+\.Frame\*\)) \[clone \.actor\]>")
TO_XMM = re.compile(r"\bmovq\s+(%\w+),(%xmm\d+)")
MERGE = re.compile(r"\bpunpcklqdq\s+(%xmm\d+),(%xmm\d+)")
STORE = re.compile(r"\bmov(?:q|ups|aps|dqa|dqu)?\s+(%\w+),(-?0x[0-9a-f]+)?\((%\w+)\)")
TARGET = re.compile(r",(%\w+)\s*$")
FAR_ENOUGH = 24  # instructions between taking the address and storing it


def in_frame(store):
    """Not on the stack: %rsp, or %rbp where that is the frame pointer (then offsets are negative)."""
    return store.group(3) != "%rsp" and not (store.group(3) == "%rbp" and (store.group(2) or "").startswith("-"))


def frames(lines):
    """(name, offset) of every store of a resume function's address."""
    pending = []  # [register that holds the address, name, instructions left]
    for line in lines:
        lea = LEA.search(line)
        if lea:
            pending.append([lea.group(1), lea.group(2), FAR_ENOUGH])
            continue
        moved, merged, store = TO_XMM.search(line), MERGE.search(line), STORE.search(line)
        target = TARGET.search(line)
        for item in list(pending):
            item[2] -= 1
            if moved and moved.group(1) == item[0]:
                item[0] = moved.group(2)
            elif merged and merged.group(1) == item[0]:
                pending.remove(item)  # it became the upper half: stored behind the other one
            elif store and store.group(1) == item[0] and in_frame(store):
                yield item[1], int(store.group(2) or "0", 16)
                pending.remove(item)
            elif item[2] == 0 or (target and target.group(1) == item[0] and not merged):
                pending.remove(item)


def main():
    if sys.argv[1] == "--text":
        with open(sys.argv[2], encoding="utf-8") as file:
            lines = file.readlines()
    else:
        command = ["objdump", "-dC", "--no-show-raw-insn", sys.argv[1]]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = list(frames(lines))
    wrong = sorted({name for name, offset in found if offset != 0})
    for name in wrong:
        print(f"wrong frame: {name}: name temporaries before co_await, keep co_await out of loop conditions")
    print(f"{len(found)} frames looked at, {len(wrong)} wrong")
    if not found:
        return 2
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
