// The StatefulSet controller alone, with the clock in hand and a store that fails: what is said and how often, images
// before pods, claims that grow through admission, and that no step waits for time to pass.
#include "agent/controllers/statefulset/controller.h"

#include <gmock/gmock.h>

#include <random>

#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/pod_template.h"
#include "agent/controllers/statefulset/pod_writes.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::statefulset {
namespace {

using fakes::FailingStore;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Events final : public events::Recorder {
 public:
  void Record(const events::Event& event) override {
    if (event.reason == "NotProgressing") all.push_back(event.message);
  }
  std::vector<std::string> all;
};

class SetLab : public testing::Test {
 protected:
  SetLab() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "statefulset", controller_.Run());
    RunReady(io_);
  }

  Task<ImageState> Look(std::function<void()> arrived) {
    arrived_ = std::move(arrived);
    ++asked_;
    co_return images_;
  }

  void Create(Json body) {
    body["metadata"].erase("uid");
    body["metadata"].erase("generation");
    ASSERT_TRUE(RunTask(io_, outside_.Create(std::move(body))).ok());
    RunReady(io_);
  }
  void Modify(const std::string& kind, const std::string& name, const std::function<void(Json&)>& change) {
    std::function<bool(Json&)> edit = [&](Json& body) {
      change(body);
      return true;
    };
    const auto modified = RunTask(io_, outside_.Modify(api::ObjectKey{kind, "default", name}, edit));
    ASSERT_TRUE(modified.ok()) << modified.error().message;
    RunReady(io_);
  }
  void Template(const std::string& version) {
    Modify("StatefulSet", "kubia",
           [&](Json& body) { body["spec"]["template"]["metadata"]["annotations"]["v"] = version; });
  }
  /// What the node and placement do: the pod is placed and, when `ready`, runs.
  void Start(const std::string& name, bool ready = true) {
    Modify("Pod", name, [&](Json& body) {
      body["spec"]["nodeName"] = "node-a";
      body["status"]["phase"] = ready ? "Running" : "Pending";
      body["status"]["conditions"] = Json::array({Json{
          {"type", "Ready"}, {"status", ready ? "True" : "False"}, {"lastTransitionTime", FormatTime(clock_.Now())}}});
    });
  }
  void End(const std::string& name) {
    objects::DeleteOptions options;
    options.grace_seconds = 0;
    ASSERT_TRUE(RunTask(io_, outside_.Delete(api::ObjectKey{"Pod", "default", name}, options)).ok());
    RunReady(io_);
  }
  Json Get(const std::string& kind, const std::string& name) {
    const auto got = RunTask(io_, memory_.Get(api::ObjectKey{kind, "default", name}));
    return got.ok() ? got->body() : Json();
  }
  /// "kubia-0", or "kubia-0 going" when it is marked.
  std::vector<std::string> Pods() {
    std::vector<std::string> names;
    const auto listed = RunTask(io_, memory_.List("Pod", {}));
    for (const Object& pod : listed->items) {
      names.push_back(pod.name() + (pod.body()["metadata"].contains("deletionTimestamp") ? " going" : ""));
    }
    return names;
  }
  Json Progress() {
    const Json conditions = api::Member(Get("StatefulSet", "kubia")["status"], "conditions");
    return conditions.is_array() ? conditions.at(0) : Json();
  }
  void StartAll(int count) {
    Create(Set("kubia", count));
    for (int ordinal = 0; ordinal < count; ++ordinal) Start(fmt::format("kubia-{}", ordinal));
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore memory_;
  FailingStore store_{memory_};
  objects::Caches caches_{memory_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_}, outside_{memory_, clock_, random_};
  Events events_;
  ImageState images_;
  std::function<void()> arrived_;
  int asked_ = 0;
  Context context_{io_.get_executor(), clock_, client_, events_, random_, "node-a"};
  Controller controller_{context_, caches_,
                         [this](std::string, Json, std::function<void()> arrived) { return Look(std::move(arrived)); }};
};

TEST_F(SetLab, TheNextOrdinalIsMadeInTheMomentItsPredecessorIsReady) {
  const WallTime before = clock_.Now();
  Create(Set("kubia", 3));
  EXPECT_THAT(Pods(), ElementsAre("kubia-0"));
  Start("kubia-0");
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  Start("kubia-1");
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1", "kubia-2"));
  Start("kubia-2");
  EXPECT_EQ(clock_.Now(), before);
  EXPECT_EQ(Progress(), Json());
}

