// Answer: writes the sections of one reply from the snapshot's nodes.
#pragma once

#include "dns/snapshot/snapshot.h"
#include "dns/wire/reply.h"

namespace ordinal::dns {

class Answer {
 public:
  Answer(const Snapshot& snapshot, const wire::Query& query, wire::ReplyWriter& writer)
      : snapshot_(snapshot), query_(query), writer_(writer) {}

  /// Appends `set` to the answer section under the owner at `owner_offset`; its additional records too, as far as
  /// they fit. Address records start with number `rotation` modulo their count.
  void AddSet(const Node& owner, const RecordSet& set, size_t owner_offset, uint32_t rotation);

  /// Appends the zone's SOA. Into the authority section when it explains a missing name or type.
  void AddSoa(wire::Section section);

  /// True once an answer or the SOA did not fit: TC is to be set. A missing additional record is no truncation
  /// (RFC 2181 section 9).
  bool truncated() const { return truncated_; }

 private:
  bool AddRecord(wire::Section section, const Node& owner, std::string_view record, size_t owner_offset);
  void AddWhole(const Node& owner, const RecordSet& set, size_t owner_offset, uint32_t rotation);
  void AddAdditional(const RecordSet& set, size_t set_offset);

  const Snapshot& snapshot_;
  const wire::Query& query_;
  wire::ReplyWriter& writer_;
  bool truncated_ = false;
};

}  // namespace ordinal::dns
