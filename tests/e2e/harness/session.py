"""Recorded command sessions: what a person typed, and what a real Kubernetes answered (tests/data/sessions)."""
import re


def commands(path):
    """[(arguments after "kubectl", lines printed)] of a recorded session, in order."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    steps = []
    for part in re.split(r"(?m)^\$ kubectl ", text)[1:]:
        command, _, printed = part.partition("\n")
        steps.append((command, printed.strip("\n").splitlines()))
    return steps


def requests(path):
    """[(arguments after "kubectl", [(method, target, status code)])] of recorded requests, in order.

    A request whose answer was recorded later than another request (they ran side by side) has the code of its turn.
    """
    return [(command, pair_up(lines)) for command, lines in commands(path)]


def pair_up(lines):
    """[(method, target, status code)] of lines as `kubectl -v=8` prints them."""
    sent, codes = [], []
    for line in lines:
        request = re.search(r"\b(GET|POST|PUT|PATCH|DELETE) (?:https://[^/]+)?(/\S*)$", line)
        if request:
            sent.append((request[1], settled(request[2])))
        status = re.search(r"Response Status: ?(\d+)?", line)
        if status:
            codes.append(int(status[1] or 101))
    return [(method, target, code) for (method, target), code in zip(sent, codes)]


def settled(target):
    """A request target without what differs on every run: hashes, revisions, random timeouts, uids."""
    target = re.sub(r"\bhash=[0-9A-Fa-f]+", "hash=HASH", target)
    target = re.sub(r"\bresourceVersion=[1-9]\d*", "resourceVersion=N", target)
    target = re.sub(r"\btimeoutSeconds=\d+", "timeoutSeconds=N", target)
    target = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID", target)
    path, mark, query = target.partition("?")
    fields = sorted(re.sub(r"(?<=fieldSelector=).*", lambda m: "%2C".join(sorted(m[0].split("%2C"))), field)
                    for field in query.split("&"))
    return path + mark + "&".join(fields)