TEST_F(SetLab, SaysOnceWhatItWaitsFor) {
  Create(Set("kubia", 2));
  Start("kubia-0", false);
  EXPECT_EQ(Progress()["status"], "True");
  // When the pod has been in the way for a while, then the set says so without any news of the pod
  clock_.Advance(kPatience);
  EXPECT_EQ(Progress()["status"], "False");
  ASSERT_EQ(events_.all.size(), 1u);
  EXPECT_THAT(events_.all[0], HasSubstr("pod kubia-0 (revision kubia-"));
  // When there are news that change nothing, then it is not said again
  for (int i = 0; i < 3; ++i)
    Modify("Pod", "kubia-0", [&](Json& body) { body["status"]["message"] = fmt::format("{}", i); });
  EXPECT_EQ(events_.all.size(), 1u);
  // When the reason is another one, then that is said
  Modify("Pod", "kubia-0", [](Json& body) {
    body["status"]["containerStatuses"] = Json::parse(
        R"([{"name": "kubia", "image": "i", "imageID": "", "ready": false, "restartCount": 3,
             "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}])");
  });
  EXPECT_EQ(events_.all.size(), 2u);
  EXPECT_EQ(Progress()["reason"], "CrashLoopBackOff");
  // When it is over, then nothing is left of it
  Modify("Pod", "kubia-0", [](Json& body) { body["status"].erase("containerStatuses"); });
  Start("kubia-0");
  Start("kubia-1");
  EXPECT_EQ(Progress(), Json());
}

TEST_F(SetLab, AnUpdatePullsBeforeItDeletesAndKeepsThePodWhenThePullFails) {
  StartAll(2);
  EXPECT_EQ(asked_, 0);
  // When the image is being pulled, then the pod runs on until the pull's end is told
  images_.phase = ImageState::Phase::kPulling;
  Template("2");
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  // When the pull failed, then it runs on, and the set says why
  images_ = ImageState{ImageState::Phase::kFailed, "ErrImagePull", "no such image", seconds(10)};
  arrived_();
  RunReady(io_);
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  EXPECT_EQ(Progress()["reason"], "ErrImagePull");
  ASSERT_EQ(events_.all.size(), 1u);
  // When the time to try again has come, then it is asked for again
  const int before = asked_;
  clock_.Advance(seconds(10));
  EXPECT_GT(asked_, before);
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  // When the image arrives by other means, then the pod goes
  images_ = ImageState();
  controller_.ImageArrived();
  RunReady(io_);
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1 going"));
}

TEST_F(SetLab, AnUpdateGoesOnFromAPodOnlyWhenItStaysUp) {
  // Given an update whose first pod crashes 20 ms after each start
  StartAll(2);
  Template("2");
  End("kubia-1");
  for (int crash = 0; crash < 5; ++crash) {
    Start("kubia-1");
    clock_.Advance(std::chrono::milliseconds(20));
    EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
    Start("kubia-1", false);
    clock_.Advance(seconds(10));
    EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  }
  // When it stays up for a second, then the update goes on, without any news of it
  Start("kubia-1");
  clock_.Advance(std::chrono::milliseconds(999));
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_THAT(Pods(), ElementsAre("kubia-0 going", "kubia-1"));
}

TEST_F(SetLab, ATakenNameIsNoSuccessWhenTheClaimIsAnothersOrGoes) {
  // Given a claim of the ordinal's name that is on its way out, which the controller's view does not show yet
  const api::StatefulSet set = api::StatefulSet::From(Object(Set("kubia", 1)));
  const auto make = [&] {
    CreatePod action{0, BuildClaims(set, 0), BuildPod(set, set.pod_template(), "kubia-1", 0)};
    return RunTask(io_, Perform(context_, set, std::move(action)));
  };
  Json held = BuildClaims(set, 0).at(0);
  held["metadata"]["finalizers"] = Json::array({"example.com/hold"});
  Create(held);
  ASSERT_TRUE(RunTask(io_, outside_.Delete({"PersistentVolumeClaim", "default", "data-kubia-0"}, {})).ok());
  ASSERT_TRUE(Get("PersistentVolumeClaim", "data-kubia-0")["metadata"].contains("deletionTimestamp"));
  // when the pod is to be made, then it is not made on that claim
  const Status refused = make();
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("data-kubia-0 already exists and"));
  EXPECT_THAT(Pods(), IsEmpty());
  // When the claim is gone, then both are made; and what is there and will do is no failure
  Modify("PersistentVolumeClaim", "data-kubia-0", [](Json& body) { body["metadata"].erase("finalizers"); });
  EXPECT_TRUE(make().ok());
  EXPECT_THAT(Pods(), ElementsAre("kubia-0"));
  EXPECT_TRUE(make().ok());
}

