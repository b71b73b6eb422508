"""Settings that cannot be: each is refused with its name, and none ends the program otherwise."""
import os
import subprocess
import tempfile
import unittest

BINARY = os.path.join(os.environ["ORDINAL_BUILD"], "ordinald")
# The configuration file, and words of the answer.
FILES = [
    ("api-listen:\n- 127.0.0.1: 6443\n", "line 1: api-listen"),
    ("api-listen: [[127.0.0.1:6443]]", "line 1: api-listen"),
    ("\nnode-name: {a: b}", "line 2: node-name"),
    ("[a]: b", "line 1: a key is a word"),
    ("a: &x [*x]", "line 1: a is neither"),
    ("a: 1\n---\nb: 2", "more than one document"),
    ("just words", "not a mapping"),
    ("a: [", "configuration file"),
    ("nope: 1", "nope is no setting"),
    ("update-settle-first: nan", "update-settle-first: nan"),
    ("update-settle-others: -1", "update-settle-others: -1"),
    ("restart-backoff: slow", "restart-backoff"),
    ("pod-pids-limit: many", "pod-pids-limit"),
    ("swap-behavior: AllOfIt", "swap-behavior"),
    ("max-parallel-image-pulls: 0", "max-parallel-image-pulls"),
    ("image-gc-high-threshold: 101", "image-gc-high-threshold"),
    ("image-gc-low-threshold: 85", "--image-gc-low-threshold 85: must be less"),
    ("image-maximum-gc-age: -1", "image-maximum-gc-age"),
    ("image-gc-period: 0", "image-gc-period"),
    ("log-level: loud", "log-level"),
    ("container-log-max-size: 0", "container-log-max-size: 0 is no number of bytes"),
    ("container-log-max-size: -1Mi", "container-log-max-size: -1Mi"),
    ("container-log-max-size: big", "container-log-max-size: big"),
    ("container-log-max-files: 1", "container-log-max-files"),
    ("container-log-max-files: many", "container-log-max-files"),
    ("node-name: ABC", "--node-name \"ABC\""),
    ("run-dir: /run/" + "x" * 107, "--run-dir"),
    ("node-api-listen: here", "--node-api-listen here: must be ADDRESS:PORT, or off"),
]


class Config(unittest.TestCase):
    def test_what_cannot_be_is_refused_by_name(self):
        for text, words in FILES:
            for command in ([], ["status"]):
                with self.subTest(text=text, command=command), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                    file.write(text)
                    file.flush()
                    done = subprocess.run([BINARY, "--config", file.name] + command, capture_output=True, text=True,
                                          timeout=20, check=False)
                    self.assertGreater(done.returncode, 0, done.stderr)  # less than 0: ended by a signal
                    self.assertIn(words, done.stdout + done.stderr)
