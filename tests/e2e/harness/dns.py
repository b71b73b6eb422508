"""DNS answers through dig, parsed."""
from harness.world import run

SERVER = "169.254.20.10"
DOMAIN = "default.svc.cluster.local"


class Answer:
    """status ("NOERROR"), and per section a list of (name, ttl, type, data)."""

    def __init__(self, text):
        self.status, self.flags = None, []
        self.sections = {"ANSWER": [], "AUTHORITY": [], "ADDITIONAL": []}
        section = None
        for line in text.splitlines():
            if line.startswith(";; ->>HEADER<<-"):
                self.status = line.split("status: ")[1].split(",")[0]
            elif line.startswith(";; flags:"):
                self.flags = line[len(";; flags:"):].split(";")[0].split()
            elif line.startswith(";; ") and line.endswith(" SECTION:"):
                section = line.split()[1]
            elif line and not line.startswith(";") and section in self.sections:
                name, ttl, _, kind, data = line.split(None, 4)
                self.sections[section].append((name, int(ttl), kind, data))
        assert self.status is not None, f"no answer:\n{text}"

    def data(self, kind, section="ANSWER"):
        return sorted(data for _, _, found, data in self.sections[section] if found == kind)

    def pairs(self, kind, section="ANSWER"):
        return sorted((name, data) for name, _, found, data in self.sections[section] if found == kind)


def dig(name, kind="A", *options):
    text = run("dig", f"@{SERVER}", "+tries=1", "+time=2", "+norecurse", *options, name, kind, check=False)
    return Answer(text)


def reverse(address):
    return dig(".".join(reversed(address.split("."))) + ".in-addr.arpa", "PTR")
