"""Rules about the text of files: lengths, words, names."""
import ast
import os
import re

MAX_FILE, MAX_FUNCTION = 400, 60

# Written in two halves, so that this file does not hold what it forbids.
MARKS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|\bfor n" r"ow\b")
WORKPLACE = re.compile(r"(?<![\w.$}])/(wo" r"rk|ho" r"me/\w+|ro" r"ot)/")
THROW = re.compile(r"\bthrow\b")
SLEEP = re.compile(r"\b(sleep_" r"for|sleep_" r"until|usl" r"eep|nanosl" r"eep)\b|(?<![\w:])sl" r"eep\(")
PYTHON_SLEEP = re.compile(r"\btime\.sl" r"eep\(")
REAL_TIME = re.compile(r"\b(system|steady|high_resolution)_clock::now\b|\b(gettimeofday|clock_gettime)\(")
RANDOM = re.compile(r"\brandom_device\b|\bgetrandom\(|(?<![\w:.])s?rand\(")
VAGUE = re.compile(r"\b(class|struct)\s+(\w*(Manager|Helper|Utils?))\b")
VAGUE_FILE = re.compile(r"(^|_)(manager|helper|utils?)(_|\.|$)")

PRODUCT = re.compile(r"^(agent|cri|volumes|dns|systemd)/")
POLLING = "tests/e2e/harness/wait.py"
# The exceptions, each with its reason.
THROWS = ("agent/app/config.cc",  # CLI11 hears of a bad configuration file only by an exception
          "agent/api/text/json.cc",  # the only way to end nlohmann's parse early; caught in the same file
          "agent/api/text/yaml.cc")  # the same of yaml-cpp's
CLOCK = ("agent/base/clock.cc", "agent/main.cc",
         "agent/app/commands.cc")  # `ordinald get` prints ages and ends; it has no control thread for a Clock
CHANCE = ("agent/base/random.cc", "agent/base/random.h")

COMMENT_OR_TEXT = re.compile(r'//.*$|"(?:[^"\\]|\\.)*"')


def lengths(tree):
    for path in tree.ending(".cc", ".h", ".py", ".sh", ".cmake", ".proto") + list(filter(tree.is_script, tree.paths)):
        count = len(tree.lines(path))
        # A protocol file is one list, as long as the protocol is.
        if count > MAX_FILE and not path.endswith(".proto"):
            yield path, 0, f"{count} lines; at most {MAX_FILE}: split it by idea"


# What is no code: macros, comments, texts, characters. Braces in them do not count.
NO_CODE = re.compile(r'^[ ]*#(?:[^\n]*\\\n)*[^\n]*$|//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|'
                     r"'(?:[^'\\\n]|\\.)'", re.DOTALL | re.MULTILINE)
CONTAINER = re.compile(r"^(template\s*<.*>\s*)?(inline\s+)?(namespace|class|struct|enum|union|extern)\b", re.DOTALL)


def _blank(match):
    return "".join(c if c == "\n" else " " for c in match.group(0))


def _cpp_functions(source):
    """(first line, number of lines) of each function: a block with parentheses before it, inside no other block
    than namespaces and types. A constructor whose member initialisers have braces is not recognised."""
    code = NO_CODE.sub(_blank, source)
    blocks, head = [], 0  # [(is a container, first line or None)]; where the text before the next block starts
    for match in re.finditer(r"[;{}]", code):
        at = match.start()
        if match.group(0) == "{":
            before = code[head:at].strip()
            container = bool(CONTAINER.match(before))
            function = not container and "(" in before and all(is_container for is_container, _ in blocks)
            first = code.count("\n", 0, head + len(code[head:at]) - len(code[head:at].lstrip())) + 1
            blocks.append((container, first if function else None))
        elif match.group(0) == "}" and blocks:
            _, first = blocks.pop()
            if first is not None:
                yield first, code.count("\n", 0, at) + 2 - first
        head = at + 1


def functions(tree):
    for path in tree.ending(".cc", ".h"):
        for start, count in _cpp_functions("\n".join(line for _, line in tree.lines(path))):
            if count > MAX_FUNCTION:
                yield path, start, f"a function of {count} lines; at most {MAX_FUNCTION}"
    for path in tree.ending(".py"):
        source = "\n".join(line for _, line in tree.lines(path))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                count = node.end_lineno - node.lineno + 1
                if count > MAX_FUNCTION:
                    yield path, node.lineno, f"a function of {count} lines; at most {MAX_FUNCTION}"


AWAIT = re.compile(r"\bco_await\b[^;]*;")
BRACED = re.compile(r"[\w>]\s*\{\s*[^\s}]|[(,]\s*\{\s*[^\s}]")
CAPTURING = re.compile(r"\[([^\[\]]+)\]\s*(?:\([^()]*\))?\s*(?:mutable\s*)?\{")


def awaits(tree):
    """GCC 12 destroys such temporaries twice (agent/base/task.h); no test need notice."""
    for path in tree.ending(".cc", ".h"):
        code = NO_CODE.sub(_blank, "\n".join(line for _, line in tree.lines(path)))
        for match in AWAIT.finditer(code):
            lambdas = CAPTURING.findall(match.group(0))
            held = any(not each.strip().startswith(("&", "this")) for captures in lambdas
                       for each in captures.split(","))
            if held or BRACED.search(CAPTURING.sub("", match.group(0))):
                yield (path, code.count("\n", 0, match.start()) + 1,
                       "a braced value or a capturing lambda inside co_await: name it first")


def _code_words(path, code):
    """The rules for C++ without its comments and texts."""
    if PRODUCT.match(path):
        if THROW.search(code) and path not in THROWS:
            yield "throws: return a Result, and catch a library's exceptions where it is called"
        if REAL_TIME.search(code) and path not in CLOCK:
            yield "takes the time itself: use Clock"
        if RANDOM.search(code) and path not in CHANCE:
            yield "takes chance itself: use Random"
    if SLEEP.search(code):
        yield "sleeps: wait for a condition with a deadline, or advance the clock"


def words(tree):
    for path in tree.paths:
        if path == "LICENSE":
            continue
        cpp = path.endswith((".cc", ".h"))
        for number, line in tree.lines(path):
            if match := MARKS.search(line):
                yield path, number, f"'{match.group(0)}': do it, or return kNotSupported and say so in docs/limits.md"
            if WORKPLACE.search(line) and not line.startswith("#!"):
                yield path, number, "holds a path of somebody's own machine"
            if path.endswith(".py") and PYTHON_SLEEP.search(line) and path != POLLING:
                yield path, number, "sleeps: use wait_for"
            if cpp:
                for message in _code_words(path, COMMENT_OR_TEXT.sub("", line)):
                    yield path, number, message


def names(tree):
    for path in tree.paths:
        if path.endswith((".cc", ".h", ".py")) and VAGUE_FILE.search(os.path.basename(path)):
            yield path, 0, "its name does not say what it is"
    for path in tree.ending(".cc", ".h"):
        for number, line in tree.lines(path):
            if match := VAGUE.search(COMMENT_OR_TEXT.sub("", line)):
                yield path, number, f"{match.group(2)} does not say what it is"
