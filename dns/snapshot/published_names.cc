#include "dns/snapshot/published_names.h"

#include <utility>

namespace ordinal::dns {

void PublishedNames::Replace(const BlockPtr& before, const BlockPtr& now) {
  static const std::vector<Node> kNone;
  const std::vector<Node>& old_nodes = before == nullptr ? kNone : before->nodes;
  const std::vector<Node>& new_nodes = now == nullptr ? kNone : now->nodes;
  auto old_node = old_nodes.begin();
  auto new_node = new_nodes.begin();
  while (old_node != old_nodes.end() || new_node != new_nodes.end()) {
    ++changes_;
    if (new_node == new_nodes.end() || (old_node != old_nodes.end() && old_node->name < new_node->name)) {
      Remove(NodeOf(before, *old_node++));
    } else if (old_node == old_nodes.end() || new_node->name < old_node->name) {
      Add(NodeOf(now, *new_node++));
    } else {
      Exchange(NodeOf(before, *old_node++), NodeOf(now, *new_node++));
    }
  }
}

void PublishedNames::Add(NodePtr node) {
  const std::string name(node->name);
  auto shares = shared_.find(name);
  if (shares == shared_.end()) {
    const NodePtr* only = index_.Find(name);
    if (only == nullptr) return index_.Put(std::move(node));
    shares = shared_.try_emplace(name, std::set<NodePtr>{*only}).first;
  }
  shares->second.insert(std::move(node));
  unjoined_.insert(name);
}

void PublishedNames::Remove(const NodePtr& node) {
  const auto shares = shared_.find(std::string(node->name));
  if (shares == shared_.end()) return index_.Erase(node->name);
  shares->second.erase(node);
  unjoined_.insert(shares->first);
}

void PublishedNames::Exchange(const NodePtr& before, NodePtr now) {
  const auto shares = shared_.find(std::string(now->name));
  if (shares == shared_.end()) return index_.Put(std::move(now));
  shares->second.erase(before);
  shares->second.insert(std::move(now));
  unjoined_.insert(shares->first);
}

void PublishedNames::JoinShares(const std::string& name) {
  const auto shares = shared_.find(name);
  const std::set<NodePtr>& nodes = shares->second;
  if (nodes.size() > 1) return index_.Put(Join({nodes.begin(), nodes.end()}));
  if (nodes.empty()) index_.Erase(name);
  if (!nodes.empty()) index_.Put(*nodes.begin());
  shared_.erase(shares);
}

NameIndex PublishedNames::Version() {
  for (const std::string& name : std::exchange(unjoined_, {})) JoinShares(name);
  return index_.Version();
}

}  // namespace ordinal::dns
