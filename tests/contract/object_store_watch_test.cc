// The contract of every ObjectStore: watches.
#include <gmock/gmock.h>

#include <random>

#include "tests/contract/object_store_contract.h"

namespace ordinal::store {
namespace {

using testing::ElementsAre;

class ObjectStoreWatch : public ObjectStoreContract {
 protected:
  std::string At(const char* type, const Object& object) {
    return std::string(type) + " " + object.name() + "@" + std::to_string(object.revision());
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreWatch, testing::ValuesIn(AllStores()), StoreName);

TEST_P(ObjectStoreWatch, DeliversEveryChangeAfterItsRevisionInOrder) {
  const Object before = Create(MakeObject("Pod", "default", "a"));
  const Object b = Create(MakeObject("Pod", "default", "b"));
  const Object changed = Update(WithValue(b, 2));
  const Object gone = Delete(before.key());
  const auto events = Next(*WatchFrom(before.revision()), 3);
  EXPECT_THAT(Lines(events), ElementsAre(At("ADDED", b), At("MODIFIED", changed), At("DELETED", gone)));
  EXPECT_TRUE(events[0].old.empty());
  EXPECT_EQ(events[1].old.body(), b.body());
  EXPECT_EQ(events[2].object.body()["metadata"]["resourceVersion"], std::to_string(gone.revision()));
  EXPECT_EQ(events[2].old.body(), before.body());
}

TEST_P(ObjectStoreWatch, FromAListsRevisionNothingIsMissedOrRepeated) {
  Create(MakeObject("Pod", "default", "a"));
  const auto list = Run(store_->List("Pod", ListOptions())).value();
  const Object b = Create(MakeObject("Pod", "default", "b"));
  EXPECT_THAT(Lines(Next(*WatchFrom(list.revision), 1)), ElementsAre(At("ADDED", b)));
}

TEST_P(ObjectStoreWatch, WaitsForAChangeOfItsKindOnly) {
  auto watch = WatchFrom(Revision(), "Pod");
  std::optional<Result<std::vector<WatchEvent>>> got;
  asio::co_spawn(
      io_, [&]() -> Task<void> { got.emplace(co_await watch->Next()); }, [](std::exception_ptr) {});
  Create(MakeObject("Service", "default", "a"));
  RunReady(io_);
  EXPECT_FALSE(got.has_value());
  const Object pod = Create(MakeObject("Pod", "default", "a"));
  ASSERT_TRUE(RunUntil(io_, [&] { return got.has_value(); }));
  EXPECT_THAT(Lines(got->value()), ElementsAre(At("ADDED", pod)));
}

TEST_P(ObjectStoreWatch, SaysWhenThereIsSomethingForIt) {
  int told = 0;
  const auto count = [&told] { ++told; };
  const uint64_t start = Revision();
  auto watch = WatchFrom(start, "Pod", Labelled("app=x"));
  watch->WhenReady(count);
  Create(MakeObject("Service", "default", "a", {{"app", "x"}}));
  Create(MakeObject("Pod", "default", "a", {{"app", "y"}}));
  RunReady(io_);
  EXPECT_EQ(told, 0);
  const Object wanted = Create(MakeObject("Pod", "default", "b", {{"app", "x"}}));
  EXPECT_EQ(told, 1);
  EXPECT_THAT(Lines(Next(*watch, 1)), ElementsAre(At("ADDED", wanted)));
  watch->WhenReady(count);
  EXPECT_EQ(told, 1);
  watch->Interrupt();
  EXPECT_EQ(told, 2);
  EXPECT_THAT(Run(watch->Next()).value(), testing::IsEmpty());
  WatchFrom(start)->WhenReady(count);
  EXPECT_EQ(told, 3);
}

TEST_P(ObjectStoreWatch, SaysWhenItEndsWithTheStore) {
  auto watch = WatchFrom(Revision());
  int told = 0;
  watch->WhenReady([&told] { ++told; });
  store_.reset();
  RunReady(io_);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(Run(watch->Next()).error().code, ErrorCode::kCancelled);
}

TEST_P(ObjectStoreWatch, AnAcknowledgedWriteIsThereForEveryWatch) {
  auto first = WatchFrom(Revision());
  auto second = WatchFrom(Revision());
  const Object pod = Create(MakeObject("Pod", "default", "a"));
  for (Watch* watch : {first.get(), second.get()}) {
    EXPECT_THAT(Lines(Next(*watch, 1)), ElementsAre(At("ADDED", pod)));
  }
}

TEST_P(ObjectStoreWatch, AnEqualUpdateIsNoEvent) {
  const Object pod = Create(MakeObject("Pod", "default", "a"));
  auto watch = WatchFrom(pod.revision());
  Update(pod);
  const Object changed = Update(WithValue(pod, 9));
  EXPECT_THAT(Lines(Next(*watch, 1)), ElementsAre(At("MODIFIED", changed)));
}

TEST_P(ObjectStoreWatch, SeesOnlyItsNamespace) {
  ListOptions options;
  options.ns = "b";
  auto watch = WatchFrom(Revision(), "Pod", options);
  Create(MakeObject("Pod", "a", "p"));
  const Object wanted = Create(MakeObject("Pod", "b", "q"));
  EXPECT_THAT(Lines(Next(*watch, 1)), ElementsAre(At("ADDED", wanted)));
}

TEST_P(ObjectStoreWatch, ASelectorTurnsLabelChangesIntoComingAndGoing) {
  auto watch = WatchFrom(Revision(), "Pod", Labelled("app=x"));
  const Object hidden = Create(MakeObject("Pod", "default", "a", {{"app", "y"}}));
  const Object came = Update(WithLabels(hidden, {{"app", "x"}}));
  const Object stayed = Update(WithValue(came, 2, /*any_revision=*/false));
  const Object left = Update(WithLabels(stayed, {{"app", "y"}}));
  Update(WithValue(left, 3));
  Delete(left.key());  // it was out of view: no event
  const Object last = Create(MakeObject("Pod", "default", "b", {{"app", "x"}}));
  const auto events = Next(*watch, 4);
  EXPECT_THAT(Lines(events),
              ElementsAre(At("ADDED", came), At("MODIFIED", stayed), At("DELETED", left), At("ADDED", last)));
  // What leaves is shown as it was when it was last in view, at the revision of the change.
  EXPECT_EQ(events[2].object.body()["metadata"]["labels"]["app"], "x");
  EXPECT_EQ(events[2].object.revision(), left.revision());
}

TEST_P(ObjectStoreWatch, FromAForgottenRevisionIsExpired) {
  Restart({.events = 10});
  const uint64_t start = Create(MakeObject("Pod", "default", "a")).revision();
  for (int i = 1; i <= 20; ++i) Update(MakeObject("Pod", "default", "a", {}, i));
  const uint64_t now = Revision();
  struct Case {
    uint64_t revision;
    bool kept;
  };
  for (const Case& c : {Case{start, false}, Case{now - 11, false}, Case{now - 10, true}, Case{now, true}}) {
    const auto watch = Run(store_->StartWatch("Pod", ListOptions(), c.revision));
    EXPECT_EQ(watch.ok(), c.kept) << c.revision;
    if (!watch.ok()) {
      EXPECT_EQ(watch.error().code, ErrorCode::kExpired);
    }
  }
}

TEST_P(ObjectStoreWatch, FromARevisionThatNeverWasIsExpired) {
  const auto watch = Run(store_->StartWatch("Pod", ListOptions(), Revision() + 1));
  ASSERT_FALSE(watch.ok());
  EXPECT_EQ(watch.error().code, ErrorCode::kExpired);
}

TEST_P(ObjectStoreWatch, ASlowReaderIsToldThatItMissedChanges) {
  Restart({.events = 10});
  Create(MakeObject("Pod", "default", "a"));
  auto slow = WatchFrom(Revision());
  for (int i = 1; i <= 11; ++i) Update(MakeObject("Pod", "default", "a", {}, i));
  const auto events = Run(slow->Next());
  ASSERT_FALSE(events.ok());
  EXPECT_EQ(events.error().code, ErrorCode::kExpired);
}

TEST_P(ObjectStoreWatch, AQuietKindsWatchSurvivesABusyOne) {
  Restart({.events = 10});
  auto quiet = WatchFrom(Revision(), "Service");
  const uint64_t old = Revision();
  for (int i = 0; i < 30; ++i) Create(MakeObject("Pod", "default", "p" + std::to_string(i)));
  const Object service = Create(MakeObject("Service", "default", "s"));
  EXPECT_THAT(Lines(Next(*quiet, 1)), ElementsAre(At("ADDED", service)));
  EXPECT_TRUE(Run(store_->StartWatch("Service", ListOptions(), old)).ok());
}

TEST_P(ObjectStoreWatch, HistoryIsBoundedByMemoryToo) {
  Restart({.events = 1000, .bytes = 50'000, .recent_bytes = 50'000});
  Json body = MakeObject("Pod", "default", "a").body();
  const uint64_t start = Create(Object(body)).revision();
  std::mt19937 random(1);  // the same text in every run, and none that compresses well
  for (int i = 0; i < 60; ++i) {
    std::string text(5000, ' ');
    for (char& c : text) c = static_cast<char>('!' + random() % 90);
    body["spec"]["text"] = text;
    Update(Object(body));
  }
  EXPECT_FALSE(Run(store_->StartWatch("Pod", ListOptions(), start)).ok());
  EXPECT_TRUE(Run(store_->StartWatch("Pod", ListOptions(), Revision() - 1)).ok());
}

TEST_P(ObjectStoreWatch, AWatchFromFarBackIsShownEveryChange) {
  Restart({.recent_events = 4});
  const uint64_t listed = Create(MakeObject("Pod", "default", "other")).revision();
  std::vector<std::string> made;
  for (int i = 0; i < 200; ++i) {
    const Object pod = MakeObject("Pod", i % 2 == 0 ? "a" : "b", "p" + std::to_string(i % 7), {}, i);
    const auto found = Run(store_->Get(pod.key()));
    if (found.ok() && i % 11 == 0) {
      made.push_back(At("DELETED", Delete(pod.key())));
    } else if (found.ok()) {
      made.push_back(At("MODIFIED", Update(pod)));
    } else {
      made.push_back(At("ADDED", Create(pod)));
    }
  }
  EXPECT_EQ(Lines(Next(*WatchFrom(listed), made.size())), made);
}

TEST_P(ObjectStoreWatch, AFilteredWatchFromFarBackEndsAtTheNewestChange) {
  Restart({.recent_events = 4});
  ListOptions options;
  options.ns = "quiet";
  auto watch = WatchFrom(Revision(), "Pod", options);
  for (int i = 0; i < 200; ++i) Create(MakeObject("Pod", "busy", "p" + std::to_string(i)));
  const Object wanted = Create(MakeObject("Pod", "quiet", "q"));
  EXPECT_THAT(Lines(Next(*watch, 1)), ElementsAre(At("ADDED", wanted)));
  EXPECT_EQ(watch->revision(), wanted.revision());
}

TEST_P(ObjectStoreWatch, AStoppingStoreEndsItsWatches) {
  auto watch = WatchFrom(Revision());
  std::optional<Result<std::vector<WatchEvent>>> got;
  asio::co_spawn(
      io_, [&]() -> Task<void> { got.emplace(co_await watch->Next()); }, [](std::exception_ptr) {});
  RunReady(io_);
  store_.reset();
  ASSERT_TRUE(RunUntil(io_, [&] { return got.has_value(); }));
  ASSERT_FALSE(got->ok());
  EXPECT_EQ(got->error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace ordinal::store
