#include "agent/node/logs/compressed_part.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/base/log_parts.h"
#include "agent/base/writers.h"

namespace ordinal::node {
namespace {

constexpr size_t kPiece = 1 << 20;  // some ten milliseconds
constexpr size_t kOut = 64 << 10;
constexpr size_t kSync = 8 << 20;  // so that the last call has no more to sync either
constexpr int kGzip = 15 + 16;     // the largest window; 16: with a gzip header (zlib.h, deflateInit2)
constexpr int kMemory = 8;

Status WriteAll(int file, const unsigned char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoError("write", errno);
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return {};
}

}  // namespace

CompressedPart::CompressedPart(std::string part)
    : part_(std::move(part)), draft_(part_ + std::string(kLogDraft)), in_(kPiece), out_(kOut) {}

CompressedPart::~CompressedPart() {
  deflateEnd(&stream_);
  if (drafted_) ::unlink(draft_.c_str());
}

Result<std::unique_ptr<CompressedPart>> CompressedPart::Begin(const std::string& part) {
  std::unique_ptr<CompressedPart> begun(new CompressedPart(part));
  TRYV(begun->Open());
  return begun;
}

/// The compressed part is for whoever the plain one was for.
Status CompressedPart::Open() {
  plain_ = Fd(::open(part_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!plain_ || ::fstat(plain_.get(), &facts_) != 0) return ErrnoError("read " + part_, errno);
  if (!S_ISREG(facts_.st_mode)) return MakeError(ErrorCode::kInvalid, part_ + " is no file");
  if (WritersOf(plain_.get()) == Writers::kSome) {
    return MakeError(ErrorCode::kUnavailable, "the runtime still writes to " + part_);
  }
  ::unlink(draft_.c_str());
  compressed_ = Fd(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!compressed_) return ErrnoError("make " + draft_, errno);
  drafted_ = true;
  if (::fchown(compressed_.get(), facts_.st_uid, facts_.st_gid) != 0 ||
      ::fchmod(compressed_.get(), facts_.st_mode & 0777) != 0) {
    return ErrnoError("make " + draft_, errno);
  }
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return MakeError(ErrorCode::kInternal, "zlib does not start");
  }
  return {};
}

Result<bool> CompressedPart::Step() {
  const ssize_t got = ::read(plain_.get(), in_.data(), in_.size());
  if (got < 0) return ErrnoError("read " + part_, errno);
  stream_.next_in = in_.data();
  stream_.avail_in = static_cast<uInt>(got);
  TRYV(Deflate(got == 0 ? Z_FINISH : Z_NO_FLUSH));
  if (unsynced_ >= kSync) TRYV(Sync());
  if (got > 0) return false;
  TRYV(Finish());
  return true;
}

Status CompressedPart::Deflate(int flush) {
  do {
    stream_.next_out = out_.data();
    stream_.avail_out = static_cast<uInt>(out_.size());
    if (deflate(&stream_, flush) == Z_STREAM_ERROR) return MakeError(ErrorCode::kInternal, "zlib does not compress");
    const size_t size = out_.size() - stream_.avail_out;
    const Status written = WriteAll(compressed_.get(), out_.data(), size);
    if (!written.ok()) return written.error().With("compress " + part_);
    unsynced_ += size;
  } while (stream_.avail_out == 0);
  return {};
}

Status CompressedPart::Sync() {
  if (::fdatasync(compressed_.get()) != 0) return ErrnoError("sync " + draft_, errno);
  unsynced_ = 0;
  return {};
}

/// The time of its last line goes with it: by it whoever looks for newer ones passes the part over.
Status CompressedPart::Finish() {
  const std::array<timespec, 2> times{facts_.st_atim, facts_.st_mtim};
  if (::futimens(compressed_.get(), times.data()) != 0) return ErrnoError("compress " + part_, errno);
  TRYV(Sync());
  struct stat there {};
  if (::lstat(part_.c_str(), &there) != 0) return ErrnoError("compress " + part_, errno);
  const std::string whole = part_ + std::string(kCompressedLog);
  if (::rename(draft_.c_str(), whole.c_str()) != 0) return ErrnoError("rename " + draft_, errno);
  drafted_ = false;
  // A file is freed when it is neither open nor named any more: here, and not where this is destroyed.
  plain_ = Fd();
  compressed_ = Fd();
  if (::unlink(part_.c_str()) != 0 && errno != ENOENT) return ErrnoError("remove " + part_, errno);
  return {};
}

}  // namespace ordinal::node
