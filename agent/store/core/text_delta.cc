#include "agent/store/core/text_delta.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace ordinal::store {
namespace {

// What is looked up in the base: so many bytes, wherever they stand in the text and at every `kStride` of the base. A
// shorter piece in common is not worth the numbers that tell of it.
constexpr size_t kWord = 16;
constexpr size_t kStride = 8;

uint64_t Load(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

void PutNumber(size_t number, std::string& delta) {
  constexpr size_t kMore = 0x80;
  for (; number >= kMore; number >>= 7) delta.push_back(static_cast<char>((number & (kMore - 1)) | kMore));
  delta.push_back(static_cast<char>(number));
}

size_t TakeNumber(std::string_view& delta) {
  size_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(delta[0]);
    delta.remove_prefix(1);
    number |= static_cast<size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

/// How many bytes the two begin with alike.
size_t InCommon(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t length = 0;
  while (length + sizeof(uint64_t) <= most && Load(&a[length]) == Load(&b[length])) length += sizeof(uint64_t);
  while (length < most && a[length] == b[length]) ++length;
  return length;
}

/// Where words of the base stand.
class Words {
 public:
  explicit Words(std::string_view base) : places_(std::bit_ceil(base.size() / kStride + 1)) {
    for (size_t at = 0; at + kWord <= base.size(); at += kStride) {
      uint32_t& place = places_[Slot(base.data() + at)];
      if (place == 0) place = static_cast<uint32_t>(at + 1);  // the first: more of a repetition is behind it
    }
  }
  /// A place that may hold the word, plus 1; 0: there is none.
  size_t Find(const char* word) const { return places_[Slot(word)]; }

 private:
  size_t Slot(const char* word) const {
    constexpr uint64_t kMix = 0x9E3779B97F4A7C15ULL;
    const uint64_t hash = (Load(word) * kMix ^ Load(word + 8)) * kMix;
    return (hash >> 32) & (places_.size() - 1);
  }

  std::vector<uint32_t> places_;
};

}  // namespace

std::string TextDelta(std::string_view base, std::string_view text) {
  const Words words(base);
  std::string delta;
  size_t told = 0;  // of the text
  for (size_t at = 0; at + kWord <= text.size();) {
    const size_t found = words.Find(text.data() + at);
    if (found == 0 || std::memcmp(base.data() + found - 1, text.data() + at, kWord) != 0) {
      ++at;
      continue;
    }
    size_t from = found - 1;
    for (; at > told && from > 0 && text[at - 1] == base[from - 1]; --at) --from;
    const size_t length = InCommon(text.substr(at), base.substr(from));
    PutNumber(at - told, delta);
    delta.append(text, told, at - told);
    PutNumber(from, delta);
    PutNumber(length, delta);
    told = at += length;
  }
  PutNumber(text.size() - told, delta);
  return delta.append(text, told);
}

std::string ApplyDelta(std::string_view base, std::string_view delta) {
  std::string text;
  while (!delta.empty()) {
    const size_t literal = TakeNumber(delta);
    text.append(delta, 0, literal);
    delta.remove_prefix(literal);
    if (delta.empty()) break;
    const size_t from = TakeNumber(delta), length = TakeNumber(delta);
    text.append(base, from, length);
  }
  return text;
}

}  // namespace ordinal::store
