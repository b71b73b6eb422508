// The contract of every ObjectStore: create, update, delete, get and list.
#include <gmock/gmock.h>

#include "tests/contract/object_store_contract.h"

namespace ordinal::store {
namespace {

using testing::ElementsAre;

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreContract, testing::ValuesIn(AllStores()), StoreName);

template <class T>
ErrorCode CodeOf(const Result<T>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

std::vector<std::string> Names(const ListResult& list) {
  std::vector<std::string> names;
  for (const Object& object : list.items) names.push_back(object.ns() + "/" + object.name());
  return names;
}

TEST_P(ObjectStoreContract, CreatedObjectIsReadBackWithItsRevision) {
  const Object created = Create(MakeObject("Pod", "default", "a", {{"app", "x"}}, 7));
  const Object read = Run(store_->Get({"Pod", "default", "a"})).value();
  EXPECT_GT(created.revision(), 0U);
  EXPECT_EQ(read.body(), created.body());
  EXPECT_EQ(read.body()["metadata"]["resourceVersion"], std::to_string(created.revision()));
  EXPECT_EQ(read.body()["spec"]["value"], 7);
}

TEST_P(ObjectStoreContract, RevisionsAscendOverAllKindsAndWrites) {
  const uint64_t first = Create(MakeObject("Pod", "default", "a")).revision();
  const uint64_t second = Create(MakeObject("Service", "default", "a")).revision();
  const uint64_t third = Update(MakeObject("Pod", "default", "a", {}, 2)).revision();
  const uint64_t fourth = Delete({"Service", "default", "a"}).revision();
  EXPECT_EQ(std::vector({second, third, fourth}), std::vector({first + 1, first + 2, first + 3}));
  EXPECT_EQ(Revision(), fourth);
}

TEST_P(ObjectStoreContract, CreatingWhatExistsIsRefused) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  EXPECT_EQ(CodeOf(Run(store_->Create(MakeObject("Pod", "default", "a", {}, 2)))), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Run(store_->Get(created.key())).value().body(), created.body());
  // The same name in another namespace or kind is another object.
  EXPECT_TRUE(Run(store_->Create(MakeObject("Pod", "other", "a"))).ok());
  EXPECT_TRUE(Run(store_->Create(MakeObject("PersistentVolume", "", "a"))).ok());
}

TEST_P(ObjectStoreContract, UpdateWithTheRightRevisionReplaces) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  const Object updated = Update(WithValue(created, 2, /*any_revision=*/false));
  EXPECT_GT(updated.revision(), created.revision());
  EXPECT_EQ(Run(store_->Get(created.key())).value().body()["spec"]["value"], 2);
}

TEST_P(ObjectStoreContract, UpdateWithAnOldRevisionConflicts) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  const Object updated = Update(WithValue(created, 2));
  EXPECT_EQ(CodeOf(Run(store_->Update(WithValue(created, 3, /*any_revision=*/false)))), ErrorCode::kConflict);
  EXPECT_EQ(Run(store_->Get(created.key())).value().body(), updated.body());
}

TEST_P(ObjectStoreContract, UpdateWithoutRevisionReplacesWhateverIsThere) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  Update(WithValue(created, 2));
  EXPECT_EQ(Update(WithValue(created, 3)).body()["spec"]["value"], 3);
}

TEST_P(ObjectStoreContract, EqualUpdateWritesNothing) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  const uint64_t before = Revision();
  EXPECT_EQ(Update(created).revision(), created.revision());
  EXPECT_EQ(Update(WithValue(created, 1)).revision(), created.revision());
  EXPECT_EQ(Revision(), before);
}

