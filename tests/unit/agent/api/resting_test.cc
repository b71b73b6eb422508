#include "agent/api/resting.h"

#include <gtest/gtest.h>

#include <thread>

namespace ordinal::api {
namespace {

Object Stored(const std::string& name) {
  Object object(
      Json{{"kind", "Pod"}, {"metadata", {{"name", name}, {"labels", {{"app", "a"}}}}}, {"spec", {{"x", 1}}}});
  object.Written(std::make_shared<const std::string>(object.body().dump()));
  return object;
}

/// As a store that keeps the object, which nobody else has.
class RestingTest : public ::testing::Test {
 protected:
  RestingTest() : kept_(Stored("a")) {
    kept_.Keep();
    Look();  // whatever other tests left
  }
  ~RestingTest() override { kept_.Release(); }

  static size_t Look() {
    Resting::Look();
    return Resting::Look();
  }

  Object kept_;
};

TEST_F(RestingTest, WhatNobodyLooksAtRestsAndIsReadAgain) {
  EXPECT_EQ(Look(), 0U);
  EXPECT_EQ(kept_.name(), "a");
  EXPECT_EQ(kept_.labels().at("app"), "a");
  EXPECT_EQ(Resting::Look(), 0U) << "names and labels are no look at the document";
  EXPECT_EQ(kept_.body().dump(), *kept_.text());
  EXPECT_EQ(Resting::Look(), 1U) << "it was used";
  EXPECT_EQ(Resting::Look(), 0U);
}

TEST_F(RestingTest, WhoHoldsACopyMayKeepAReference) {
  const Object copy = kept_;
  const Json& spec = Member(copy.body(), "spec");
  EXPECT_EQ(Look(), 1U);
  EXPECT_EQ(&Member(copy.body(), "spec"), &spec);
  EXPECT_EQ(ReadInt(spec, "x"), 1);
}

TEST_F(RestingTest, ADocumentThatNoStoreHasWrittenDoesNotRest) {
  const Object object(Json{{"kind", "Pod"}});
  const Json* body = &object.body();
  Look();
  EXPECT_EQ(&object.body(), body);
}

TEST_F(RestingTest, AnotherRevisionHasItsOwnDocument) {
  Look();
  const Object next = kept_.WithRevision(7);
  EXPECT_EQ(ReadString(Member(next.body(), "metadata"), "resourceVersion"), "7");
  EXPECT_EQ(next.labels(), kept_.labels());
  EXPECT_EQ(next.text(), nullptr);
}

TEST_F(RestingTest, WhatIsNotInItIsToldWithoutReadingIt) {
  Look();
  EXPECT_FALSE(kept_.MayContain("absent"));
  EXPECT_TRUE(kept_.MayContain("app"));
  EXPECT_TRUE(kept_.MayContain("a \"quote\"")) << "written with escapes: only reading tells";
  EXPECT_TRUE(kept_.MayContain("\xC3\xA9"));
  EXPECT_EQ(Resting::Look(), 0U);
  EXPECT_TRUE(Object(Json{{"kind", "Pod"}}).MayContain("absent")) << "it has no text";
}

/// Lists are written on other threads, which hold copies.
TEST_F(RestingTest, SeveralThreadsReadItAtOnce) {
  for (int round = 0; round < 200; ++round) {
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([copy = kept_] { EXPECT_EQ(ReadInt(Member(copy.body(), "spec"), "x"), 1); });
    }
    Resting::Look();
    for (std::thread& reader : readers) reader.join();
    readers.clear();
    EXPECT_EQ(Look(), 0U);
  }
}

}  // namespace
}  // namespace ordinal::api
