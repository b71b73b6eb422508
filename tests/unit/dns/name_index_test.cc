#include "dns/snapshot/name_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "dns/snapshot/block.h"

namespace ordinal::dns {
namespace {

NodePtr NodeNamed(const std::string& name) {
  const BlockPtr block = MakeBlock({{name, Draft{}}});
  return NodeOf(block, block->nodes.front());
}

using Expected = std::map<std::string, NodePtr>;

void ExpectHolds(const NameIndex& index, const Expected& expected) {
  ASSERT_EQ(index.size(), expected.size());
  for (const auto& [name, node] : expected) ASSERT_EQ(index.Find(name), node.get()) << name;
  size_t seen = 0;
  index.ForEach([&](const Node& node) { seen += expected.at(std::string(node.name)).get() == &node ? 1 : 0; });
  EXPECT_EQ(seen, expected.size());
}

TEST(NameIndex, AnEmptyOneHasNoNames) {
  EXPECT_EQ(NameIndex().Find("a"), nullptr);
  NameIndexEditor editor;
  editor.Erase("a");
  ExpectHolds(editor.Version(), {});
}

TEST(NameIndex, HoldsWhatWasPutInWhateverTheOrder) {
  // Given names that come, are replaced and go, until there are many and then few of them again.
  std::mt19937 random(1);
  NameIndexEditor editor;
  Expected expected;
  for (const int names : {10, 400, 3000, 20, 0}) {
    for (int change = 0; change < 6000; ++change) {
      const std::string name = "name-" + std::to_string(random() % 3000);
      if (std::stoi(name.substr(5)) < names) {
        expected[name] = NodeNamed(name);
        editor.Put(expected[name]);
      } else {
        expected.erase(name);
        editor.Erase(name);
      }
      if (change % 7 == 0) editor.Version();  // so that parts of every age are changed
    }
    ExpectHolds(editor.Version(), expected);
  }
}

TEST(NameIndex, AVersionStaysAsItIs) {
  NameIndexEditor editor;
  Expected expected;
  std::vector<std::pair<NameIndex, Expected>> versions;
  std::mt19937 random(2);
  for (int version = 0; version < 60; ++version) {
    for (int change = 0; change < 10; ++change) {
      const std::string name = std::to_string(random() % 200);
      expected[name] = NodeNamed(name);
      editor.Put(expected[name]);
      const std::string gone = std::to_string(random() % 200);
      expected.erase(gone);
      editor.Erase(gone);
    }
    versions.emplace_back(editor.Version(), expected);
  }
  for (const auto& [index, held] : versions) ExpectHolds(index, held);
}

TEST(NameIndex, NamesWithEqualHashesAreAllFound) {
  for (const uint64_t hash : {uint64_t{0}, ~uint64_t{0}, uint64_t{1} << 63}) {
    NameIndexEditor editor;
    Expected expected;
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      expected[name] = NodeNamed(name);
      editor.PutAt(hash, expected[name]);
    }
    editor.Version();
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      ASSERT_EQ(*editor.FindAt(hash, name), expected[name]);
      EXPECT_EQ(editor.FindAt(hash ^ 1, name), nullptr) << "of another hash";
      editor.EraseAt(hash, name);
      ASSERT_EQ(editor.FindAt(hash, name), nullptr);
    }
    EXPECT_EQ(editor.Version().size(), 0U);
  }
}

TEST(NameIndex, AChangeCopiesOneWayDown) {
  constexpr int kNames = 50000;
  NameIndexEditor editor;
  for (int i = 0; i < kNames; ++i) editor.Put(NodeNamed(std::to_string(i)));
  editor.Version();
  for (int i = 0; i < kNames; i += 1000) {
    const uint64_t before = editor.parts_made();
    editor.Put(NodeNamed(std::to_string(i)));
    editor.Version();
    EXPECT_LE(editor.parts_made() - before, 8U);  // eight to the sixth is 262,144
  }
}

}  // namespace
}  // namespace ordinal::dns
