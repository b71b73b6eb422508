#include "agent/apiserver/streams/spdy.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

namespace ordinal::apiserver::streams {
namespace {

constexpr uint16_t kSpdyVersion = 3;
constexpr uint16_t kSynStream = 1, kSynReply = 2, kRstStream = 3, kPingFrame = 6, kGoAwayFrame = 7;
constexpr char kFin = 1;
constexpr size_t kFrameHeader = 8;
constexpr uint32_t kMostControl = 64 * 1024;

void Put16(std::string& out, uint32_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}

void Put32(std::string& out, uint32_t value) {
  Put16(out, value >> 16);
  Put16(out, value & 0xffff);
}

uint32_t Number(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string ControlFrame(uint16_t type, const std::string& body) {
  std::string frame;
  Put16(frame, 0x8000 | kSpdyVersion);
  Put16(frame, type);
  Put32(frame, static_cast<uint32_t>(body.size()));  // no flags
  return frame + body;
}

}  // namespace

struct SpdyWriter::Deflate {
  z_stream stream{};
};

SpdyWriter::SpdyWriter() : deflate_(std::make_unique<Deflate>()) {
  deflateInit(&deflate_->stream, Z_BEST_SPEED);  // fails only without memory; then streams have no headers
}

SpdyWriter::~SpdyWriter() { deflateEnd(&deflate_->stream); }

std::string SpdyWriter::Open(uint32_t stream, const SpdyHeaders& headers) {
  std::string plain;
  Put32(plain, static_cast<uint32_t>(headers.size()));
  for (const auto& [name, value] : headers) {
    Put32(plain, static_cast<uint32_t>(name.size()));
    plain += name;
    Put32(plain, static_cast<uint32_t>(value.size()));
    plain += value;
  }
  std::string packed(compressBound(plain.size()) + 64, '\0');
  z_stream& zlib = deflate_->stream;
  zlib.next_in = reinterpret_cast<Bytef*>(plain.data());
  zlib.avail_in = static_cast<uInt>(plain.size());
  zlib.next_out = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_out = static_cast<uInt>(packed.size());
  deflate(&zlib, Z_SYNC_FLUSH);
  packed.resize(packed.size() - zlib.avail_out);
  std::string body;
  Put32(body, stream);
  Put32(body, 0);  // associated with none
  Put16(body, 0);  // priority, slot
  return ControlFrame(kSynStream, body + packed);
}

std::string SpdyWriter::Data(uint32_t stream, std::string_view bytes, bool last) {
  std::string frame;
  frame.reserve(kFrameHeader + bytes.size());
  Put32(frame, stream);
  Put32(frame, static_cast<uint32_t>(bytes.size()));
  if (last) frame[4] = kFin;
  return frame.append(bytes);
}

std::string SpdyWriter::Ping(uint32_t number) {
  std::string body;
  Put32(body, number);
  return ControlFrame(kPingFrame, body);
}

Result<std::vector<SpdyEvent>> SpdyReader::Read(std::string_view bytes) {
  std::vector<SpdyEvent> events;
  while (!bytes.empty()) {
    if (header_.size() < kFrameHeader) {
      const size_t count = std::min(bytes.size(), kFrameHeader - header_.size());
      header_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (header_.size() == kFrameHeader) TRYV(TakeHeader(events));
      continue;
    }
    const std::string_view some = bytes.substr(0, left_);
    bytes.remove_prefix(some.size());
    left_ -= static_cast<uint32_t>(some.size());
    if (type_ == 0) {
      events.push_back({SpdyEvent::Kind::kData, stream_, std::string(some), last_ && left_ == 0});
    } else {
      control_.append(some);
      if (left_ == 0) TakeControl(events);
    }
    if (left_ == 0) header_.clear();
  }
  return events;
}

Status SpdyReader::TakeHeader(std::vector<SpdyEvent>& events) {
  const std::string_view header = header_;
  left_ = Number(header.substr(5, 3));
  last_ = (header[4] & kFin) != 0;
  type_ = 0;
  stream_ = Number(header.substr(0, 4));
  if ((stream_ & 0x80000000) != 0) {
    if (((stream_ >> 16) & 0x7fff) != kSpdyVersion || left_ > kMostControl) {
      return MakeError(ErrorCode::kInvalid, fmt::format("no frame of SPDY/3.1: {:08x}, {} bytes", stream_, left_));
    }
    type_ = static_cast<uint16_t>(stream_ & 0xffff);
    control_.clear();
  }
  if (left_ > 0) return {};
  if (type_ == 0) {
    events.push_back({SpdyEvent::Kind::kData, stream_, {}, last_});
  } else {
    TakeControl(events);
  }
  header_.clear();
  return {};
}

void SpdyReader::TakeControl(std::vector<SpdyEvent>& events) {
  constexpr uint32_t kStreamBits = 0x7fffffff;
  if (control_.size() < 4) return;  // none of those that are known is so short
  const uint32_t number = Number(std::string_view(control_).substr(0, 4));
  switch (type_) {
    case kSynReply: events.push_back({SpdyEvent::Kind::kReply, number & kStreamBits, {}, last_}); break;
    case kRstStream: events.push_back({SpdyEvent::Kind::kReset, number & kStreamBits, {}, true}); break;
    case kPingFrame: events.push_back({SpdyEvent::Kind::kPing, number, {}, false}); break;
    case kGoAwayFrame: events.push_back({SpdyEvent::Kind::kGoAway, 0, {}, false}); break;
    default: break;  // settings, windows, more headers
  }
}

}  // namespace ordinal::apiserver::streams
