#include "examples/kubia/server/dns.h"

#include <algorithm>
#include <cctype>

namespace kubia {
namespace {

constexpr size_t kHeaderSize = 12;
constexpr int kMaxJumps = 32;  // a name has at most 127 labels; a loop of pointers has no end

void Put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

// Walks one message; every read is checked, and after the first bad one ok() stays false.
class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message) {}

  bool ok() const { return ok_; }
  size_t position() const { return at_; }
  void MoveTo(size_t position) { Check(position <= message_.size()) ? void(at_ = position) : void(); }

  unsigned Byte() { return Check(at_ < message_.size()) ? static_cast<unsigned char>(message_[at_++]) : 0; }
  unsigned Word() {
    unsigned high = Byte();
    return high << 8 | Byte();
  }

  std::string Name() {
    std::string name;
    size_t resume = 0;
    for (int jumps = 0; ok_;) {
      unsigned length = Byte();
      if (length == 0) break;
      if ((length & 0xc0) == 0xc0) {
        size_t target = (length & 0x3f) << 8 | Byte();
        if (resume == 0) resume = at_;
        if (!Check(++jumps <= kMaxJumps)) break;
        MoveTo(target);
        continue;
      }
      if (!Check(length < 64 && at_ + length <= message_.size())) break;
      if (!name.empty()) name += '.';
      for (char c : message_.substr(at_, length))
        name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      at_ += length;
    }
    if (resume != 0 && ok_) at_ = resume;
    return name;
  }

 private:
  bool Check(bool condition) {
    ok_ = ok_ && condition;
    return ok_;
  }

  std::string_view message_;
  size_t at_ = 0;
  bool ok_ = true;
};

void ReadRecord(Reader& reader, Answer& answer) {
  std::string owner = reader.Name();
  unsigned type = reader.Word();
  reader.Word();  // class
  reader.Word();  // TTL, two halves
  reader.Word();
  unsigned length = reader.Word();
  size_t end = reader.position() + length;
  if (type == kTypeA && length == 4) {
    std::string address;
    for (int i = 0; i < 4; ++i) address += (i ? "." : "") + std::to_string(reader.Byte());
    if (reader.ok()) answer.addresses.emplace(owner, address);
  } else if (type == kTypeSrv && length > 6) {
    reader.Word();  // priority
    reader.Word();  // weight
    reader.Word();  // port: the service's; the peers are asked on their own
    std::string target = reader.Name();
    auto& targets = answer.targets;
    if (reader.ok() && std::find(targets.begin(), targets.end(), target) == targets.end()) targets.push_back(target);
  }
  reader.MoveTo(end);
}

}  // namespace

std::string EncodeQuery(uint16_t id, const std::string& name, uint16_t type) {
  std::string out;
  for (unsigned word : {static_cast<unsigned>(id), 0x0100u, 1u, 0u, 0u, 1u}) Put16(out, word);
  for (size_t start = 0; start < name.size();) {
    size_t dot = std::min(name.find('.', start), name.size());
    size_t length = dot - start;
    if (length == 0 || length > 63) return "";
    out += static_cast<char>(length);
    out.append(name, start, length);
    start = dot + 1;
  }
  out += '\0';
  if (out.size() > kHeaderSize + 255) return "";
  Put16(out, type);
  Put16(out, 1);                                                    // class IN
  out += '\0';                                                      // OPT (RFC 6891): root name,
  for (unsigned word : {41u, 1232u, 0u, 0u, 0u}) Put16(out, word);  // type, UDP size, no flags, no options
  return out;
}

std::optional<Answer> DecodeAnswer(std::string_view message, uint16_t id) {
  Reader reader(message);
  unsigned answer_id = reader.Word();
  unsigned flags = reader.Word();
  unsigned questions = reader.Word();
  unsigned records = reader.Word() + reader.Word();
  records += reader.Word();
  if (!reader.ok() || answer_id != id || (flags & 0x8000) == 0) return std::nullopt;
  Answer answer;
  answer.rcode = static_cast<int>(flags & 0xf);
  answer.truncated = (flags & 0x0200) != 0;
  for (unsigned i = 0; i < questions && reader.ok(); ++i) {
    reader.Name();
    reader.Word();
    reader.Word();
  }
  for (unsigned i = 0; i < records && reader.ok(); ++i) ReadRecord(reader, answer);
  if (!reader.ok() && !answer.truncated) return std::nullopt;
  return answer;
}

}  // namespace kubia
