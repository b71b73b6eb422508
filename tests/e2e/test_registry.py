"""Images from a registry: pull policies, digests, secrets, a registry that goes and comes."""
import json
import os
import unittest

from harness import registry
from harness.case import BUSYBOX, SOURCE, AgentCase, make_busybox
from harness.kubectl import Kubectl
from harness.registry import HOST, PASSWORD, USER, Registry
from harness.wait import stays, wait_for
from harness.world import run

APP = f"{HOST}/team/app"


class RegistryCase(AgentCase):
    PASSWORD = False

    def setUp(self):
        reason = registry.missing()
        if reason:
            self.skipTest(reason)
        super().setUp()
        self.registry = Registry(os.path.join(self.directory, "registry"), self.containerd, self.PASSWORD)
        self.registry.start()
        self.addCleanup(self._end_registry)
        self.prepare_agent()
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl = Kubectl(self.agent)

    def prepare_agent(self):
        """Before it is started."""

    def _end_registry(self):
        if self._outcome.result.failures or self._outcome.result.errors:
            print(f"---- the end of the registry's log\n{self.registry.tail(20)}")
        if self.registry.running():
            self.registry.kill9()

    def image(self, version):
        """A tarball of an image that tells its version in /version."""
        tarball, told = os.path.join(self.directory, f"app-{version}.tar"), os.path.join(self.directory, f"v{version}")
        with open(told, "w", encoding="utf-8") as file:
            file.write(version)
        run(os.path.join(SOURCE, "examples/make-image"), BUSYBOX, tarball, "/bin/sh", f"{told}=/version",
            *(f"/bin/busybox=/bin/{name}" for name in ("sh", "sleep", "cat")))
        return tarball

    def run_pod(self, name, image, policy=None, secrets=()):
        container = {"name": "main", "image": image, "command": ["/bin/sleep", "1000000"]}
        if policy:
            container["imagePullPolicy"] = policy
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0,
                "imagePullSecrets": [{"name": secret} for secret in secrets]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
        self.kubectl("create", "-f", "-", text=json.dumps(pod))

    def container_status(self, name):
        statuses = self.kubectl.object("pod", name)["status"].get("containerStatuses", [])
        return statuses[0] if statuses else {"state": {}}

    def wait_running(self, name, seconds=30):
        def running():
            return "running" in self.container_status(name)["state"] and self.container_status(name)
        return wait_for(lambda: f"{name} to run; it is {self.container_status(name)}", running, seconds)

    def waiting(self, name):
        return self.container_status(name)["state"].get("waiting", {})

    def wait_waiting(self, name, reason, seconds=30):
        """What it says beside the reason."""
        wait_for(lambda: f"{name} to wait with {reason}; it is {self.container_status(name)}",
                 lambda: self.waiting(name).get("reason") == reason, seconds)
        return self.waiting(name)["message"]

    def events(self, name):
        """reason → messages"""
        told = {}
        for event in self.kubectl.object("events", "--field-selector", f"involvedObject.name={name}")["items"]:
            told.setdefault(event["reason"], []).append(event["message"])
        return told

    def version_in(self, pod):
        return self.kubectl("exec", pod, "--", "cat", "/version")


