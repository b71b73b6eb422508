"""Service account tokens: in pods by themselves, of one's own asking, at the API from inside a pod, and their end."""
import base64
import json
import os
import subprocess
import time

from harness import api
from harness.wait import wait_for
from test_configuration import PodCase, pod

PLACE = "/var/run/secrets/kubernetes.io/serviceaccount"


def claims(token, part=1):
    part = token.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Tokens(PodCase):
    def environment(self, name):
        lines = self.shell(name, "echo $KUBERNETES_SERVICE_HOST; echo $KUBERNETES_SERVICE_PORT").split()
        return lines[0], lines[1]

    def ask_from(self, name, path, token, body=None):
        """The API's answer to a program in the pod's network: its status and its document."""
        host, port = self.environment(name)
        pid = self.cri.running(name)["pid"]
        uid = self.kubectl.object("pod", name)["metadata"]["uid"]
        volume = self.token_volume(name)
        authority = os.path.join(self.agent.state, "pods", uid, "volumes/kubernetes.io~projected", volume, "ca.crt")
        command = ["nsenter", "-t", str(pid), "-n", "curl", "--silent", "--max-time", "10", "--cacert", authority,
                   "-H", f"Authorization: Bearer {token}", "-w", "\n%{http_code}", f"https://{host}:{port}{path}"]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        text, _, code = out.rpartition("\n")
        return int(code), json.loads(text)

    def token_volume(self, name):
        volumes = self.kubectl.object("pod", name)["spec"]["volumes"]
        return [volume["name"] for volume in volumes if volume["name"].startswith("kube-api-access-")][0]

    def who(self, name, token):
        code, answer = self.ask_from(name, "/apis/authentication.k8s.io/v1/selfsubjectreviews", token,
                                     {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
        return code, answer["status"]["userInfo"] if code == 201 else {}

    def review(self, token, *audiences):
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                "spec": {"token": token, "audiences": list(audiences)}}
        tls = api.context(os.path.join(self.agent.state, "admin.kubeconfig"))
        code, answer = api.ask(tls, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", body)
        self.assertEqual(code, 201, answer)
        return answer["status"]

    def verifiable(self, name, token):
        """A program finds the keys that verify tokens, as OpenID Connect has it."""
        code, said = self.ask_from(name, "/.well-known/openid-configuration", token)
        self.assertEqual((code, said["issuer"]), (200, claims(token)["iss"]), said)
        keys = self.ask_from(name, "/openid/v1/jwks", token)[1]["keys"]
        self.assertEqual(said["jwks_uri"].split("/", 3)[-1], "openid/v1/jwks")
        self.assertIn(claims(token, part=0)["kid"], [key["kid"] for key in keys])

    def test_every_pod_reaches_the_api_as_its_account(self):
        self.kubectl("create", "serviceaccount", "builder")
        self.apply(pod("plain"))
        document = json.loads(pod("db"))
        document["spec"]["serviceAccountName"] = "builder"
        self.apply(json.dumps(document))
        for name, account in (("plain", "default"), ("db", "builder")):
            self.running(name)
            token = self.shell(name, f"cat {PLACE}/token")
            uid = self.kubectl.object("pod", name)["metadata"]["uid"]
            code, user = self.who(name, token)
            self.assertEqual(code, 201)
            self.assertEqual(user["username"], f"system:serviceaccount:default:{account}")
            self.assertEqual(user["groups"], ["system:serviceaccounts", "system:serviceaccounts:default",
                                              "system:authenticated"])
            self.assertEqual(user["extra"]["authentication.kubernetes.io/pod-name"], [name])
            self.assertEqual(user["extra"]["authentication.kubernetes.io/pod-uid"], [uid])
            self.assertEqual(self.shell(name, f"cat {PLACE}/namespace"), "default")
            self.assertEqual(self.ask_from(name, "/api/v1/namespaces/default/pods", token)[0], 403)
            self.assertEqual(self.ask_from(name, "/version", token)[0], 200)
            self.verifiable(name, token)
            self.assertIn("Read-only", self.shell(name, f"touch {PLACE}/token 2>&1; true"))
        self.assertEqual(self.ask_from("plain", "/version", "a.b.c")[0], 401)

        # a token is worth something while its pod is there, over a kill of the agent too
        token = self.shell("db", f"cat {PLACE}/token")
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.assertEqual(self.who("plain", token)[0], 201)
        self.assertEqual(self.shell("db", f"cat {PLACE}/token").count("."), 2)
        self.kubectl("delete", "pod", "db", "--grace-period=0", "--force")
        wait_for("the token of a pod that is gone to be refused", lambda: self.who("plain", token)[0] == 401)

    def test_secrets_that_hold_a_token(self):
        self.apply(pod("plain"))
        self.running("plain")
        self.kubectl("create", "serviceaccount", "builder")
        secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
                  "metadata": {"name": "builder-token",
                               "annotations": {"kubernetes.io/service-account.name": "builder"}}}
        self.apply(json.dumps(secret))

        def data():
            return self.kubectl.object("secret", "builder-token").get("data", {})
        wait_for("the token", lambda: "token" in data(), 10)
        token = base64.b64decode(data()["token"]).decode()
        self.assertEqual(base64.b64decode(data()["namespace"]), b"default")
        self.assertIn(b"BEGIN CERTIFICATE", base64.b64decode(data()["ca.crt"]))
        self.assertEqual(self.who("plain", token)[1]["username"], "system:serviceaccount:default:builder")
        self.kubectl("delete", "secret", "builder-token")
        wait_for("the token of a secret that is gone to be refused", lambda: self.who("plain", token)[0] == 401, 10)
        self.apply(json.dumps(secret))
        wait_for("another token", lambda: "token" in data(), 10)
        self.kubectl("delete", "serviceaccount", "builder")
        wait_for("the secret to go with its account",
                 lambda: "builder-token" not in self.kubectl("get", "secrets", "-o", "name"), 10)

    def test_tokens_of_ones_own_asking(self):
        self.kubectl("create", "serviceaccount", "builder")
        token = self.kubectl("create", "token", "builder", "--duration", "20m").strip()
        said = claims(token)
        self.assertEqual(said["sub"], "system:serviceaccount:default:builder")
        self.assertEqual(said["exp"] - said["iat"], 1200)
        self.assertLess(abs(said["iat"] - time.time()), 60)
        self.assertEqual(said["aud"], ["https://kubernetes.default.svc.cluster.local"])
        status = self.review(token)
        self.assertTrue(status["authenticated"], status)
        self.assertEqual(status["user"]["username"], "system:serviceaccount:default:builder")
        self.assertNotIn("authenticated", self.review(token[:-2] + ("AA" if token[-2:] != "AA" else "BB")))
        self.assertNotIn("authenticated", self.review(token, "vault"))

        vault = self.kubectl("create", "token", "builder", "--audience", "vault").strip()
        self.assertNotIn("authenticated", self.review(vault))
        self.assertEqual(self.review(vault, "vault", "other")["audiences"], ["vault"])

        self.assertIn("may not specify a duration less than 10 minutes",
                      self.kubectl.refused("create", "token", "builder", "--duration", "1m"))
        self.assertIn('serviceaccounts "nosuch" not found', self.kubectl.refused("create", "token", "nosuch"))
        self.kubectl("delete", "serviceaccount", "builder")
        wait_for("the token of an account that is gone to be refused",
                 lambda: "authenticated" not in self.review(token))

    def test_who_gets_a_token_and_who_may_read_it(self):
        self.kubectl("create", "serviceaccount", "quiet")
        self.kubectl("patch", "serviceaccount", "quiet", "-p", '{"automountServiceAccountToken": false}')
        document = json.loads(pod("quiet"))
        document["spec"]["serviceAccountName"] = "quiet"
        self.apply(json.dumps(document))
        self.running("quiet")
        self.assertNotIn("kube-api-access", self.kubectl("get", "pod", "quiet", "-o", "yaml"))

        document["spec"]["serviceAccountName"] = "nosuch"
        document["metadata"]["name"] = "lost"
        self.assertIn('error looking up service account default/nosuch: serviceaccount "nosuch" not found',
                      self.kubectl.refused("apply", "-f", "-", text=json.dumps(document)))

        token = {"serviceAccountToken": {"path": "vault", "audience": "vault", "expirationSeconds": 600}}
        own = {"name": "own", "projected": {"sources": [token]}}
        document = json.loads(pod("user", [own], [{"name": "own", "mountPath": "/own"}]))
        document["spec"]["securityContext"] = {"runAsUser": 1234}
        self.apply(json.dumps(document))
        self.running("user")
        self.assertEqual(self.shell("user", f"stat -L -c '%a %u' /own/vault {PLACE}/token").split(),
                         ["600", "1234", "600", "1234"])
        said = claims(self.shell("user", "cat /own/vault"))
        self.assertEqual((said["aud"], said["exp"] - said["iat"]), (["vault"], 600))
        self.assertEqual(said["kubernetes.io"]["pod"]["name"], "user")

        # a key that a person puts there signs from the next start on, and what was signed before counts
        before = self.kubectl("create", "token", "quiet").strip()
        keys = os.path.join(self.agent.state, "pki/service-account")
        made = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                              check=True, capture_output=True, text=True).stdout
        with open(os.path.join(keys, f"{int(time.time()) + 60}.key"), "w", encoding="utf-8") as file:
            file.write(made)
        self.assertEqual(self.agent.terminate(), 0)
        self.agent.start()
        self.agent.wait_ready()
        after = self.kubectl("create", "token", "quiet").strip()
        self.assertNotEqual(before.split(".")[0], after.split(".")[0])
        for token in (before, after):
            self.assertTrue(self.review(token)["authenticated"])
        modes = {name: os.stat(os.path.join(keys, name)).st_mode & 0o777 for name in os.listdir(keys)}
        self.assertEqual(set(modes.values()), {0o600}, modes)
