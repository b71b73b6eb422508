#include "agent/apiserver/streams/log_part.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>

#include "agent/base/log_parts.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr int kGzip = 15 + 16;  // the largest window; 16: a gzip header, nothing else (zlib.h, inflateInit2)
constexpr unsigned char kGzipMagic = 0x1F;

/// Open(2)'s words for a link and for a socket.
bool IsNoFile(int error_number) { return error_number == ELOOP || error_number == ENXIO; }

}  // namespace

/// Several compressed texts one after another are one, as gzip(1) sees them; what follows them and is none is padding.
struct LogPart::Inflater {
  Inflater() { started = inflateInit2(&stream, kGzip) == Z_OK; }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
  std::array<unsigned char, 16 << 10> input;
  int64_t read = 0;  ///< of the file
  bool started = false, between = false, ended = false;
};

LogPart::LogPart(std::string path, Fd file, const struct stat& facts, bool compressed)
    : path_(std::move(path)), file_(std::move(file)), facts_(facts), compressed_(compressed) {}

LogPart::~LogPart() = default;

Result<std::unique_ptr<LogPart>> LogPart::Open(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  const int failure = !file || ::fstat(file.get(), &facts) != 0 ? errno : 0;
  if (IsNoFile(failure) || (failure == 0 && !S_ISREG(facts.st_mode))) {
    return MakeError(ErrorCode::kInvalid, "open the container's log " + path + ": it is no file");
  }
  if (failure == ENOENT) {
    return MakeError(ErrorCode::kNotFound, "the log " + path +
                                               " is gone: its container was removed (by \"ordinald down\", "
                                               "or together with an older run)");
  }
  if (failure != 0) return ErrnoError("open the container's log " + path, failure);
  return std::unique_ptr<LogPart>(new LogPart(path, std::move(file), facts, path.ends_with(kCompressedLog)));
}

const struct stat& LogPart::Look() {
  struct stat now {};
  if (::fstat(file_.get(), &now) == 0) facts_ = now;
  return facts_;
}

void LogPart::Seek(int64_t position) {
  position_ = position;
  failed_ = false;
  inflater_.reset();
}

Result<size_t> LogPart::Read(std::span<char> buffer) {
  if (failed_) return size_t{0};
  const Result<size_t> got = compressed_ ? Inflate(buffer) : Plain(buffer);
  failed_ = !got.ok();
  if (got.ok()) position_ += static_cast<int64_t>(*got);
  return got;
}

Result<size_t> LogPart::Plain(std::span<char> buffer) {
  const ssize_t got = ::pread(file_.get(), buffer.data(), buffer.size(), position_);
  if (got < 0) return ErrnoError("read the container's log " + path_, errno);
  return static_cast<size_t>(got);
}

Result<size_t> LogPart::Inflate(std::span<char> buffer) {
  if (!inflater_) inflater_ = std::make_unique<Inflater>();
  Inflater& in = *inflater_;
  in.stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
  in.stream.avail_out = static_cast<uInt>(buffer.size());
  const char* fault = in.started ? nullptr : "cannot be decompressed";
  while (in.stream.avail_out > 0 && !in.ended && fault == nullptr) {
    if (in.stream.avail_in == 0) {
      const ssize_t got = ::pread(file_.get(), in.input.data(), in.input.size(), in.read);
      if (got < 0) return ErrnoError("read the container's log " + path_, errno);
      in.read += got;
      in.stream.next_in = in.input.data();
      in.stream.avail_in = static_cast<uInt>(got);
      if (got == 0 && !in.between) fault = "is cut off";
      in.ended = got == 0;
    }
    if (in.stream.avail_in == 0) continue;
    in.ended = in.between && in.stream.next_in[0] != kGzipMagic;
    if (in.ended) continue;
    in.between = false;
    const int result = inflate(&in.stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      in.between = true;
      inflateReset(&in.stream);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fault = "is damaged";
    }
  }
  const size_t got = buffer.size() - in.stream.avail_out;
  if (fault == nullptr) return got;
  if (got == 0) return MakeError(ErrorCode::kInvalid, fmt::format("{} {}", path_, fault));
  in.ended = false;  // what was read before the fault is given first; the fault is met again
  return got;
}

}  // namespace ordinal::apiserver::streams
