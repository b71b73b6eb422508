#include "agent/api/protobuf/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <vector>

#include "agent/api/base64.h"
#include "agent/api/protobuf/json_scan.h"
#include "agent/api/protobuf/message.h"
#include "agent/api/protobuf/times.h"

namespace ordinal::api::protobuf {
namespace {

// Messages within each other, as the reader takes them; what lies deeper is left out.
constexpr int kDeepestWritten = 64;

constexpr size_t kMostEmbedded = 4;  // in each other: what an int holds of Field::within

constexpr int kVarint = 0, kFixed64 = 1, kLength = 2;  // wire types

/// A number in sevens of bits, lowest first (protobuf.dev/programming-guides/encoding).
struct Varint {
  explicit Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
  }
  std::string_view view() const { return {bytes.data(), size}; }

  std::array<char, 10> bytes;
  size_t size = 0;
};

void AppendVarint(uint64_t value, std::string& out) {
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else {
    out.append(Varint(value).view());
  }
}

void AppendTag(int number, int wire_type, std::string& out) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(wire_type), out);
}

/// Begins a field that holds bytes; `End` writes how many they are when they are there.
class Sized {
 public:
  Sized(int number, std::string& out) : out_(out) {
    AppendTag(number, kLength, out);
    out += '\0';
    begin_ = out.size();
  }
  void End() {
    const Varint size(out_.size() - begin_);
    out_[begin_ - 1] = size.bytes[0];
    if (size.size > 1) out_.insert(begin_, size.view().substr(1));
  }

 private:
  std::string& out_;
  size_t begin_;
};

class Writer {
 public:
  Writer(std::string_view json, std::string& out) : scan_(json), out_(out) {}

  void Struct(const StructType& type, int depth);

 private:
  /// Where a field of the struct that is being written lies in `out_`, and its place in the message.
  struct Chunk {
    std::array<int, kMostEmbedded + 1>
        numbers;   // of the embedded messages that it is in, the outer one's first; its own
    size_t depth;  // how many those are
    size_t begin, end;
  };
  using Chunks = std::vector<Chunk>;

  const Field* Find(const StructType& type, std::string_view name, size_t& next) const;
  void Member(const Field& field, int depth);
  void Map(const Field& field, int depth);
  /// One value of the field, with its tag.
  void One(const Field& field, int number, int depth);
  void Words(int number);
  void Scalar(const Field& field, int number);
  void Flag(std::string_view text, int number);
  void Text(int number);
  void Integer(std::string_view text, int number);
  void Time(int number, bool micro);
  void IntOrString(int number);
  /// From `begin` on to the end of `out_`.
  Chunk ChunkOf(const Field& field, size_t begin) const;
  void Arrange(size_t first, size_t begin);
  void Gather(Chunks::const_iterator chunk, Chunks::const_iterator last, size_t level);

  JsonScan scan_;
  std::string& out_;
  std::string scratch_;
  Chunks chunks_;  // of all structs that are open, the innermost one's last
};

/// Members come in the order of their names, as fields do in their tables: mostly it is the next one.
const Field* Writer::Find(const StructType& type, std::string_view name, size_t& next) const {
  const size_t count = type.fields.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t at = next + i < count ? next + i : next + i - count;
    if (type.fields[at].name != name) continue;
    next = at + 1;
    return &type.fields[at];
  }
  return nullptr;
}

void Writer::Struct(const StructType& type, int depth) {
  if (depth > kDeepestWritten || !scan_.Take('{')) {
    scan_.Value();
    return;
  }
  const size_t first = chunks_.size(), begin = out_.size();
  size_t next = 0;
  while (scan_.Peek() == '"') {
    bool escaped = false;
    const std::string_view name = scan_.String(escaped);
    scan_.Take(':');
    const Field* field = escaped ? nullptr : Find(type, name, next);
    if (field == nullptr || field->tag == 0) {
      scan_.Value();
    } else {
      const size_t from = out_.size();
      Member(*field, depth);
      if (out_.size() > from) chunks_.push_back(ChunkOf(*field, from));
    }
    scan_.Take(',');
  }
  scan_.Take('}');
  Arrange(first, begin);
}

