"""kubectl on the agent's API, with the kubeconfig the agent wrote."""
import json
import os
import re
import shutil
import subprocess

CONFIG = """apiVersion: v1
kind: Config
current-context: it
clusters: [{{name: it, cluster: {{server: "https://127.0.0.1:6443", certificate-authority-data: {authority}}}}}]
users: [{{name: it, user: {{token: "{token}"}}}}]
contexts: [{{name: it, context: {{cluster: it, user: it}}}}]
"""


class Kubectl:
    def __init__(self, agent, program="kubectl"):
        self.program = shutil.which(program) or program
        home = agent.path("home")
        os.makedirs(home, exist_ok=True)
        self.environment = {**os.environ, "HOME": home, "KUBECONFIG": os.path.join(agent.state, "admin.kubeconfig")}

    def run(self, *arguments, text=None, seconds=60):
        """(exit code, stdout, stderr)"""
        done = subprocess.run([self.program, *arguments], input=text, capture_output=True, text=True, check=False,
                              timeout=seconds, env=self.environment)
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *arguments, text=None, seconds=60):
        """The output of a command that must succeed."""
        code, out, error = self.run(*arguments, text=text, seconds=seconds)
        assert code == 0, f"kubectl {' '.join(arguments)} ended with {code}:\n{out}{error}"
        return out

    def refused(self, *arguments, text=None):
        """What a command that must fail says."""
        code, out, error = self.run(*arguments, text=text)
        assert code != 0, f"kubectl {' '.join(arguments)} succeeded:\n{out}"
        return error

    def start(self, *arguments):
        """A command that runs on, for instance a watch."""
        return subprocess.Popen([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env=self.environment)

    def object(self, *arguments):
        return json.loads(self("get", *arguments, "-o", "json"))


def plain(text):
    """A table or description without what differs on every run: ages, addresses, times, hashes, widths."""
    text = re.sub(r"\b(\d+d)?(\d+h)?(\d+m)?\d+s\b", "AGE", text)
    text = re.sub(r"\b10\.244\.\d+\.\d+\b", "ADDRESS", text)
    text = re.sub(r"\b(kubia)-[0-9a-f]{8,10}\b", r"\1-HASH", text)
    text = re.sub(r"\b(kubia|example-replica-set)-[a-z0-9]{5}\b", r"\1-RANDOM", text)
    text = re.sub(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000", "TIME", text)
    lines = [re.sub(r" {2,}", "  ", line.rstrip()) for line in text.strip().splitlines()]
    return [re.sub(r"-{3,}", "---", line) for line in lines]


def with_token(agent, path, token=""):
    """kubectl that shows `token` and nothing else, by a kubeconfig that is written to `path`."""
    with open(os.path.join(agent.state, "admin.kubeconfig"), encoding="utf-8") as file:
        authority = re.search(r"certificate-authority-data: *\"?([A-Za-z0-9+/=]+)", file.read()).group(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(CONFIG.format(authority=authority, token=token))
    kubectl = Kubectl(agent)
    kubectl.environment["KUBECONFIG"] = path
    return kubectl