TEST_F(SetLab, ClaimTemplatesGrowAndAreAddedThroughAdmissionWhilePodsRunOn) {
  StartAll(2);
  const Json uid = Get("Pod", "kubia-1")["metadata"]["uid"];
  Modify("StatefulSet", "kubia", [](Json& body) {
    Json& templates = body["spec"]["volumeClaimTemplates"];
    Json added = templates[0];
    added["metadata"]["name"] = "log";
    templates[0]["spec"]["resources"]["requests"]["storage"] = "3Mi";
    templates.push_back(added);
  });
  for (const char* ordinal : {"0", "1"}) {
    const Json claim = Get("PersistentVolumeClaim", fmt::format("data-kubia-{}", ordinal));
    EXPECT_EQ(claim["spec"]["resources"]["requests"]["storage"], "3Mi");
    EXPECT_EQ(
        Get("PersistentVolumeClaim", fmt::format("log-kubia-{}", ordinal))["spec"]["resources"]["requests"]["storage"],
        "1Mi");
  }
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1"));
  EXPECT_EQ(Get("Pod", "kubia-1")["metadata"]["uid"], uid);
  EXPECT_EQ(RunTask(io_, memory_.List("ControllerRevision", {})).value().items.size(), 1u);
  // When the set is written as a smaller one, then admission refuses it
  std::function<bool(Json&)> shrink = [](Json& body) {
    body["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = "2Mi";
    return true;
  };
  EXPECT_FALSE(RunTask(io_, outside_.Modify(api::ObjectKey{"StatefulSet", "default", "kubia"}, shrink)).ok());
}

TEST_F(SetLab, AClaimThatVanishesUnderAPodThatHasNotStartedIsMadeAgain) {
  Create(Set("kubia", 1));
  const Json uid = Get("PersistentVolumeClaim", "data-kubia-0")["metadata"]["uid"];
  Modify("PersistentVolumeClaim", "data-kubia-0", [](Json& body) { body["metadata"].erase("finalizers"); });
  const api::ObjectKey key{"PersistentVolumeClaim", "default", "data-kubia-0"};
  ASSERT_TRUE(RunTask(io_, outside_.Delete(key, {})).ok());
  RunReady(io_);
  const Json claim = Get("PersistentVolumeClaim", "data-kubia-0");
  ASSERT_FALSE(claim.is_null());
  EXPECT_NE(claim["metadata"]["uid"], uid);
  EXPECT_THAT(Pods(), ElementsAre("kubia-0"));
}

TEST_F(SetLab, ConvergesInOrderThroughFailedAndLostWrites) {
  const std::vector<Error> errors{MakeError(ErrorCode::kConflict, "somebody wrote first"),
                                  MakeError(ErrorCode::kUnavailable, "no store")};
  const FailingStore::Call writes[] = {FailingStore::Call::kCreate, FailingStore::Call::kUpdate,
                                       FailingStore::Call::kDelete, FailingStore::Call::kGet};
  std::mt19937 random(1);
  // With all news delivered between the steps, a pod is made only when those before it are ready.
  auto& pods = caches_.Of<api::Pod>();
  pods.OnChange([&pods](const objects::Change<api::Pod>& change) {
    if (!change.added()) return;
    const std::string& name = change.now->meta.name;
    for (int64_t lower = 0; lower < ParsePodName(name)->ordinal; ++lower) {
      const api::Ref<api::Pod> pod = pods.Find("default", PodName("kubia", lower));
      EXPECT_TRUE(pod && pod->Ready()) << name << " before " << lower;
    }
  });
  Create(Set("kubia", 3));
  for (int step = 0; step < 400; ++step) {
    SCOPED_TRACE(fmt::format("step {}", step));
    const FailingStore::Call call = writes[random() % 4];
    if (step < 350 && random() % 3 == 0) store_.Fail(call, errors[random() % 2], 1 + static_cast<int>(random() % 3));
    if (step < 350 && random() % 5 == 0) store_.LoseAnswer(call, errors[1]);
    if (step < 350 && random() % 10 == 0) Template(std::to_string(random() % 3));
    // One step of the node, chosen by chance.
    // ready.
    std::vector<std::string> names = Pods();
    ASSERT_LE(names.size(), 3u);
    if (!names.empty()) {
      std::string name = names[random() % names.size()];
      const bool going = name.ends_with(" going");
      name = name.substr(0, 7);
      if (going) {
        End(name);
      } else if (!api::Pod::From(Object(Get("Pod", name))).Ready()) {
        Start(name);
      } else if (step < 350 && random() % 8 == 0) {
        End(name);
      }
    }
    clock_.Advance(seconds(2));
  }
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_THAT(Pods(), ElementsAre("kubia-0", "kubia-1", "kubia-2"));
  const Json status = Get("StatefulSet", "kubia")["status"];
  EXPECT_EQ(status["readyReplicas"], 3) << status;
  EXPECT_EQ(status["updatedReplicas"], 3) << status;
  EXPECT_FALSE(status.contains("conditions")) << status;
  EXPECT_EQ(RunTask(io_, memory_.List("PersistentVolumeClaim", {})).value().items.size(), 3u);
}

}  // namespace
}  // namespace ordinal::controllers::statefulset
