// What the history of a store keeps, how much memory that takes, and that nothing of it is lost in blocks.
#include "agent/store/core/history.h"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "agent/store/core/feed.h"
#include "tests/fakes/run_task.h"

namespace ordinal::store {
namespace {

/// A pod of several kilobytes, as the agent stores it.
Json ReadPod() {
  std::ifstream file(std::string(ORDINAL_TEST_DATA) + "/podsync/security-and-env.pod.json");
  Json body = Json::parse(file);
  body["apiVersion"] = "v1";
  body["kind"] = "Pod";
  body["metadata"].erase("resourceVersion");
  std::ifstream managed(std::string(ORDINAL_TEST_DATA) + "/api/defaults/pod.json");
  body["metadata"]["managedFields"] = api::Member(api::Member(Json::parse(managed), "metadata"), "managedFields");
  return body;
}

/// One writer of a feed.
class Writes {
 public:
  explicit Writes(HistoryLimits limits = {}) : feed_(std::make_shared<Feed>(Index(), 0, limits)) {}

  void Put(Json body) {
    Object wanted(std::move(body));
    const Object* found = feed_->Find(wanted.key());
    const uint64_t next = feed_->revision() + 1;
    const auto change =
        found ? PlanUpdate(*found, std::move(wanted), next) : PlanCreate(Object(), std::move(wanted), next);
    if (change->revision != 0) feed_->Publish(*change);
  }
  void Remove(const ObjectKey& key) {
    const Object* found = feed_->Find(key);
    if (found) feed_->Publish(*PlanDelete(*found, key, {}, feed_->revision() + 1));
  }
  Objects Pods() const { return PodsAt(feed_->revision()); }
  Objects PodsAt(uint64_t revision) const {
    ListOptions then;
    then.at = revision;
    const ListResult listed = feed_->List("Pod", then).value();
    Objects objects;
    for (const Object& object : listed.items) objects[{object.ns(), object.name()}] = object;
    return objects;
  }

