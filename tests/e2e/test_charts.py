"""Whole files in the shape of rendered charts (tests/data/charts), with everything that products bring: applied, upgraded,
rolled back and deleted. Nothing is refused, everything runs, and nothing is left over.

ORDINAL_CHARTS names the files, separated by spaces; `all` is every one."""
import os

from harness.case import SOURCE
from harness.wait import wait_for
from test_kubectl import KubectlCase

CHARTS = os.path.join(SOURCE, "tests/data/charts")
OFTEN = "redis operator webapp"
WORKLOADS = ("statefulsets", "deployments", "daemonsets")


def names():
    chosen = os.environ.get("ORDINAL_CHARTS", OFTEN)
    there = sorted(each[:-5] for each in os.listdir(CHARTS) if not each.endswith("-crds.yaml"))
    return there if chosen == "all" else chosen.split()


class Charts(KubectlCase):
    def objects(self):
        """Every object there is, as type/name of its namespace, by what the API itself lists."""
        kinds = ",".join(sorted(set(self.kubectl("api-resources", "--verbs=list", "-o", "name").split())))
        out = self.kubectl("get", kinds, "--all-namespaces", "--ignore-not-found", "-o",
                           "custom-columns=:kind,:apiVersion,:metadata.namespace,:metadata.name", "--no-headers")
        found = set()
        for line in out.splitlines():
            kind, version, namespace, name = line.split()
            group = version.partition("/")[0] if "/" in version else ""
            if group not in ("metrics.k8s.io", "events.k8s.io") and kind not in ("Event", "Lease"):
                found.add((kind, group, namespace, name))
        return found

    def apply(self, name, upgraded=False):
        with open(os.path.join(CHARTS, f"{name}.yaml"), encoding="utf-8") as file:
            text = file.read()
        if upgraded:
            text = text.replace("revision-one", "revision-two").replace("-1.0.0", "-1.1.0")
        out = self.kubectl("apply", "-f", "-", text=text)
        self.assertNotIn("error", out)
        self.assertEqual(len(out.splitlines()), text.count("\n---\n"), out)
        return out

    def all_there(self, version):
        """Every workload is rolled out, of this version of the chart, and every job is complete."""
        for workload in self.kubectl("get", ",".join(WORKLOADS), "-o", "name").split():
            self.kubectl("rollout", "status", workload, "--timeout=120s", seconds=130)
        for job in self.kubectl("get", "jobs", "-o", "name").split():
            self.kubectl("wait", "--for=condition=complete", job, "--timeout=60s", seconds=70)

        def pods():
            found = self.kubectl.object("pods", "-l", "app.kubernetes.io/component!=job")["items"]
            return {pod["metadata"]["name"]: pod["metadata"]["labels"]["helm.sh/chart"].rpartition("-")[2]
                    for pod in found if "deletionTimestamp" not in pod["metadata"]}
        wait_for(lambda: f"all pods to be of {version}: {pods()}", lambda: set(pods().values()) == {version}, 60)

    def life(self, name):
        before = self.objects()
        definitions = os.path.join(CHARTS, f"{name}-crds.yaml")
        if os.path.exists(definitions):
            self.apply(f"{name}-crds")
            self.kubectl("wait", "--for=condition=Established", "-f", definitions, "--timeout=30s")
        self.apply(name)
        self.all_there("1.0.0")
        # As Helm does with hooks of the policy before-hook-creation.
        for upgraded, version in ((True, "1.1.0"), (False, "1.0.0")):
            self.kubectl("delete", "jobs", "--all")
            self.apply(name, upgraded)
            self.all_there(version)
        self.kubectl("delete", "-f", os.path.join(CHARTS, f"{name}.yaml"), "--timeout=120s", seconds=130)
        self.kubectl("delete", "pvc", "--all", "--timeout=60s", seconds=70)
        if os.path.exists(definitions):
            self.kubectl("delete", "-f", definitions, "--timeout=60s", seconds=70)
        wait_for(lambda: f"nothing to be left of {name}, but there is {sorted(self.objects() ^ before)}",
                 lambda: self.objects() == before, 60)

    def test_their_lives(self):
        for name in names():
            with self.subTest(chart=name):
                self.life(name)
        self.take_down()
