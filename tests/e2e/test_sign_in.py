"""Signing in by tokens of an issuer of OpenID Connect, as --authentication-config says."""
import json
import os
import textwrap

from harness import api
from harness.case import AgentCase
from harness.issuer import Issuer
from harness.kubectl import Kubectl, with_token
from harness.wait import wait_for

CONFIG = """
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: {url}
    audiences: [kubernetes]
    certificateAuthority: |
{authority}
  claimMappings:
    username: {{claim: sub, prefix: "{prefix}"}}
    groups: {{claim: groups, prefix: "{prefix}"}}
anonymous:
  enabled: true
  conditions: [{{path: /livez}}]
"""


class SignIn(AgentCase):
    def setUp(self):
        super().setUp()
        self.issuer = Issuer(os.path.join(self.directory, "issuer"))
        self.addCleanup(self.issuer.stop)
        self.issuer.rotate("first")
        self.config = os.path.join(self.directory, "authentication.yaml")
        self.configure("oidc:")
        self.agent.flags += ["--authentication-config", self.config]
        self.agent.command = [self.agent.binary] + self.agent.flags
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl = Kubectl(self.agent)
        self.admin = os.path.join(self.agent.state, "admin.kubeconfig")
        self.ada = with_token(self.agent, os.path.join(self.directory, "nobody.kubeconfig"))

    def write(self, text):
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(self.config + ".new", self.config)

    def configure(self, prefix):
        with open(self.issuer.certificate, encoding="utf-8") as file:
            authority = textwrap.indent(file.read(), "      ")
        self.write(CONFIG.format(url=self.issuer.url, authority=authority, prefix=prefix))

    def who(self, token):
        """Name and groups of who shows the token; None: nobody."""
        code, out, error = self.ada.run("auth", "whoami", "-o", "json", "--token", token)
        if code != 0:
            self.assertIn("Unauthorized", error)
            return None
        user = json.loads(out)["status"]["userInfo"]
        return user["username"], user["groups"]

    def review(self, token):
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
        return api.ask(api.context(self.admin), "POST", "/apis/authentication.k8s.io/v1/tokenreviews", body)

    def test_people_of_an_issuer(self):
        token = self.issuer.token("first", groups=["dev", "ops"])
        ada = ("oidc:ada", ["oidc:dev", "oidc:ops", "system:authenticated"])
        wait_for("the issuer's keys to be here", lambda: self.who(token) == ada)
        out = self.ada("auth", "whoami", "--token", token)
        self.assertRegex(out, r"Username +oidc:ada")
        self.assertRegex(out, r"Groups +\[oidc:dev oidc:ops system:authenticated\]")

        # user and group through roles
        self.assertIn('User "oidc:ada" cannot list resource "configmaps"',
                      self.ada.refused("get", "configmaps", "--token", token))
        self.kubectl("create", "role", "reader", "--verb", "get,list", "--resource", "configmaps")
        self.kubectl("create", "rolebinding", "ops-read", "--role", "reader", "--group", "oidc:ops")
        self.kubectl("create", "role", "writer", "--verb", "create", "--resource", "configmaps")
        self.kubectl("create", "rolebinding", "ada-writes", "--role", "writer", "--user", "oidc:ada")
        self.ada("create", "configmap", "hers", "--token", token)
        self.assertIn("hers", self.ada("get", "configmaps", "--token", token))
        self.assertIn("is forbidden", self.ada.refused("create", "configmap", "other", "--token",
                                                       self.issuer.token("first", sub="eve", groups="ops")))
        code, review = self.review(token)
        self.assertEqual((code, review["status"]["user"]["username"]), (201, "oidc:ada"))

        for wrong in ({"aud": "vault"}, {"exp": 1}, {"nbf": 1 << 33}, {"sub": 7}, {"iss": "https://127.0.0.1"}):
            self.assertIsNone(self.who(self.issuer.token("first", **wrong)), wrong)
            self.assertNotIn("authenticated", self.review(self.issuer.token("first", **wrong))[1]["status"], wrong)
        self.assertIsNone(self.who(token[:-8] + "AAAAAAAA"))

        # without a credential
        plain = api.anonymous_context(self.admin)
        self.assertEqual([api.status(plain, "GET", path) for path in ("/livez", "/readyz", "/version")], [200, 401, 401])

    def test_keys_that_change_and_an_issuer_that_is_down(self):
        before = self.issuer.token("first")
        wait_for("the issuer's keys to be here", lambda: self.who(before) is not None)

        # the request that has the keys fetched again, ten seconds after they were, is answered itself
        self.issuer.rotate("second")
        after = self.issuer.token("second")

        def answered_first():
            asked = self.issuer.asked.count("/keys")
            user = self.who(after)
            fetched = self.issuer.asked.count("/keys") > asked
            self.assertEqual(user is not None, fetched)
            return fetched
        wait_for("the keys to be fetched again", answered_first)
        self.assertIsNone(self.who(before))
        self.assertEqual(self.issuer.asked.count("/.well-known/openid-configuration"), 1)

        self.issuer.stop()
        self.issuer.rotate("third")
        self.assertIsNone(self.who(self.issuer.token("third")))
        self.assertEqual(self.who(after)[0], "oidc:ada", "its keys are still here")
        self.assertIn("kubernetes-admin", self.kubectl("auth", "whoami"))
        self.kubectl("create", "serviceaccount", "builder")
        account = self.kubectl("create", "token", "builder").strip()
        self.assertEqual(self.who(account)[0], "system:serviceaccount:default:builder")

        # at a start without it nobody of it comes, and everybody else does
        self.assertEqual(self.agent.terminate(), 0)
        self.agent.start()
        self.agent.wait_ready()
        self.assertIsNone(self.who(after))
        self.assertIn("kubernetes-admin", self.kubectl("auth", "whoami"))
        self.issuer.start()
        third = self.issuer.token("third")
        wait_for("the issuer to be asked again", lambda: self.who(third) is not None, 30)

    def test_the_file_as_it_is_now(self):
        token = self.issuer.token("first")
        wait_for("the issuer's keys to be here", lambda: self.who(token) is not None)
        self.configure("people:")
        wait_for("the new prefix", lambda: (self.who(token) or [""])[0] == "people:ada")
        self.write("apiVersion: apiserver.config.k8s.io/v1alpha1\nkind: AuthenticationConfiguration\n")
        self.agent.wait_for_log("v1alpha1 is not supported")
        self.assertEqual(self.who(token)[0], "people:ada")
        self.assertEqual(self.agent.terminate(), 0)
        with open(self.agent.log, "rb") as log:
            log.seek(0, os.SEEK_END)
            self.agent.start()
            wait_for("the agent to end", lambda: not self.agent.running())
            self.assertIn(b"v1alpha1 is not supported", log.read())