Writer::Chunk Writer::ChunkOf(const Field& field, size_t begin) const {
  Chunk chunk{{}, 0, begin, out_.size()};
  for (int place = field.within; place != 0; place /= kInner) ++chunk.depth;
  size_t level = chunk.depth;
  for (int place = field.within; place != 0; place /= kInner) chunk.numbers[--level] = place % kInner;
  chunk.numbers[chunk.depth] = field.tag;
  return chunk;
}

/// Puts the fields of the struct in the order of their numbers, and those of embedded messages into these.
void Writer::Arrange(size_t first, size_t begin) {
  const auto from = chunks_.begin() + static_cast<ptrdiff_t>(first);
  const auto before = [](const Chunk& a, const Chunk& b) { return a.numbers < b.numbers; };
  const bool plain = std::none_of(from, chunks_.end(), [](const Chunk& chunk) { return chunk.depth != 0; });
  if (plain && std::is_sorted(from, chunks_.end(), before)) {
    chunks_.resize(first);
    return;
  }
  std::sort(from, chunks_.end(), before);
  scratch_.clear();
  Gather(from, chunks_.end(), 0);
  out_.replace(begin, std::string::npos, scratch_);
  chunks_.resize(first);
}

/// Writes sorted fields of the message itself (`level` 0), or of one embedded so deep, into `scratch_`.
void Writer::Gather(Chunks::const_iterator chunk, Chunks::const_iterator last, size_t level) {
  while (chunk != last) {
    if (chunk->depth == level) {
      scratch_.append(out_, chunk->begin, chunk->end - chunk->begin);
      ++chunk;
      continue;
    }
    const int number = chunk->numbers[level];
    const auto end = std::find_if(chunk, last, [&](const Chunk& each) { return each.numbers[level] != number; });
    Sized message(number, scratch_);
    Gather(chunk, end, level + 1);
    message.End();
    chunk = end;
  }
}

void Writer::Member(const Field& field, int depth) {
  if (field.shape == Shape::kMap) return Map(field, depth);
  if (field.shape == Shape::kOne) return One(field, field.tag, depth);
  if (!scan_.Take('[')) {
    scan_.Value();
    return;
  }
  while (scan_.Peek() != ']' && scan_.Peek() != '\0') {
    One(field, field.tag, depth);
    scan_.Take(',');
  }
  scan_.Take(']');
}

void Writer::Map(const Field& field, int depth) {
  if (!scan_.Take('{')) {
    scan_.Value();
    return;
  }
  while (scan_.Peek() == '"') {
    Sized entry(field.tag, out_);
    Text(1);
    scan_.Take(':');
    if (field.type == FieldType::kAny) {
      Words(2);
    } else {
      One(field, 2, depth);
    }
    entry.End();
    scan_.Take(',');
  }
  scan_.Take('}');
}

/// What stands in a map of anything is a list of words (ExtraValue): each has number 1.
void Writer::Words(int number) {
  if (!scan_.Take('[')) {
    scan_.Value();
    return;
  }
  Sized message(number, out_);
  while (scan_.Peek() != ']' && scan_.Peek() != '\0') {
    Text(1);
    scan_.Take(',');
  }
  scan_.Take(']');
  message.End();
}

void Writer::One(const Field& field, int number, int depth) {
  switch (field.type) {
    case FieldType::kStruct: {
      if (scan_.Peek() != '{') {
        const std::string_view value = scan_.Value();
        if (field.or_flag) Flag(value, 1);
        return;
      }
      if (field.or_flag) Flag("true", 1);
      Sized message(number, out_);
      Struct(*field.of, depth + 1);
      message.End();
      return;
    }
    case FieldType::kString: return Text(number);
    case FieldType::kTime: return Time(number, false);
    case FieldType::kMicroTime: return Time(number, true);
    case FieldType::kIntOrString: return IntOrString(number);
    default: return Scalar(field, number);
  }
}

