"""3 -> 1 -> 3: from the top, one at a time; claims and data outlive their pods."""
import os

from harness.case import KubiaCase, statefulset
from harness.dns import DOMAIN, dig
from harness.wait import wait_for


class Scale(KubiaCase):
    def watch_pods_until(self, done, seconds=90):
        """The different sets of running containers' pods, in the order seen, until `done(set)`."""
        seen = []

        def look():
            running = sorted(self.container_ids())
            if not seen or seen[-1] != running:
                seen.append(running)
            return done(running)
        wait_for(lambda: f"the wanted pods; seen {seen}", look, seconds)
        return seen

    def test_down_and_up_again(self):
        for pod in self.PODS:
            self.post(pod, f"data of {pod}")
        volumes = {pod: self.volume_of(pod) for pod in self.PODS}
        zero = self.cri.running("kubia-0")["id"]

        self.agent.apply("statefulset.yaml", statefulset(1))
        seen = self.watch_pods_until(lambda running: running == ["kubia-0"])
        self.assertEqual(seen, [self.PODS, self.PODS[:2], self.PODS[:1]], "the highest ordinal goes first, alone")
        self.wait_pods(["kubia-0"])
        wait_for("the sandboxes to go", lambda: len(self.cri.sandboxes()) == 1, 20)
        self.assertEqual(self.cri.running("kubia-0")["id"], zero)
        answer = dig(f"kubia.{DOMAIN}", "SRV")
        self.assertEqual(answer.data("SRV"), [f"0 100 80 kubia-0.kubia.{DOMAIN}."])
        self.assertEqual(dig(f"kubia-2.kubia.{DOMAIN}").status, "NXDOMAIN")
        claims = self.agent.objects("pvc")
        self.assertEqual({name: claim["status"]["phase"] for name, claim in claims.items()},
                         {f"data-{pod}": "Bound" for pod in self.PODS})
        for pod, path in volumes.items():
            with open(os.path.join(path, "kubia.txt"), encoding="utf-8") as file:
                self.assertEqual(file.read(), f"data of {pod}")

        self.agent.apply("statefulset.yaml", statefulset(3))
        seen = self.watch_pods_until(lambda running: running == self.PODS)
        self.assertEqual(seen, [self.PODS[:1], self.PODS[:2], self.PODS])
        self.wait_pods(self.PODS)
        for pod in self.PODS:
            self.assertEqual(self.text_of(pod, "/data"), f"data of {pod}")
            self.assertEqual(self.volume_of(pod), volumes[pod])
        self.assertEqual(self.cri.running("kubia-0")["id"], zero)
        self.assertEqual({name: claim["metadata"]["uid"] for name, claim in self.agent.objects("pvc").items()},
                         {name: claim["metadata"]["uid"] for name, claim in claims.items()})
        self.take_down()

    def test_removing_the_file_removes_the_pods_and_keeps_the_claims(self):
        self.post("kubia-2", "stays")
        volume = self.volume_of("kubia-2")
        self.agent.remove_manifest("statefulset.yaml")
        wait_for("no container to run", lambda: not self.container_ids(), 60)
        self.assertEqual(sorted(self.agent.objects("pvc")), [f"data-{pod}" for pod in self.PODS])
        with open(os.path.join(volume, "kubia.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "stays")
        self.agent.apply("statefulset.yaml", statefulset(3))
        self.wait_pods(self.PODS)
        self.assertEqual(self.text_of("kubia-2", "/data"), "stays")
