#include "agent/store/core/block.h"

#include <zlib.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/api/text/json_text.h"
#include "agent/store/core/document_patch.h"
#include "agent/store/core/text_delta.h"

namespace ordinal::store {
namespace {

// A block is full with any of these. They bound the work of the write that fills it (about a millisecond), and the
// memory and time of reading one; larger ones would be smaller all together, but not by much.
constexpr size_t kMostChanges = 64;
constexpr size_t kMostText = 128 * 1024;
constexpr size_t kMostParsed = 1024 * 1024;

void Put(std::string_view part, std::string& text) {
  const auto size = static_cast<uint32_t>(part.size());
  text.append(reinterpret_cast<const char*>(&size), sizeof(size)).append(part);
}

/// Takes entries' parts off a text that Put wrote.
struct Parts {
  std::string_view rest;

  std::string_view Take() {
    uint32_t size = 0;
    std::memcpy(&size, rest.data(), sizeof(size));
    const std::string_view part = rest.substr(sizeof(size), size);
    rest.remove_prefix(sizeof(size) + size);
    return part;
  }
};

/// The text is half as long as its compressed form could be, or empty when zlib has no memory.
std::string Compressed(const std::string& plain) {
  uLongf size = compressBound(plain.size());
  std::string packed(size, '\0');
  // Level 3: within a tenth of the best in size, at a third of its time.
  constexpr int kLevel = 3;
  if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                plain.size(), kLevel) != Z_OK) {
    return {};
  }
  return packed.substr(0, size);
}

std::string Plain(std::string_view packed, size_t bytes) {
  std::string plain(bytes, '\0');
  uLongf size = bytes;
  const int done = uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                              reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  if (done != Z_OK) std::abort();  // out of memory: as every other allocation that fails
  return plain;
}

/// How an entry tells what was before.
enum class Before : char { kUnknown, kNothingElse, kPatch };

/// The document before the one that is `now`; `last` is what the block said of the object before, if it did.
Object ReadBefore(Before known, std::string_view patch, const Object& last, const Object& now) {
  if (known == Before::kUnknown) return {};
  if (!last.empty()) return last;
  Json body = now.body();
  if (known == Before::kPatch) ApplyPatch(Json::parse(patch), body);
  return Object(std::move(body));
}

}  // namespace

void ChangeBlock::Append(const WatchEvent& event, SharedText text, Shelf& shelf) {
  Place place(event.object.ns(), event.object.name());
  const bool none = event.type == EventType::kAdded || event.old.empty();
  Before before = none ? Before::kUnknown : Before::kNothingElse;
  std::optional<Json> patch;
  if (!none && !met_.contains(place)) patch = DocumentPatch(event.object.body(), event.old.body());
  if (patch) before = Before::kPatch;
  text_.push_back(static_cast<char>(event.type));
  text_.push_back(static_cast<char>(before));
  Put(place.first, text_);
  Put(place.second, text_);
  Put(patch ? api::JsonText(*patch) : std::string(), text_);
  Put(TextDelta(newest_ ? std::string_view(*newest_) : std::string_view(), *text), text_);
  met_.insert(std::move(place));
  newest_ = std::move(text);
  revisions_.push_back(event.revision);
  last_ = event.revision;
  ++count_;
  parsed_bytes_ += newest_->size();
  if (count_ >= kMostChanges || text_.size() >= kMostText || parsed_bytes_ >= kMostParsed) Seal(shelf);
}

void ChangeBlock::Seal(Shelf& shelf) {
  sealed_ = true;
  met_.clear();
  newest_ = nullptr;
  const std::string packed = Compressed(text_);
  if (!packed.empty()) plain_bytes_ = text_.size();  // else it is as good as it was, only larger
  sealed_text_ = shelf.Put(packed.empty() ? text_ : packed);
  sealed_revisions_ =
      shelf.Put({reinterpret_cast<const char*>(revisions_.data()), revisions_.size() * sizeof(uint64_t)});
  text_ = {};
  revisions_ = {};
  text_.shrink_to_fit();
  revisions_.shrink_to_fit();
}

uint64_t ChangeBlock::RevisionOf(size_t entry) const {
  if (!sealed_) return revisions_[entry];
  uint64_t revision = 0;
  std::memcpy(&revision, sealed_revisions_.text().data() + entry * sizeof(revision), sizeof(revision));
  return revision;
}

void ChangeBlock::Read(uint64_t revision, const Wanted& wanted, const Visit& visit) const {
  const std::string unpacked = plain_bytes_ != 0 ? Plain(sealed_text_.text(), plain_bytes_) : std::string();
  Parts parts{plain_bytes_ != 0 ? unpacked : sealed_ ? sealed_text_.text() : text_};
  std::map<Place, Object> states;
  std::string text;
  for (size_t entry = 0; entry < count_; ++entry) {
    const uint64_t changed_at = RevisionOf(entry);
    const auto type = static_cast<EventType>(parts.rest[0]);
    const auto known = static_cast<Before>(parts.rest[1]);
    parts.rest.remove_prefix(2);
    const std::string_view ns = parts.Take(), name = parts.Take(), patch = parts.Take(), delta = parts.Take();
    text = ApplyDelta(text, delta);
    const Place place(ns, name);
    if (!wanted(place)) continue;
    WatchEvent event{type, Object(Json::parse(text)), Object(), changed_at};
    Object& state = states[place];
    event.old = ReadBefore(known, patch, state, event.object);
    state = event.object;
    if (changed_at > revision) visit(std::move(event));
  }
}

size_t ChangeBlock::bytes() const {
  return sizeof(*this) + text_.capacity() + revisions_.capacity() * sizeof(uint64_t) + sealed_text_.size +
         sealed_revisions_.size + (newest_ ? newest_->size() : 0);
}

}  // namespace ordinal::store