  std::shared_ptr<Feed> feed_;
};

Json BusyPod(const Json& base, int i) {
  Json body = base;
  const std::string number = std::to_string(i % 20);
  body["metadata"]["name"] = "pod-" + number;
  body["metadata"]["uid"] = "4e3d0b56-7d8a-4c3e-9c0a-0000000000" + number;
  body["status"] = {{"phase", "Running"}, {"podIP", "10.244.0." + std::to_string(i % 250)}};
  body["status"]["conditions"] = {
      {{"type", "Ready"}, {"status", i % 40 < 20 ? "True" : "False"}},
      {{"type", "Initialized"}, {"lastTransitionTime", "2026-11-28T17:00:00Z#" + std::to_string(i)}}};
  return body;
}

// A client that lists and watches 30 s later, at 200 changes a second, is 6,000 behind.
TEST(HistoryTest, TenThousandChangesOfPodsAreKeptInThreeMebibytesAndShown) {
  const Json base = ReadPod();
  EXPECT_GT(base.dump().size(), 4000U);
  History history(0, {});
  std::map<std::string, Object> current;
  constexpr uint64_t kChanges = 10'000;
  for (uint64_t i = 0; i < kChanges; ++i) {
    Object wanted(BusyPod(base, static_cast<int>(i)));
    Object& before = current[wanted.name()];
    const auto change =
        before.empty() ? PlanCreate(before, std::move(wanted), i + 1) : PlanUpdate(before, std::move(wanted), i + 1);
    ASSERT_TRUE(change.ok()) << change.error().message;
    history.Append(*change);
    before = change->object;
  }
  EXPECT_EQ(history.size(), kChanges);
  EXPECT_LT(history.bytes(), 3U * 1024 * 1024);
  ASSERT_TRUE(history.Reaches("Pod", 0));
  uint64_t seen = 0;
  for (uint64_t position = 0; position < kChanges;) {
    const History::Piece piece = history.Read("Pod", {}, position);
    position = piece.reached;
    for (const WatchEvent& event : piece.events) {
      ASSERT_EQ(event.object.revision(), ++seen);
      const std::string& stamp =
          event.object.body()["status"]["conditions"][1]["lastTransitionTime"].get_ref<const std::string&>();
      ASSERT_EQ(stamp, "2026-11-28T17:00:00Z#" + std::to_string(seen - 1));
    }
  }
  EXPECT_EQ(seen, kChanges);
}

TEST(HistoryTest, WhateverComesBlocksStayWithinTheirLimit) {
  constexpr size_t kLimit = 300'000;
  HistoryLimits limits;
  limits.bytes = kLimit;
  limits.recent_events = 4;
  History history(0, limits);
  std::mt19937 random(2);  // the same in every run
  for (uint64_t i = 1; i <= 300; ++i) {
    std::string text(random() % 20'000, ' ');
    for (char& c : text) c = static_cast<char>('!' + random() % 90);
    Json body = {{"kind", i % 3 == 0 ? "Pod" : "Secret"}, {"data", text}};
    body["metadata"]["name"] = "n" + std::to_string(i);
    const auto change = PlanCreate({}, Object(std::move(body)), i);
    ASSERT_TRUE(change.ok());
    history.Append(*change);
    ASSERT_LE(history.bytes(), kLimit);
  }
  EXPECT_TRUE(history.Reaches("Pod", 299));
  EXPECT_FALSE(history.Reaches("Pod", 0));
  EXPECT_FALSE(history.Reaches("Secret", 0));
}

/// Small documents of any shape: members that come, go and change type, lists that grow and shrink.
Json AnyValue(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 7 : 5)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<int64_t>(random() % 1000) - 500;
    case 3: return static_cast<double>(random() % 1000) + 0.125;
    case 4: return std::string(random() % 5, static_cast<char>('a' + random() % 3)) + "/~0\"\\\n\xC3\xA4";
    case 5: {
      Json list = Json::array();
      for (size_t i = random() % 4; i > 0; --i) list.push_back(AnyValue(random, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      static const std::vector<std::string> kNames = {"a", "b/c", "d~e", "", "0", "metadata"};
      for (size_t i = random() % 4; i > 0; --i) object[kNames[random() % 6]] = AnyValue(random, depth - 1);
      return object;
    }
  }
}

struct Past {
  uint64_t revision = 0;
  Objects objects;
};

/// Makes `count` random writes on a dozen pods; what was there after each.
std::vector<Past> WriteAtRandom(Writes& store, std::mt19937& random, int count) {
  std::vector<Past> past = {{0, {}}};
  for (int i = 0; i < count; ++i) {
    const ObjectKey key{"Pod", random() % 2 == 0 ? "x" : "y", "p" + std::to_string(random() % 6)};
    if (random() % 5 == 0) {
      store.Remove(key);
    } else {
      Json body = {{"kind", "Pod"}, {"spec", AnyValue(random, 4)}};
      body["metadata"] = {{"namespace", key.ns}, {"name", key.name}, {"labels", AnyValue(random, 1)}};
      store.Put(std::move(body));
    }
    past.push_back({store.feed_->revision(), store.Pods()});
  }
  return past;
}

/// "x/p1": the document.
std::map<Place, std::string> Texts(const Objects& objects) {
  std::map<Place, std::string> texts;
  for (const auto& [place, object] : objects) texts[place] = object.body().dump();
  return texts;
}

TEST(HistoryTest, EveryPastStateCanBeListedAndFollowedFromThere) {
  HistoryLimits limits;
  limits.recent_events = 10;
  Writes store(limits);
  std::mt19937 random(3);  // the same in every run
  const std::vector<Past> past = WriteAtRandom(store, random, 600);
  asio::io_context io;
  for (size_t i = 0; i < past.size(); i += 7) {
    // given what was there at a moment, a list of that moment shows it
    Objects objects = store.PodsAt(past[i].revision);
    ASSERT_EQ(Texts(objects), Texts(past[i].objects)) << past[i].revision;
    // when a watch goes on from there, what it shows leads to what is there now
    const auto watch = store.feed_->StartWatch("Pod", {}, past[i].revision);
    ASSERT_TRUE(watch.ok());
    while ((*watch)->revision() < store.feed_->revision()) {
      const auto events = RunTask(io, (*watch)->Next()).value();
      for (const WatchEvent& event : events) {
        const Place place(event.object.ns(), event.object.name());
        ASSERT_EQ(event.type == EventType::kAdded, !objects.contains(place));
        if (event.type != EventType::kAdded) {
          ASSERT_EQ(event.old.body().dump(), objects[place].body().dump());
        }
        if (event.type == EventType::kDeleted) {
          objects.erase(place);
        } else {
          objects[place] = event.object;
        }
      }
    }
    ASSERT_EQ(Texts(objects), Texts(past.back().objects)) << past[i].revision;
  }
}

}  // namespace
}  // namespace ordinal::store
