// When the deletion of a claim takes it away at once, and when it has to wait.
#include <gtest/gtest.h>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using store::MemoryStore;

class ClaimProtection : public testing::Test {
 protected:
  void Create(Json body) {
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  void CreateClaim(const std::string& name, Json finalizers = Json::array()) {
    Json body{{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}};
    body["metadata"] = Json{{"name", name}, {"finalizers", std::move(finalizers)}};
    body["spec"]["accessModes"] = {"ReadWriteOnce"};
    body["spec"]["resources"]["requests"]["storage"] = "1Mi";
    Create(body);
  }
  /// A pod that uses the claim; without a node it waits to be placed.
  void CreatePod(const std::string& name, const std::string& node, const std::string& claim) {
    Json body{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", Json{{"name", name}}}};
    body["spec"]["containers"] = Json::array({Json{{"name", "c"}, {"image", "i:1"}}});
    body["spec"]["volumes"] =
        Json::array({Json{{"name", "data"}, {"persistentVolumeClaim", Json{{"claimName", claim}}}}});
    if (!node.empty()) body["spec"]["nodeName"] = node;
    Create(body);
  }
  bool There(const std::string& kind, const std::string& name) {
    return RunTask(io_, store_.Get(ObjectKey{kind, "default", name})).ok();
  }
  void Delete(const std::string& kind, const std::string& name, Propagation propagation = Propagation::kBackground) {
    DeleteOptions options;
    options.grace_seconds = 0;
    options.propagation = propagation;
    ASSERT_TRUE(RunTask(io_, client_.Delete(ObjectKey{kind, "default", name}, options)).ok());
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  MemoryStore store_;
  LocalObjects client_{store_, clock_, random_};
};

TEST_F(ClaimProtection, HoldsNoClaimThatOnlyAPodWithoutANodeWaitsFor) {
  CreateClaim("data");
  CreatePod("waiting", "", "data");
  Delete("PersistentVolumeClaim", "data");
  EXPECT_FALSE(There("PersistentVolumeClaim", "data"));
}

TEST_F(ClaimProtection, HoldsAClaimWhileAPodOnANodeUsesIt) {
  CreateClaim("data");
  CreatePod("placed", "n", "data");
  Delete("PersistentVolumeClaim", "data");
  ASSERT_TRUE(There("PersistentVolumeClaim", "data"));
  // When the pod is gone and somebody deletes the claim again, then it goes
  Delete("Pod", "placed");
  Delete("PersistentVolumeClaim", "data");
  EXPECT_FALSE(There("PersistentVolumeClaim", "data"));
}

TEST_F(ClaimProtection, IsNotTheOnlyThingThatMayHoldAClaim) {
  CreateClaim("kept", Json::array({"example.com/mine"}));
  CreateClaim("owner");
  Delete("PersistentVolumeClaim", "kept");
  Delete("PersistentVolumeClaim", "owner", Propagation::kForeground);
  EXPECT_TRUE(There("PersistentVolumeClaim", "kept"));
  EXPECT_TRUE(There("PersistentVolumeClaim", "owner")) << "what it owns goes first";
}

}  // namespace
}  // namespace ordinal::objects