class OpenRegistry(RegistryCase):
    def test_tags_digests_and_policies(self):
        first = self.registry.push(self.image("1"), "team/app:1")
        self.run_pod("by-tag", f"{APP}:1")
        status = self.wait_running("by-tag")
        self.assertEqual(status["imageID"], f"{APP}@{first}")
        self.assertEqual(status["image"], f"{APP}:1")
        told = self.events("by-tag")
        self.assertEqual(told["Pulling"], [f'Pulling image "{APP}:1"'])
        self.assertRegex(told["Pulled"][0], rf'^Successfully pulled image "{APP}:1" in \S+ \(\S+ including waiting\)')

        # What is here is not asked for again, but with Always.
        before = self.registry.requests()
        self.run_pod("by-digest", f"{APP}@{first}")
        self.run_pod("never", f"{APP}:1", "Never")
        for name in ("by-digest", "never"):
            self.assertEqual(self.wait_running(name)["imageID"], f"{APP}@{first}")
            self.assertIn("already present on machine", self.events(name)["Pulled"][0])
        self.assertEqual(self.registry.requests(), before)

        second = self.registry.push(self.image("2"), "team/app:1")
        self.assertNotEqual(first, second)
        self.run_pod("not-always", f"{APP}:1", "IfNotPresent")
        self.assertEqual(self.wait_running("not-always")["imageID"], f"{APP}@{first}")
        self.run_pod("always", f"{APP}:1", "Always")
        self.assertEqual(self.wait_running("always")["imageID"], f"{APP}@{second}")
        self.assertEqual((self.version_in("not-always"), self.version_in("always")), ("1", "2"))

        # A digest brings what it names, whatever the tag is now.
        third = self.registry.push(self.image("3"), "team/app:3")
        self.run_pod("new-digest", f"{APP}@{third}")
        self.assertEqual(self.wait_running("new-digest")["imageID"], f"{APP}@{third}")
        self.assertEqual(self.version_in("new-digest"), "3")

        self.run_pod("never-there", f"{APP}:4", "Never")
        self.wait_waiting("never-there", "ErrImageNeverPull")

    def test_what_is_not_there_and_a_registry_that_is_away(self):
        self.registry.push(self.image("1"), "team/app:1")
        self.run_pod("no-tag", f"{APP}:none")
        self.assertIn("not found", self.wait_waiting("no-tag", "ErrImagePull"))
        self.assertIn("not found", self.wait_waiting("no-tag", "ImagePullBackOff"))
        self.assertIn("Back-off pulling image", self.events("no-tag")["BackOff"][0])

        self.registry.terminate()
        self.run_pod("away", f"{APP}:1")
        self.assertIn("connection refused", self.wait_waiting("away", "ErrImagePull"))
        self.wait_waiting("away", "ImagePullBackOff")
        self.registry.start()
        self.wait_running("away", 25)  # the second try is after 10 s, the third after 20


class RegistryWithPassword(RegistryCase):
    PASSWORD = True

    def make_secret(self, name, password, server=HOST):
        self.kubectl("create", "secret", "docker-registry", name, f"--docker-server={server}",
                     f"--docker-username={USER}", f"--docker-password={password}")

    def test_with_and_without_the_right_secret(self):
        self.registry.push(self.image("1"), "team/app:1")
        self.make_secret("right", PASSWORD)
        self.make_secret("wrong", "battery-staple")
        self.make_secret("of-another", PASSWORD, "elsewhere.test")

        self.run_pod("without", f"{APP}:1")
        self.run_pod("elsewhere", f"{APP}:1", secrets=["of-another"])
        for name in ("without", "elsewhere"):
            self.assertRegex(self.wait_waiting(name, "ErrImagePull"), "401 Unauthorized|no basic auth credentials")
        self.run_pod("missing", f"{APP}:1", secrets=["nobody"])
        self.wait_waiting("missing", "ErrImagePull")
        self.assertEqual(self.events("missing")["FailedToRetrieveImagePullSecret"],
                         ["Unable to retrieve some image pull secrets (nobody); attempting to pull the image may not "
                          "succeed."])
        self.run_pod("refused", f"{APP}:1", secrets=["wrong"])
        message = self.wait_waiting("refused", "ErrImagePull")
        self.assertRegex(message, "401 Unauthorized|authorization failed")
        self.assertNotIn("battery-staple", json.dumps(self.events("refused")) + message + self.agent.text())

        # One after the other, until one does; then the image is here, and for everybody.
        self.run_pod("second", f"{APP}:1", secrets=["wrong", "right"])
        self.wait_running("second")
        self.run_pod("after", f"{APP}:1")
        self.wait_running("after")
        # It is still asked for with the pod's own secrets where the policy wants it.
        self.run_pod("always", f"{APP}:1", "Always")
        self.wait_waiting("always", "ErrImagePull")
        self.run_pod("always-right", f"{APP}:1", "Always", secrets=["right"])
        self.wait_running("always-right")
        self.assertNotIn(PASSWORD, self.agent.text())

    def test_a_secret_that_is_mended_ends_the_backoff(self):
        self.registry.push(self.image("1"), "team/app:1")
        self.make_secret("keys", "wrong")
        for name in ("one", "two"):
            self.run_pod(name, f"{APP}:1", secrets=["keys"])
            self.wait_waiting(name, "ImagePullBackOff")
        # The next try would be after twenty seconds at least.
        wait_for("the second failure", lambda: len(self.events("one").get("Pulling", [])) and
                 self.agent.text().count("pulling image") >= 4, 30)
        self.wait_waiting("one", "ErrImagePull")
        self.kubectl("delete", "secret", "keys")
        self.make_secret("keys", PASSWORD)
        for name in ("one", "two"):
            self.wait_running(name, 5)

    def test_an_update_of_a_set_waits_for_its_image_with_the_secrets_of_its_pods(self):
        self.registry.push(self.image("1"), "team/app:1")
        self.registry.push(self.image("2"), "team/app:2")
        self.make_secret("keys", PASSWORD)
        container = {"name": "main", "image": f"{APP}:1", "command": ["/bin/sleep", "1000000"]}
        spec = {"replicas": 1, "serviceName": "none", "selector": {"matchLabels": {"app": "it"}},
                "template": {"metadata": {"labels": {"app": "it"}},
                             "spec": {"containers": [container], "terminationGracePeriodSeconds": 0,
                                      "imagePullSecrets": [{"name": "keys"}]}}}
        self.kubectl("create", "-f", "-", text=json.dumps({"apiVersion": "apps/v1", "kind": "StatefulSet",
                                                           "metadata": {"name": "it"}, "spec": spec}))
        self.wait_running("it-0")
        self.kubectl("set", "image", "sts/it", f"main={APP}:2")
        wait_for("the set to be updated", lambda: self.version_in("it-0") == "2", 30)


