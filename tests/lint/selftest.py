"""Each lint can fail, and passes what is right: samples/<rule>/bad holds files whose faults are marked.

A line that ends in "expect: TEXT" (after // or #) must be reported with TEXT in the message. Faults of a file as a
whole stand in samples/<rule>/expected as "path: TEXT". Nothing else may be reported, and nothing in samples/<rule>/good.
"""
import os
import re
import unittest

import lint
from tree import Tree

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples")
EXPECT = re.compile(r"expect: (.*?)\s*(?:-->)?$")


def expected(rule):
    bad = os.path.join(SAMPLES, rule, "bad")
    tree = Tree(bad)
    found = {(path, number): match.group(1) for path in tree.paths for number, line in tree.lines(path)
             if (match := EXPECT.search(line))}
    listed = os.path.join(SAMPLES, rule, "expected")
    if os.path.exists(listed):
        with open(listed, encoding="utf-8") as file:
            for line in file:
                path, message = line.rstrip("\n").split(": ", 1)
                found[path, 0] = message
    return found


class Lints(unittest.TestCase):
    def test_every_rule_has_samples(self):
        self.assertEqual(sorted(os.listdir(SAMPLES)), sorted(lint.RULES))

    def test_faults_are_found_and_nothing_else(self):
        for rule in lint.RULES:
            with self.subTest(rule=rule):
                found = {(path, line): message for path, line, message in
                         lint.findings(rule, os.path.join(SAMPLES, rule, "bad"))}
                wanted = expected(rule)
                self.assertTrue(wanted)
                self.assertEqual(sorted(found), sorted(wanted), found)
                for place, message in wanted.items():
                    self.assertIn(message, found[place])

    def test_what_is_right_passes(self):
        for rule in lint.RULES:
            with self.subTest(rule=rule):
                self.assertEqual(lint.findings(rule, os.path.join(SAMPLES, rule, "good")), [])


if __name__ == "__main__":
    unittest.main()