TEST_P(ObjectStoreContract, WhatIsNotThereIsNotFound) {
  const ObjectKey key{"Pod", "default", "a"};
  EXPECT_EQ(CodeOf(Run(store_->Get(key))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Run(store_->Update(MakeObject("Pod", "default", "a")))), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Run(store_->Delete(key, Preconditions()))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, DeleteReturnsTheLastStateAtTheDeletionsRevision) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 5));
  const Object deleted = Delete(created.key());
  EXPECT_EQ(deleted.body()["spec"]["value"], 5);
  EXPECT_EQ(deleted.revision(), created.revision() + 1);
  EXPECT_EQ(CodeOf(Run(store_->Get(created.key()))), ErrorCode::kNotFound);
}

TEST_P(ObjectStoreContract, DeletePreconditionsMustHold) {
  const Object created = Create(MakeObject("Pod", "default", "a"));
  struct Case {
    const char* what;
    Preconditions preconditions;
    bool holds;
  };
  const std::vector<Case> cases = {
      {"another uid", {"uid-b", std::nullopt}, false},
      {"another revision", {std::nullopt, created.revision() + 1}, false},
      {"right uid, another revision", {"uid-a", created.revision() + 1}, false},
      {"right uid and revision", {"uid-a", created.revision()}, true},
  };
  for (const Case& c : cases) {
    const auto deleted = Run(store_->Delete(created.key(), c.preconditions));
    EXPECT_EQ(deleted.ok(), c.holds) << c.what;
    if (!c.holds) {
      EXPECT_EQ(CodeOf(deleted), ErrorCode::kConflict) << c.what;
    }
  }
}

TEST_P(ObjectStoreContract, RecreatedObjectIsNewAndHasAHigherRevision) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 1));
  const Object deleted = Delete(created.key());
  EXPECT_GT(Create(MakeObject("Pod", "default", "a", {}, 2)).revision(), deleted.revision());
}

TEST_P(ObjectStoreContract, ListIsByNamespaceThenNameAndFiltered) {
  Create(MakeObject("Pod", "b", "p1", {{"app", "x"}}));
  Create(MakeObject("Pod", "a", "p2", {{"app", "y"}}));
  Create(MakeObject("Pod", "a", "p1", {{"app", "x"}, {"tier", "db"}}));
  Create(MakeObject("Service", "a", "p0", {{"app", "x"}}));
  struct Case {
    std::string ns, selector;
    std::vector<std::string> names;
  };
  const std::vector<Case> cases = {
      {"", "", {"a/p1", "a/p2", "b/p1"}},
      {"a", "", {"a/p1", "a/p2"}},
      {"", "app=x", {"a/p1", "b/p1"}},
      {"b", "app=x", {"b/p1"}},
      {"", "app in (x,y),tier", {"a/p1"}},
      {"", "app!=x", {"a/p2"}},
      {"c", "", {}},
  };
  for (const Case& c : cases) {
    ListOptions options = Labelled(c.selector);
    options.ns = c.ns;
    EXPECT_EQ(Names(Run(store_->List("Pod", options)).value()), c.names) << c.ns << " " << c.selector;
  }
  EXPECT_THAT(Names(Run(store_->List("Secret", ListOptions())).value()), ElementsAre());
}

TEST_P(ObjectStoreContract, WhatCannotBeStoredIsInvalid) {
  Json huge = MakeObject("Pod", "default", "huge").body();
  huge["spec"]["text"] = std::string(2 * 1024 * 1024, 'x');
  Json not_utf8 = MakeObject("Pod", "default", "bytes").body();
  not_utf8["spec"]["text"] = "\xff\xfe";
  Json unnamed = MakeObject("Pod", "default", "a").body();
  unnamed["metadata"].erase("name");
  for (const Json& body : {huge, not_utf8, unnamed}) {
    EXPECT_EQ(CodeOf(Run(store_->Create(Object(body)))), ErrorCode::kInvalid);
  }
  EXPECT_EQ(CodeOf(Run(store_->Create(Object()))), ErrorCode::kInvalid);
  EXPECT_THAT(Names(Run(store_->List("Pod", ListOptions())).value()), ElementsAre());
}

