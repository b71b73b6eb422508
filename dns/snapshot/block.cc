#include "dns/snapshot/block.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_set>

#include "dns/wire/reply.h"

namespace ordinal::dns {
namespace {

const Node* FindIn(const NameBlock& block, std::string_view name) {
  const auto found = std::lower_bound(block.nodes.begin(), block.nodes.end(), name,
                                      [](const Node& node, std::string_view wanted) { return node.name < wanted; });
  return found == block.nodes.end() || found->name != name ? nullptr : &*found;
}

void LinkTargets(const NameBlock& block, const std::vector<SrvDraft>& records, RecordSet& set) {
  std::unordered_set<const Node*> linked;
  size_t offset = 0;
  for (const SrvDraft& srv : records) {
    const Node* target = FindIn(block, srv.target.wire());
    if (target != nullptr && linked.insert(target).second) {
      set.additional.push_back({offset + kSrvTargetOffset, target});
    }
    offset += kSrvTargetOffset + srv.target.size();
  }
  set.additional.shrink_to_fit();
}

/// Any order would do that depends on the records alone: the answer must not depend on which block came first.
bool Before(const NodePtr& a, const NodePtr& b) {
  return std::lexicographical_compare(a->sets.begin(), a->sets.end(), b->sets.begin(), b->sets.end(),
                                      [](const RecordSet& x, const RecordSet& y) {
                                        return x.type != y.type ? x.type < y.type : x.rendered < y.rendered;
                                      });
}

RecordSet& SetOf(Node& node, wire::Type type) {
  for (RecordSet& set : node.sets) {
    if (set.type == type) return set;
  }
  RecordSet& set = node.sets.emplace_back();
  set.type = type;
  return set;
}

}  // namespace

BlockPtr MakeBlock(const Drafts& drafts) {
  auto block = std::make_shared<NameBlock>();
  size_t size = 0;
  for (const auto& [name, draft] : drafts) size += name.size();
  block->names.reserve(size);  // the nodes' views stay valid
  block->nodes.reserve(drafts.size());
  for (const auto& [name, draft] : drafts) {
    block->names += name;
    const std::string_view names = block->names;
    block->nodes.push_back({names.substr(names.size() - name.size()), Render(draft)});
  }
  auto draft = drafts.begin();
  for (Node& node : block->nodes) {
    for (RecordSet& set : node.sets) {
      if (set.type == wire::Type::kSrv) LinkTargets(*block, draft->second.srv, set);
    }
    ++draft;
  }
  return block;
}

NodePtr Join(std::vector<NodePtr> nodes) {
  std::sort(nodes.begin(), nodes.end(), Before);
  auto block = std::make_shared<NameBlock>();
  block->names = nodes.front()->name;
  Node& joined = block->nodes.emplace_back();
  joined.name = block->names;
  std::set<std::string_view> seen;
  for (const NodePtr& node : nodes) {
    for (const RecordSet& from : node->sets) {
      RecordSet& to = SetOf(joined, from.type);
      for (std::string_view rest = from.rendered; !rest.empty();) {
        const std::string_view record = rest.substr(0, wire::RenderedSize(rest));
        rest.remove_prefix(record.size());
        if (!seen.insert(record).second) continue;  // a record's own bytes tell its type
        to.rendered += record;
        ++to.count;
      }
    }
  }
  return NodeOf(block, joined);
}

}  // namespace ordinal::dns
