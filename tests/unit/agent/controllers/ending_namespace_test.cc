// Sets in a namespace that goes: their pods go and are not made again (agent/controllers/namespaces).
#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class EndingNamespace : public Cluster {
 protected:
  EndingNamespace() {
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}})"));
    Create(Json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "db"}})"));
  }

  void Make(const char* api_version, const char* kind, const char* spec) {
    Json body = {{"apiVersion", api_version}, {"kind", kind}, {"spec", Json::parse(spec)}};
    body["metadata"] = {{"name", "x"}, {"namespace", "db"}};
    body["spec"]["template"]["spec"] = Json::parse(
        R"({"terminationGracePeriodSeconds": 1, "containers": [{"name": "main", "image": "busybox:1.35"}]})");
    if (std::string_view(kind) == "Job") {
      body["spec"]["template"]["spec"]["restartPolicy"] = "Never";
    } else {
      body["spec"]["template"]["metadata"]["labels"] = {{"app", kind}};
    }
    Create(std::move(body));
  }
  bool Left() { return RunTask(io_, store_.Get({"Namespace", "", "db"})).ok(); }
};

TEST_F(EndingNamespace, GoesWithEverySetAndNoPodIsMadeAgain) {
  // Given two pods of each kind of set, of a daemon set one
  Make("apps/v1", "Deployment", R"({"replicas": 2, "selector": {"matchLabels": {"app": "Deployment"}}})");
  Make("apps/v1", "ReplicaSet", R"({"replicas": 2, "selector": {"matchLabels": {"app": "ReplicaSet"}}})");
  Make("v1", "ReplicationController", R"({"replicas": 2, "selector": {"app": "ReplicationController"}})");
  Make("apps/v1", "StatefulSet",
       R"({"replicas": 2, "serviceName": "x", "selector": {"matchLabels": {"app": "StatefulSet"}}})");
  Make("apps/v1", "DaemonSet", R"({"selector": {"matchLabels": {"app": "DaemonSet"}}})");
  Make("batch/v1", "Job", R"({"parallelism": 2, "completions": 2})");
  ASSERT_TRUE(Eventually([&] { return node_.started.size() == 11; })) << node_.started.size();
  events_.all.clear();
  // When the namespace is deleted
  ASSERT_TRUE(RunTask(io_, client_.Delete({"Namespace", "", "db"}, {})).ok());
  ASSERT_TRUE(Eventually([&] { return !Left(); }));
  // Then it goes, nothing was made in it meanwhile, and nobody was told of that
  EXPECT_EQ(node_.started.size(), 11U);
  for (const char* kind : {"Pod", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet",
                           "Job", "ControllerRevision"}) {
    EXPECT_THAT(Names(kind), IsEmpty()) << kind;
  }
  EXPECT_THAT(events_.all, Each(Not(HasSubstr("being terminated"))));
}

}  // namespace
}  // namespace ordinal::controllers
