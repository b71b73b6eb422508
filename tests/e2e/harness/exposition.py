"""The text format of Prometheus (0.0.4), read strictly: what a scraper would take amiss is an AssertionError."""
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: (-?\d+))?")
PARTS = {"histogram": ("_bucket", "_sum", "_count")}


def labels_of(text):
    labels, at = {}, 0
    while at < len(text or ""):
        match = LABEL.match(text, at)
        assert match, f"no labels: {text}"
        assert match[1] not in labels, f"label {match[1]} twice: {text}"
        labels[match[1]] = re.sub(r"\\(.)", lambda escaped: {"n": "\n"}.get(escaped[1], escaped[1]), match[2])
        at = match.end()
    return labels


class Family:
    def __init__(self, kind):
        self.kind, self.samples = kind, []  # (name, labels, value, milliseconds or None)

    def value(self, **labels):
        """The one sample with these labels, and perhaps others."""
        found = [value for _, have, value, _ in self.samples if labels.items() <= have.items()]
        assert len(found) == 1, f"{len(found)} samples with {labels} of {[s[1] for s in self.samples]}"
        return found[0]


def check_histograms(name, family):
    """Of each: buckets that rise, up to +Inf, which is the count."""
    series = {}
    for sample, labels, value, _ in family.samples:
        rest = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        series.setdefault(rest, {}).setdefault(sample[len(name):], []).append((labels.get("le"), value))
    for rest, parts in series.items():
        assert sorted(parts) == ["_bucket", "_count", "_sum"], f"{name} {rest}: {sorted(parts)}"
        bounds = [float(bound) for bound, _ in parts["_bucket"]]
        counts = [count for _, count in parts["_bucket"]]
        assert bounds == sorted(bounds) and bounds[-1] == float("inf"), f"{name} {rest}: {bounds}"
        assert counts == sorted(counts) and counts[-1] == parts["_count"][0][1], f"{name} {rest}: {counts}"


def parse(text):
    """name → Family. Every sample stands behind the HELP and TYPE of its family, whose lines stand together."""
    assert text.endswith("\n"), "no line break at the end"
    families, current, helped, seen = {}, None, None, set()
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped = line.split(" ", 3)[2]
            assert NAME.fullmatch(helped) and helped not in families, f"HELP of {helped}"
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ")
            assert current == helped, f"TYPE of {current} behind HELP of {helped}"
            assert kind in ("counter", "gauge", "histogram"), line
            families[current] = Family(kind)
        else:
            match = SAMPLE.fullmatch(line)
            assert match and current, f"no sample: {line}"
            kind = families[current].kind
            assert match[1] in [current + part for part in PARTS.get(kind, ("",))], f"{match[1]} below {current}"
            labels = labels_of(match[2])
            key = (match[1], tuple(sorted(labels.items())))
            assert key not in seen, f"twice: {key}"
            seen.add(key)
            value = float(match[3])
            assert kind == "gauge" or value >= 0, line
            families[current].samples.append((match[1], labels, value, match[4] and int(match[4])))
    for name, family in families.items():
        assert family.samples, f"{name} has no sample"
        if family.kind == "histogram":
            check_histograms(name, family)
    return families
