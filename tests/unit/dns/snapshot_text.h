// A whole snapshot as text that two of them can be compared by.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dns/snapshot/snapshot.h"

namespace ordinal::dns::testing {

/// What `node` answers, all its bytes: types, records in their order, and the names that go with them.
inline std::string TextOf(const Snapshot& snapshot, const Node& node) {
  std::string text;
  for (const RecordSet& set : node.sets) {
    text += "type " + std::to_string(static_cast<int>(set.type)) + " × " + std::to_string(set.count) + ": " +
            ::testing::PrintToString(set.rendered);
    for (const Additional& additional : set.additional) {
      EXPECT_EQ(snapshot.Find(additional.node->name), additional.node) << "a target that is not in the snapshot";
      EXPECT_EQ(set.rendered.substr(additional.name_offset, additional.node->name.size()), additional.node->name);
      text += " with " + ::testing::PrintToString(additional.node->name);
    }
    text += "\n";
  }
  return text;
}

/// By name. Checks on the way that each name is found, and is there once.
inline std::map<std::string, std::string> TextOf(const Snapshot& snapshot) {
  std::map<std::string, std::string> texts;
  snapshot.ForEach([&](const Node& node) {
    EXPECT_EQ(snapshot.Find(node.name), &node);
    EXPECT_TRUE(texts.emplace(node.name, TextOf(snapshot, node)).second) << node.name;
  });
  EXPECT_EQ(texts.size(), snapshot.names());
  std::string search = "search:";
  for (const std::string_view name : snapshot.search()) search += " " + ::testing::PrintToString(name);
  texts["serial"] = std::to_string(snapshot.serial());
  texts["search"] = search;
  return texts;
}

}  // namespace ordinal::dns::testing
