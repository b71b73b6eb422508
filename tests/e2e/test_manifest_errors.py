"""A wrong manifest is named with file and place; everything else goes on."""
import os

from harness.case import KubiaCase, statefulset
from harness.wait import stays, wait_for

SYNTAX = "apiVersion: v1\nkind: Service\nmetadata:\n  name: broken\n bad: indentation\n"
UNKNOWN_KIND = "apiVersion: v1\nkind: Gadget\nmetadata:\n  name: broken\n"
MISSING = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: broken\nspec:\n  containers:\n  - image: x\n"
WRONG_TYPE = statefulset(3).replace("  name: kubia\nspec", "  name: broken\nspec").replace(
    "replicas: 3", "replicas: three")
SECOND_DOCUMENT = ("apiVersion: v1\nkind: Service\nmetadata:\n  name: fine\nspec:\n  clusterIP: None\n"
                   "  selector:\n    app: fine\n  ports:\n  - port: 1\n---\n") + WRONG_TYPE
GOOD_SERVICE = ("apiVersion: v1\nkind: Service\nmetadata:\n  name: {}\nspec:\n  clusterIP: None\n"
                "  selector:\n    app: kubia\n  ports:\n  - name: http\n    port: 80\n")

# name, content, what the line of the log must hold besides the file's name (one of each tuple)
CASES = [
    ("syntax", SYNTAX, [("line 5", ":5", "line 4", ":4")]),
    ("unknown-kind", UNKNOWN_KIND, [("Gadget",)]),
    ("missing-field", MISSING, [("spec.containers[0].name",)]),
    ("wrong-type", WRONG_TYPE, [("spec.replicas",)]),
    ("second-document", SECOND_DOCUMENT, [("spec.replicas",)]),
    ("not-yaml", "\x00\x01\x02", [()]),
]


class ManifestErrors(KubiaCase):
    def complaint(self, file, words):
        self.agent.wait_for_log(rf"\b(error|warning)\b.*{file}", 10)
        lines = [line for line in self.agent.text().splitlines() if file in line]
        for choice in words:
            if choice and not any(word in line for line in lines for word in choice):
                self.fail(f"no line about {file} names {' or '.join(choice)}:\n" + "\n".join(lines))

    def test_each_error_is_named_and_the_rest_is_untouched(self):
        containers = self.container_ids()
        for name, content, words in CASES:
            with self.subTest(case=name):
                self.agent.apply(f"{name}.yaml", content)
                self.agent.apply(f"good-{name}.yaml", GOOD_SERVICE.format(f"good-{name}"))
                self.complaint(f"{name}.yaml", words)
                wait_for("the other file to be applied",
                         lambda good=f"good-{name}": good in self.agent.get("services"), 10)
                self.assertEqual(self.container_ids(), containers)
        self.assertNotIn("broken", self.agent.get("statefulsets") + self.agent.get("pods"))
        stays("the same containers", lambda: self.container_ids() == containers, 1)

    def test_a_running_set_whose_file_breaks_goes_on(self):
        containers = self.container_ids()
        cases = [("syntax", statefulset(3).replace("spec:", "spec", 1)),
                 ("type", statefulset(3).replace("replicas: 3", "replicas: [3]"))]
        for name, content in cases:
            with self.subTest(case=name):
                before = len(self.agent.text())
                self.agent.apply("statefulset.yaml", content)
                self.wait_for_new_line(before, "statefulset.yaml")
                stays("the same containers", lambda: self.container_ids() == containers, 2)
        self.agent.apply("statefulset.yaml", statefulset(2))
        self.wait_pods(self.PODS[:2])  # mended: applied again

    def test_a_file_that_lost_its_text_removes_nothing(self):
        containers = self.container_ids()
        path = os.path.join(self.agent.manifests, "statefulset.yaml")
        with open(path, "w", encoding="utf-8"):
            pass  # as cp leaves it on a full disk
        stays("the same containers", lambda: self.container_ids() == containers, 2)
        self.agent.wait_for_log(r"error +manifest .*statefulset\.yaml: line 1: there is no object in the file", 10)
        os.rename(path, path + "~")  # as an editor begins to save
        self.agent.apply("statefulset.yaml", "# nothing yet\n")
        stays("the same containers", lambda: self.container_ids() == containers, 2)
        code, text = self.agent.ask("status")
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"statefulset\.yaml: line 1: there is no object in the file")
        self.agent.apply("statefulset.yaml", statefulset(2))
        self.wait_pods(self.PODS[:2])  # mended: applied again

    def wait_for_new_line(self, offset, word):
        wait_for(f"a new line of the log about {word}", lambda: word in self.agent.text()[offset:], 10)

    def test_broken_files_at_start_do_not_stop_the_agent(self):
        containers = self.container_ids()
        self.agent.terminate()
        for name, content, _ in CASES:
            self.agent.apply(f"{name}.yaml", content)
        os.truncate(self.agent.log, 0)
        self.agent.start()
        self.agent.wait_ready()
        for name, _, words in CASES:
            with self.subTest(case=name):
                self.complaint(f"{name}.yaml", words)
        self.wait_pods(self.PODS)
        self.assertEqual(self.container_ids(), containers)
        self.take_down()