/// Starts `count` tasks at once and returns when all have ended.
template <class Make>
void RunTogether(asio::io_context& io, int count, Make make) {
  int running = count;
  for (int i = 0; i < count; ++i) {
    asio::co_spawn(io, make(i), [&running](std::exception_ptr failure) {
      EXPECT_FALSE(failure);
      --running;
    });
  }
  ASSERT_TRUE(RunUntil(io, [&] { return running == 0; }));
}

TEST_P(ObjectStoreContract, OfManyWritersWithTheSameRevisionOneWins) {
  const Object created = Create(MakeObject("Pod", "default", "a", {}, 0));
  int won = 0;
  int refused = 0;
  RunTogether(io_, 50, [&](int i) -> Task<void> {
    const auto updated = co_await store_->Update(WithValue(created, i + 1, /*any_revision=*/false));
    updated.ok() ? ++won : ++refused;
    if (!updated.ok()) {
      EXPECT_EQ(updated.error().code, ErrorCode::kConflict);
    }
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 49);
}

TEST_P(ObjectStoreContract, ARefusedWriterReadsWhatItLostTo) {
  // given two writers of one revision; when one is refused; then what it reads next has the winner's value, so that
  // reading again and retrying makes progress.
  const Object created = Create(MakeObject("Counter", "default", "a", {}, 0));
  RunTogether(io_, 20, [&](int) -> Task<void> {
    while (true) {
      const auto read = co_await store_->Get(created.key());
      const int value = read->body()["spec"]["value"].get<int>();
      const auto updated = co_await store_->Update(WithValue(*read, value + 1, /*any_revision=*/false));
      if (updated.ok()) co_return;
      EXPECT_EQ(updated.error().code, ErrorCode::kConflict);
    }
  });
  EXPECT_EQ(Run(store_->Get(created.key())).value().body()["spec"]["value"], 20);
}

TEST_P(ObjectStoreContract, ManyWritersOfManyObjectsAreAllKept) {
  auto watch = WatchFrom(Revision());
  RunTogether(io_, 100, [&](int i) -> Task<void> {
    const Object object = MakeObject("Pod", "default", "p" + std::to_string(i % 10) + "-" + std::to_string(i));
    const auto created = co_await store_->Create(object);
    EXPECT_TRUE(created.ok());
    const auto updated = co_await store_->Update(WithValue(*created, i + 1, /*any_revision=*/false));
    EXPECT_TRUE(updated.ok());
    if (i % 2 == 0) {
      EXPECT_TRUE((co_await store_->Delete(object.key(), any_)).ok());
    }
  });
  EXPECT_EQ(Run(store_->List("Pod", ListOptions())).value().items.size(), 50U);
  const auto events = Next(*watch, 250);
  for (size_t i = 1; i < events.size(); ++i) EXPECT_EQ(events[i].revision, events[i - 1].revision + 1);
}

TEST_P(ObjectStoreContract, WritesOnTheirWaySeeEachOther) {
  // given writes to one object that are started together, so that none is acknowledged when the next is decided
  const Object wanted = MakeObject("Pod", "default", "a", {}, 1);
  std::vector<std::string> outcomes(5);
  RunTogether(io_, 5, [&](int i) -> Task<void> {
    const auto note = [&](const Result<Object>& result) {
      outcomes[static_cast<size_t>(i)] = result.ok() ? "ok" : std::string(ToString(result.error().code));
    };
    switch (i) {
      case 0: note(co_await store_->Create(wanted)); break;
      case 1: note(co_await store_->Create(wanted)); break;
      case 2: note(co_await store_->Update(WithValue(wanted, 2))); break;
      case 3: note(co_await store_->Delete(wanted.key(), any_)); break;
      default: note(co_await store_->Update(WithValue(wanted, 3))); break;
    }
  });
  EXPECT_THAT(outcomes, ElementsAre("ok", "already-exists", "ok", "ok", "not-found"));
}

}  // namespace
}  // namespace ordinal::store
