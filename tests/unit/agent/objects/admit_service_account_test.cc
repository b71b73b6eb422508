// What a new pod gets of its service account.
#include <gmock/gmock.h>

#include "agent/api/read.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using api::Json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kPlace[] = "/var/run/secrets/kubernetes.io/serviceaccount";

class AdmitServiceAccount : public ::testing::Test {
 protected:
  void Account(Json members, const std::string& name = "default") {
    members["apiVersion"] = "v1";
    members["kind"] = "ServiceAccount";
    members["metadata"] = {{"name", name}, {"namespace", "default"}};
    ASSERT_TRUE(RunTask(io_, client_.Create(std::move(members))).ok());
  }
  static Json Pod(Json spec = Json::object()) {
    if (!spec.contains("containers")) spec["containers"] = Json::array({Json{{"name", "main"}, {"image", "a:1"}}});
    return Json{{"apiVersion", "v1"},
                {"kind", "Pod"},
                {"metadata", {{"name", "db-0"}, {"namespace", "default"}}},
                {"spec", std::move(spec)}};
  }
  Result<Written> Create(Json pod) { return RunTask(io_, client_.Create(std::move(pod))); }
  Json SpecOf(Json pod) {
    const auto made = Create(std::move(pod));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? made->object.body()["spec"] : Json();
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  LocalObjects client_{store_, clock_, random_};
};

TEST_F(AdmitServiceAccount, EveryContainerGetsTheTokensVolume) {
  Account(Json::object());
  Json containers = Json::array();
  for (const char* name : {"a", "b"}) containers.push_back({{"name", name}, {"image", "a:1"}});
  containers[1]["volumeMounts"] = Json::array({Json{{"name", "own"}, {"mountPath", kPlace}}});
  const Json init = Json::array({Json{{"name", "i"}, {"image", "a:1"}}});
  const Json own = Json::array({Json{{"name", "own"}, {"emptyDir", Json::object()}}});
  const Json spec = SpecOf(Pod({{"containers", containers}, {"initContainers", init}, {"volumes", own}}));
  ASSERT_EQ(spec["volumes"].size(), 2U);
  const Json& volume = spec["volumes"][1];
  const std::string name = volume["name"];
  EXPECT_THAT(name, StartsWith("kube-api-access-"));
  EXPECT_EQ(name.size(), 21U);
  // Recorded: golden/04-api/defaults/pod.json.
  EXPECT_EQ(volume["projected"], Json::parse(R"json({"defaultMode": 420, "sources": [
      {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
      {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
      {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                  "path": "namespace"}]}}]})json"));
  const Json mount = {{"name", name}, {"readOnly", true}, {"mountPath", kPlace}};
  EXPECT_EQ(spec["containers"][0]["volumeMounts"], Json::array({mount}));
  EXPECT_EQ(spec["containers"][1]["volumeMounts"].size(), 1U) << "it has something of its own there";
  EXPECT_EQ(spec["initContainers"][0]["volumeMounts"], Json::array({mount}));
}

TEST_F(AdmitServiceAccount, ThePodsWordGoesBeforeTheAccounts) {
  Account({{"automountServiceAccountToken", false}});
  EXPECT_FALSE(SpecOf(Pod()).contains("volumes"));
  Json wants = Pod({{"automountServiceAccountToken", true}});
  wants["metadata"]["name"] = "wants";
  EXPECT_EQ(SpecOf(wants)["volumes"].size(), 1U);
  Account(Json::object(), "other");
  Json refuses = Pod({{"automountServiceAccountToken", false}, {"serviceAccountName", "other"}});
  refuses["metadata"]["name"] = "refuses";
  EXPECT_FALSE(SpecOf(refuses).contains("volumes"));
}

TEST_F(AdmitServiceAccount, PullSecretsAreTheAccountsUnlessThePodHasItsOwn) {
  Account({{"imagePullSecrets", Json::array({Json{{"name", "registry"}}})}});
  EXPECT_EQ(SpecOf(Pod())["imagePullSecrets"], Json::array({Json{{"name", "registry"}}}));
  Json own = Pod({{"imagePullSecrets", Json::array({Json{{"name", "mine"}}})}});
  own["metadata"]["name"] = "own";
  EXPECT_EQ(SpecOf(own)["imagePullSecrets"], Json::array({Json{{"name", "mine"}}}));
}

TEST_F(AdmitServiceAccount, AnAccountThatIsNotThereIsNamed) {
  const auto refused = Create(Pod({{"serviceAccountName", "nosuch"}}));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "Forbidden");
  EXPECT_EQ(refused.error().message,
            "pods \"db-0\" is forbidden: error looking up service account default/nosuch: serviceaccount \"nosuch\" "
            "not found");
  EXPECT_EQ(SpecOf(Pod())["volumes"].size(), 1U) << "the default one comes with its namespace";
}

}  // namespace
}  // namespace ordinal::objects
