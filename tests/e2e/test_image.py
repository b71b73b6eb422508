"""examples/make-image: containerd takes its tarball and runs what is in it."""
import os
import shutil
import tempfile
import unittest

from harness import http
from harness.case import IMAGE, make_image
from harness.containerd import PrivateContainerd
from harness.wait import wait_for


class MakeImage(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ordinal-e2e-")
        self.addCleanup(shutil.rmtree, self.directory)

    def test_the_same_input_gives_the_same_bytes(self):
        first, second = (os.path.join(self.directory, name) for name in ("first.tar", "second.tar"))
        make_image(first)
        make_image(second)
        with open(first, "rb") as one, open(second, "rb") as two:
            self.assertEqual(one.read(), two.read())

    def test_containerd_imports_and_runs_it(self):
        containerd = PrivateContainerd(os.path.join(self.directory, "containerd"))
        containerd.start()
        self.addCleanup(containerd.terminate)
        tarball = os.path.join(self.directory, "kubia.tar")
        make_image(tarball)
        containerd.ctr("images", "import", tarball)
        self.assertIn(IMAGE, containerd.ctr("images", "list", "-q").split())

        data = os.path.join(self.directory, "data")
        os.mkdir(data)
        containerd.ctr("run", "--detach", "--net-host", "--mount", f"type=bind,src={data},dst=/var/data,options=rbind:rw",
                       IMAGE, "demo")
        self.addCleanup(containerd.ctr, "containers", "delete", "demo")
        wait_for("the server to answer", lambda: http.get("127.0.0.1"), 10)
        http.post("127.0.0.1", "kept")
        self.assertEqual(http.get("127.0.0.1", "/data"), "kept")
        with open(os.path.join(data, "kubia.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")

        containerd.ctr("tasks", "kill", "--signal", "TERM", "demo")
        wait_for("the first process of the container to end on TERM",
                 lambda: "STOPPED" in containerd.ctr("tasks", "list"), 5)
        containerd.ctr("tasks", "delete", "demo")
