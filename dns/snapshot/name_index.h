// NameIndex: nodes by name, immutable; successive ones share what did not change between them.
//
// A tree of hash bits: three bits choose one of the eight parts below a branch, and a leaf has up to sixteen entries.
//
//   root (branch) ─┬─ leaf: up to 16 names          a change copies the way from the root to one leaf, and shares
//                  ├─ branch ─┬─ leaf               the rest with the index before it
//                  …          …
//
// So a change costs the logarithm of the number of names, and looking up takes one more step than a flat table for
// each factor of eight in it (four at fifty thousand names).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "dns/snapshot/records.h"

namespace ordinal::dns {

class NameIndex {
 public:
  static uint64_t HashOf(std::string_view name) { return std::hash<std::string_view>()(name); }

  /// Null: no such name. Lock-free, does not allocate; any number of threads at once.
  const Node* Find(std::string_view name) const {
    const NodePtr* found = Find(HashOf(name), name);
    return found == nullptr ? nullptr : found->get();
  }
  size_t size() const { return size_; }
  void ForEach(const std::function<void(const Node&)>& see) const;

 private:
  friend class NameIndexEditor;
  static constexpr int kBits = 3;
  static constexpr size_t kMost = 16;  ///< Entries of a leaf.

  struct Part {
    uint64_t edit = 0;  ///< In which version it was made: see NameIndexEditor.
    bool leaf = false;
  };
  using PartPtr = std::shared_ptr<Part>;
  struct Entry {
    uint64_t hash = 0;
    NodePtr node;
  };
  struct Leaf : Part {
    std::vector<Entry> entries;
  };
  struct Branch : Part {
    std::array<PartPtr, 1 << kBits> below;
  };

  static size_t Turn(uint64_t hash, int depth) { return (hash >> (depth * kBits)) & ((1 << kBits) - 1); }
  static const Leaf& AsLeaf(const Part& part) { return static_cast<const Leaf&>(part); }
  static const Branch& AsBranch(const Part& part) { return static_cast<const Branch&>(part); }
  static void See(const Part* part, const std::function<void(const Node&)>& see);

  const NodePtr* Find(uint64_t hash, std::string_view name) const {
    const Part* part = root_.get();
    for (uint64_t rest = hash; part != nullptr && !part->leaf; rest >>= kBits) {
      part = AsBranch(*part).below[Turn(rest, 0)].get();
    }
    if (part == nullptr) return nullptr;
    for (const Entry& entry : AsLeaf(*part).entries) {
      if (entry.hash == hash && entry.node->name == name) return &entry.node;
    }
    return nullptr;
  }

  PartPtr root_;
  size_t size_ = 0;
};

/// Makes the versions of an index, on one thread. A part made since the last Version() is changed where it is, as
/// nobody else has it yet; an older one is copied first.
class NameIndexEditor {
 public:
  /// Null: no such name.
  const NodePtr* Find(std::string_view name) const { return index_.Find(NameIndex::HashOf(name), name); }
  /// Takes the place of a node of this name.
  void Put(NodePtr node);
  void Erase(std::string_view name);
  /// The same for a hash that is not the name's, for tests.
  void PutAt(uint64_t hash, NodePtr node);
  void EraseAt(uint64_t hash, std::string_view name);
  const NodePtr* FindAt(uint64_t hash, std::string_view name) const { return index_.Find(hash, name); }

  /// The index as it is now, which stays as it is.
  NameIndex Version();
  /// How many parts were made or copied so far.
  uint64_t parts_made() const { return made_; }

 private:
  using Part = NameIndex::Part;
  using PartPtr = NameIndex::PartPtr;
  using Leaf = NameIndex::Leaf;
  using Branch = NameIndex::Branch;
  using Entry = NameIndex::Entry;

  template <class Kind>
  Kind& Make(PartPtr& at);
  template <class Kind>
  Kind& Own(PartPtr& at);
  void Split(PartPtr& at, int depth);
  void EraseBelow(PartPtr& at, uint64_t hash, std::string_view name, int depth);
  void Shrink(PartPtr& at);

  NameIndex index_;
  uint64_t edit_ = 1;
  uint64_t made_ = 0;
};

}  // namespace ordinal::dns
