// What is made in a namespace that is being deleted (agent/objects/ending_namespace.h).
#include <gmock/gmock.h>

#include "agent/objects/ending_namespace.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

class AdmitEndingNamespace : public testing::Test {
 protected:
  Result<Written> Create(const char* kind, const std::string& ns, const std::string& name, const char* more = "{}",
                         const char* version = "v1") {
    Json body = {{"apiVersion", version}, {"kind", kind}, {"metadata", {{"name", name}}}};
    if (!ns.empty()) body["metadata"]["namespace"] = ns;
    body.merge_patch(Json::parse(more));
    return RunTask(io_, client_.Create(std::move(body)));
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  LocalObjects client_{store_, clock_, random_};
};

TEST_F(AdmitEndingNamespace, NothingNewWhoeverAsks) {
  ASSERT_TRUE(Create("ConfigMap", "db", "before").ok());  // made by a manifest before its namespace is there
  ASSERT_TRUE(Create("Namespace", "", "db").ok());
  ASSERT_TRUE(Create("ConfigMap", "db", "there").ok());
  ASSERT_TRUE(RunTask(io_, client_.Delete({"Namespace", "", "db"}, {})).ok());
  const struct {
    const char *kind, *version, *more, *resource;
  } cases[] = {
      {"ConfigMap", "v1", "{}", "configmaps"},
      {"Pod", "v1", R"({"spec":{"containers":[{"name":"c","image":"i:1"}]}})", "pods"},
      {"Event", "v1", R"({"involvedObject":{"kind":"Pod","namespace":"db","name":"x"}})", "events"},
      {"Lease", "coordination.k8s.io/v1", "{}", "leases.coordination.k8s.io"},
  };
  for (const auto& each : cases) {
    const auto refused = Create(each.kind, "db", "new", each.more, each.version);
    ASSERT_FALSE(refused.ok()) << each.kind;
    EXPECT_TRUE(InEndingNamespace(refused.error()));
    EXPECT_EQ(refused.error().message,
              std::string(each.resource) +
                  " \"new\" is forbidden: unable to create new content in namespace db because it is being terminated");
  }
  // What is there may change, and what is in no namespace may come.
  std::function<bool(Json&)> change = [](Json& body) { return body["data"]["a"] = "b", true; };
  EXPECT_TRUE(RunTask(io_, client_.Modify({"ConfigMap", "db", "there"}, change)).ok());
  EXPECT_TRUE(Create("Namespace", "", "other").ok());
  EXPECT_TRUE(Create("ConfigMap", "other", "new").ok());
}

}  // namespace
}  // namespace ordinal::objects
