// ChangeBlock: some changes of one kind in a row, kept as texts that need nothing outside the block to be read.
//
//   entry     revision, type, namespace and name, and then
//   before    what leads back to the document before (document_patch.h), only where the block meets the object first:
//             later it is what the block said of it last
//   after     the document, as what its text takes over from that of the entry before, whatever its object
//             (text_delta.h): those of a kind are much alike
//
// The text of a document is there from its write, so nothing is written out here but what is small. The texts of a full
// block are compressed together. Pure data, no I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agent/store/core/change.h"
#include "agent/store/core/index.h"
#include "agent/store/core/shelf.h"

namespace ordinal::store {

class ChangeBlock {
 public:
  /// Revisions must ascend, and the events of an object follow each other: what one leaves is what the next one finds.
  /// `text` is event.object as compact JSON. Not of a full block. What fills it is put on the shelf.
  void Append(const WatchEvent& event, SharedText text, Shelf& shelf);
  bool full() const { return sealed_; }

  using Wanted = std::function<bool(const Place&)>;
  using Visit = std::function<void(WatchEvent)>;
  /// The changes after `revision`, oldest first. An object that is once not wanted is not asked for again.
  void Read(uint64_t revision, const Wanted& wanted, const Visit& visit) const;

  bool empty() const { return forgotten_ == count_; }
  size_t size() const { return count_ - forgotten_; }
  uint64_t first() const { return RevisionOf(forgotten_); }  ///< of a block that is not empty
  uint64_t last() const { return last_; }
  /// The oldest change no longer counts; its text goes with the block.
  void ForgetFirst() { ++forgotten_; }
  /// What the block takes on the heap.
  size_t bytes() const;

 private:
  void Seal(Shelf& shelf);
  uint64_t RevisionOf(size_t entry) const;

  std::string text_;  // one entry after the other, until sealed
  std::vector<uint64_t> revisions_;
  Shelf::Slot sealed_revisions_, sealed_text_;
  size_t plain_bytes_ = 0;   // of the text before it was compressed; 0: it is not
  size_t parsed_bytes_ = 0;  // of all documents of the block, had each its own text
  size_t count_ = 0;
  size_t forgotten_ = 0;
  uint64_t last_ = 0;
  bool sealed_ = false;
  SharedText newest_;    // of the last document; until sealed
  std::set<Place> met_;  // the objects whose state the block tells; until sealed
};

}  // namespace ordinal::store
