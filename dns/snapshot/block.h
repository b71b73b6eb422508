// NameBlock: the nodes that are compiled together and let go together, those of one service for example. Immutable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dns/snapshot/draft.h"
#include "dns/snapshot/records.h"

namespace ordinal::dns {

struct NameBlock {
  std::string names;        ///< What Node::name shows, one after another.
  std::vector<Node> nodes;  ///< In the order of their names.
};
using BlockPtr = std::shared_ptr<const NameBlock>;

/// Drafts by name: lower case, wire form.
using Drafts = std::map<std::string, Draft, std::less<>>;

/// The targets of SRV records are among `drafts`: they are below the record's own service, or its name.
BlockPtr MakeBlock(const Drafts& drafts);

inline NodePtr NodeOf(const BlockPtr& block, const Node& node) { return {block, &node}; }

/// One node with the records of all, equal ones once: of a name that several blocks have. That is an address with
/// several names, so there are no targets to link.
NodePtr Join(std::vector<NodePtr> nodes);

}  // namespace ordinal::dns
