// A failed pod of a DaemonSet counts once it was deleted: attempts that fail make nobody wait longer.
#include <gmock/gmock.h>

#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers::daemonset {
namespace {

class DaemonSetFailures : public testing::Test {
 protected:
  DaemonSetFailures() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "daemonset", controller_.Run());
  }
  void Create(Json body) {
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
  }
  /// Null when it is gone, or goes.
  Json PodOf(const std::string& uid) {
    const store::ListResult pods = RunTask(io_, store_.List("Pod", {})).value();
    for (const Object& pod : pods.items) {
      if (pod.uid() == uid && !api::ReadMeta(pod.body()).deleting()) return pod.body();
    }
    return {};
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore store_;
  fakes::FailingStore failing_{store_};
  objects::Caches caches_{failing_, clock_};
  objects::ReadYourWrites written_{failing_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  NotedEvents events_;
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  Controller controller_{context_, caches_};
};

TEST_F(DaemonSetFailures, CountOnceThePodIsDeleted) {
  Create(Json::parse(R"({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a"}})"));
  Json set = Replicas("agent", 1);
  set["kind"] = "DaemonSet";
  set["spec"].erase("replicas");
  Create(set);
  RunReady(io_);
  const store::ListResult pods = RunTask(io_, store_.List("Pod", {})).value();
  ASSERT_EQ(pods.items.size(), 1u);
  const std::string uid(pods.items[0].uid());
  const Error full = MakeError(ErrorCode::kUnavailable, "the disk is full");
  failing_.Fail(fakes::FailingStore::Call::kDelete, full, 3);
  failing_.Fail(fakes::FailingStore::Call::kUpdate, full, 3);
  Json failed = PodOf(uid);
  failed["status"]["phase"] = "Failed";
  ASSERT_TRUE(RunTask(io_, store_.Update(Object(failed))).ok());
  RunReady(io_);
  ASSERT_FALSE(PodOf(uid).is_null()) << "the store refuses";
  const WallTime start = clock_.Now();
  while (!PodOf(uid).is_null() && clock_.Now() - start < 2 * Backoff::kFirst) {
    clock_.Advance(std::chrono::milliseconds(5));
  }
  EXPECT_LT(clock_.Now() - start, Backoff::kFirst);
}

}  // namespace
}  // namespace ordinal::controllers::daemonset