void Writer::Scalar(const Field& field, int number) {
  std::string_view text = scan_.Value();
  if (text == "null") {
    // Of a list of anything it is an item, which says nothing; otherwise it is as good as absent.
    if (field.type == FieldType::kAny && field.shape == Shape::kList) AppendBytes(number, {}, out_);
    return;
  }
  const bool quoted = text.size() >= 2 && text.front() == '"';
  if (field.type == FieldType::kInt32 || field.type == FieldType::kInt64) return Integer(text, number);
  if (field.type == FieldType::kBool) return Flag(text, number);
  if (field.type == FieldType::kNumber) {
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return;
    AppendTag(number, kFixed64, out_);
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);  // both are little-endian IEEE 754
    return;
  }
  if (field.type == FieldType::kBytes) {
    if (!quoted) return;
    const auto bytes = DecodeBase64(text.substr(1, text.size() - 2));
    if (bytes.ok()) AppendBytes(number, *bytes, out_);
    return;
  }
  // Of quantities the text, without its quotes; of any other value its JSON.
  if (field.type == FieldType::kQuantity && quoted) text = text.substr(1, text.size() - 2);
  Sized message(number, out_);
  AppendBytes(1, text, out_);
  message.End();
}

void Writer::Flag(std::string_view text, int number) {
  if (text != "true" && text != "false") return;
  AppendTag(number, kVarint, out_);
  out_ += text == "true" ? '\1' : '\0';
}

void Writer::Integer(std::string_view text, int number) {
  int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return;
  AppendTag(number, kVarint, out_);
  AppendVarint(static_cast<uint64_t>(value), out_);
}

void Writer::Text(int number) {
  if (scan_.Peek() != '"') {
    scan_.Value();
    return;
  }
  bool escaped = false;
  const std::string_view text = scan_.String(escaped);
  if (!escaped) return AppendBytes(number, text, out_);
  Sized field(number, out_);
  JsonScan::Unescape(text, out_);
  field.End();
}

void Writer::Time(int number, bool micro) {
  const std::string_view text = scan_.Value();
  if (text.size() < 2 || text.front() != '"') return;
  const auto moment = MomentOf(text.substr(1, text.size() - 2));
  if (!moment) return;
  Sized message(number, out_);
  AppendTag(1, kVarint, out_);
  AppendVarint(static_cast<uint64_t>(moment->seconds), out_);
  AppendTag(2, kVarint, out_);
  AppendVarint(micro ? static_cast<uint64_t>(moment->nanos) : 0, out_);
  message.End();
}

void Writer::IntOrString(int number) {
  const bool text = scan_.Peek() == '"';
  if (!text && scan_.Peek() == 'n') {
    scan_.Value();
    return;
  }
  Sized message(number, out_);
  AppendTag(1, kVarint, out_);
  out_ += text ? '\1' : '\0';
  Integer(text ? "0" : scan_.Value(), 2);
  if (text) {
    Text(3);
  } else {
    AppendBytes(3, {}, out_);
  }
  message.End();
}

}  // namespace

void AppendMessage(const StructType& type, std::string_view json, std::string& out) {
  Writer(json, out).Struct(type, 0);
}

void AppendField(int number, const StructType& type, std::string_view json, std::string& out) {
  Sized message(number, out);
  AppendMessage(type, json, out);
  message.End();
}

void AppendBytes(int number, std::string_view bytes, std::string& out) {
  AppendTag(number, kLength, out);
  AppendVarint(bytes.size(), out);
  out.append(bytes);
}

void Envelop(std::string_view api_version, std::string_view kind, size_t begin, std::string& out) {
  std::string head("k8s\0", 4);
  Sized type(1, head);
  AppendBytes(1, api_version, head);
  AppendBytes(2, kind, head);
  type.End();
  AppendTag(2, kLength, head);
  AppendVarint(out.size() - begin, head);
  out.insert(begin, head);
  AppendBytes(3, {}, out);
  AppendBytes(4, {}, out);
}

}  // namespace ordinal::api::protobuf
