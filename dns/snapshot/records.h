// Pre-rendered records: what the resolver copies into answers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dns/wire/types.h"

namespace ordinal::dns {

struct Node;

/// The address records of `node` belong into the additional section of an answer with this record set.
struct Additional {
  size_t name_offset = 0;      ///< In RecordSet::rendered: where the node's name lies, uncompressed.
  const Node* node = nullptr;  ///< In the same block (dns/snapshot/block.h), so it lives as long as the record set.
};

/// All records of one name and type.
struct RecordSet {
  wire::Type type = wire::Type::kA;
  uint16_t count = 0;
  /// The records one after another, each: pointer to the question's name (2 bytes), type, class, TTL, rdata length,
  /// rdata (names in it uncompressed). An answer to the owner's own name is one copy of all this.
  std::string rendered;
  std::vector<Additional> additional;
};

/// A name that exists. Without record sets: an empty non-terminal, or a name whose types are all absent (NODATA).
struct Node {
  std::string_view name;  ///< Lower case, wire form; lives in the node's block.
  std::vector<RecordSet> sets;

  const RecordSet* Find(wire::Type type) const {
    for (const RecordSet& set : sets) {
      if (set.type == type) return &set;
    }
    return nullptr;
  }
};

/// Keeps the whole block alive that the node lies in.
using NodePtr = std::shared_ptr<const Node>;

}  // namespace ordinal::dns
