"""A process of the test, known by its id, with its output in a file."""
import os
import re
import signal
import subprocess

from harness.wait import wait_for


class Process:
    def __init__(self, name, command, log, environment=None):
        self.name, self.command, self.log = name, command, log
        self.environment = environment
        self.process = None

    def start(self):
        assert self.process is None, f"{self.name} runs already"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            start_new_session=True, env=self.environment)

    @property
    def pid(self):
        return self.process.pid

    def check(self):
        """Fails when it ended by itself, with the end of its log."""
        if self.process is None or self.process.poll() is not None:
            code = None if self.process is None else self.process.returncode
            raise RuntimeError(f"{self.name} ended with {code}; its log ends with:\n{self.tail()}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=20):
        code = self.process.wait(timeout=seconds)
        self.process = None
        return code

    def terminate(self, seconds=20):
        """TERM and wait; the exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill9(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def running(self):
        return self.process is not None and self.process.poll() is None

    def text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def tail(self, lines=40):
        return "\n".join(self.text().splitlines()[-lines:])

    def wait_for_log(self, pattern, seconds=20):
        """The first line that matches the pattern."""
        expression = re.compile(pattern)
        return wait_for(lambda: f"a line like {pattern!r} from {self.name}, whose log ends with\n{self.tail()}",
                        lambda: next((line for line in self.text().splitlines() if expression.search(line)), None),
                        seconds)
