// PublishedNames: the blocks of everything that is named, brought together by name.
//
// Nearly every name is in one block. Only an address may have several names (a pod that two services select, pods of
// the host's network), so reverse names may be in several; their shares are kept apart and joined.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "dns/snapshot/block.h"
#include "dns/snapshot/name_index.h"

namespace ordinal::dns {

class PublishedNames {
 public:
  /// `now` takes the place of `before`. Either may be null. Costs what the names of the two cost.
  void Replace(const BlockPtr& before, const BlockPtr& now);

  /// Everything together. Only here are shares joined, once for all changes since the last.
  NameIndex Version();

  /// How many names were put in, replaced or taken out so far, and how many parts of the index were made for it.
  uint64_t changes() const { return changes_; }
  uint64_t parts_made() const { return index_.parts_made(); }

 private:
  void Add(NodePtr node);
  void Remove(const NodePtr& node);
  void Exchange(const NodePtr& before, NodePtr now);
  void JoinShares(const std::string& name);

  NameIndexEditor index_;
  std::unordered_map<std::string, std::set<NodePtr>> shared_;  ///< Names that are in several blocks.
  std::unordered_set<std::string> unjoined_;                   ///< Those of them that changed since Version().
  uint64_t changes_ = 0;
};

}  // namespace ordinal::dns
