#include "dns/snapshot/name_index.h"

#include <algorithm>
#include <type_traits>

namespace ordinal::dns {
namespace {

constexpr int kHashBits = 64;

}  // namespace

void NameIndex::ForEach(const std::function<void(const Node&)>& see) const { See(root_.get(), see); }

void NameIndex::See(const Part* part, const std::function<void(const Node&)>& see) {
  if (part == nullptr) return;
  if (part->leaf) {
    for (const Entry& entry : AsLeaf(*part).entries) see(*entry.node);
    return;
  }
  for (const PartPtr& below : AsBranch(*part).below) See(below.get(), see);
}

template <class Kind>
Kind& NameIndexEditor::Make(PartPtr& at) {
  auto made = std::make_shared<Kind>();
  Kind& part = *made;
  part.edit = edit_;
  part.leaf = std::is_same_v<Kind, Leaf>;
  at = std::move(made);
  ++made_;
  return part;
}

template <class Kind>
Kind& NameIndexEditor::Own(PartPtr& at) {
  if (at->edit != edit_) {
    at = std::make_shared<Kind>(static_cast<const Kind&>(*at));
    at->edit = edit_;
    ++made_;
  }
  return static_cast<Kind&>(*at);
}

void NameIndexEditor::Put(NodePtr node) {
  const uint64_t hash = NameIndex::HashOf(node->name);
  PutAt(hash, std::move(node));
}

void NameIndexEditor::PutAt(uint64_t hash, NodePtr node) {
  PartPtr* at = &index_.root_;
  int depth = 0;
  for (; *at != nullptr && !(*at)->leaf; ++depth) at = &Own<Branch>(*at).below[NameIndex::Turn(hash, depth)];
  Leaf& leaf = *at == nullptr ? Make<Leaf>(*at) : Own<Leaf>(*at);
  for (Entry& entry : leaf.entries) {
    if (entry.hash != hash || entry.node->name != node->name) continue;
    entry.node = std::move(node);
    return;
  }
  leaf.entries.push_back({hash, std::move(node)});
  ++index_.size_;
  Split(*at, depth);
}

/// Names with equal hashes are together in one leaf at the end of all bits, however many they are.
void NameIndexEditor::Split(PartPtr& at, int depth) {
  if (NameIndex::AsLeaf(*at).entries.size() <= NameIndex::kMost || depth * NameIndex::kBits >= kHashBits) return;
  const PartPtr full = std::move(at);
  Branch& branch = Make<Branch>(at);
  for (Entry& entry : static_cast<Leaf&>(*full).entries) {
    PartPtr& below = branch.below[NameIndex::Turn(entry.hash, depth)];
    Leaf& leaf = below == nullptr ? Make<Leaf>(below) : static_cast<Leaf&>(*below);
    leaf.entries.push_back(std::move(entry));
  }
  for (PartPtr& below : branch.below) {
    if (below != nullptr) Split(below, depth + 1);
  }
}

void NameIndexEditor::Erase(std::string_view name) { EraseAt(NameIndex::HashOf(name), name); }

void NameIndexEditor::EraseAt(uint64_t hash, std::string_view name) {
  if (index_.Find(hash, name) == nullptr) return;
  EraseBelow(index_.root_, hash, name, 0);
  --index_.size_;
}

void NameIndexEditor::EraseBelow(PartPtr& at, uint64_t hash, std::string_view name, int depth) {
  if (!at->leaf) {
    EraseBelow(Own<Branch>(at).below[NameIndex::Turn(hash, depth)], hash, name, depth + 1);
    return Shrink(at);
  }
  std::vector<Entry>& entries = Own<Leaf>(at).entries;
  entries.erase(std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.hash == hash && entry.node->name == name;
  }));  // from here on `name` may be gone with the node that it lay in
  if (entries.empty()) at = nullptr;
}

/// A branch with little below it becomes a leaf again. Half of what a leaf may hold, so that a name that comes and
/// goes does not split and join it each time.
void NameIndexEditor::Shrink(PartPtr& at) {
  const PartPtr branch = at;
  size_t entries = 0;
  for (const PartPtr& below : NameIndex::AsBranch(*branch).below) {
    if (below == nullptr) continue;
    if (!below->leaf) return;
    entries += NameIndex::AsLeaf(*below).entries.size();
  }
  if (entries > NameIndex::kMost / 2) return;
  Leaf& leaf = Make<Leaf>(at);
  for (const PartPtr& below : NameIndex::AsBranch(*branch).below) {
    if (below == nullptr) continue;
    const std::vector<Entry>& from = NameIndex::AsLeaf(*below).entries;
    leaf.entries.insert(leaf.entries.end(), from.begin(), from.end());
  }
}

NameIndex NameIndexEditor::Version() {
  ++edit_;
  return index_;
}

}  // namespace ordinal::dns