class Collection(RegistryCase):
    """Images are looked at every second, and go when they were not used for five."""

    def prepare_agent(self):
        self.folder_tarball = os.path.join(self.directory, "busybox.tar")
        make_busybox(self.folder_tarball)
        self.agent.add_image(self.folder_tarball)
        self.agent.command += ["--image-gc-period", "1", "--image-minimum-gc-age", "1", *self.FLAGS]

    FLAGS = ["--image-maximum-gc-age", "5"]

    def images(self):
        """Tags of the images that the runtime has."""
        return {tag for image in self.cri.images() for tag in image["tags"]}

    def test_unused_images_go_and_all_others_stay(self):
        for version in ("used", "unused", "moved"):
            self.registry.push(self.image(version), f"team/app:{version}")
        foreign = os.path.join(self.directory, "foreign.tar")
        run(os.path.join(SOURCE, "examples/make-image"), f"{HOST}/foreign:1", foreign, "/bin/sh", "/bin/busybox=/bin/sh",
            "/bin/busybox=/bin/foreign")
        self.containerd.ctr("images", "import", foreign)
        self.run_pod("used", f"{APP}:used")
        self.run_pod("unused", f"{APP}:unused")
        # Pulled too, but somebody of this host gave it a name of his own since.
        self.run_pod("named", f"{APP}:moved")
        for name in ("used", "unused", "named"):
            self.wait_running(name)
        self.containerd.ctr("images", "tag", f"{APP}:moved", f"{HOST}/mine:1")
        self.kubectl("delete", "pod", "unused", "named")
        wait_for(lambda: f"the unused image to go; there are {self.images()}",
                 lambda: f"{APP}:unused" not in self.images(), 30)
        rest = {f"{APP}:used", f"{APP}:moved", f"{HOST}/mine:1", f"{HOST}/foreign:1", BUSYBOX}
        stays("every other image to be there", lambda: rest <= self.images(), 8)
        self.assertTrue(any("pause" in tag for tag in self.images()), self.images())
        self.assertRegex(self.agent.text(), "removed image sha256:[0-9a-f]{64} of [0-9]+ bytes")
        # It comes again when it is wanted, and a new agent knows that it is one to be collected.
        self.run_pod("again", f"{APP}:unused")
        self.wait_running("again")
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl("delete", "pod", "again")
        wait_for("the image to go once more", lambda: f"{APP}:unused" not in self.images(), 30)
        self.assertTrue(rest <= self.images(), self.images())


class CollectionForSpace(Collection):
    """The disk is as good as full, at one percent: whatever may go goes, which is too little."""

    FLAGS = ["--image-gc-high-threshold", "1", "--image-gc-low-threshold", "0"]

    def test_unused_images_go_and_all_others_stay(self):
        super().test_unused_images_go_and_all_others_stay()
        told = self.kubectl.object("events", "--field-selector", "involvedObject.kind=Node,reason=FreeDiskSpaceFailed")
        self.assertRegex(told["items"][0]["message"], "Attempted to free [0-9]+ bytes, but only found [0-9]+ bytes")


if __name__ == "__main__":
    unittest.main()
