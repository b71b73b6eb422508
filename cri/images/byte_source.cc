#include "cri/images/byte_source.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <vector>

#include "agent/base/fd.h"

namespace ordinal::cri {
namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(Fd file) : file_(std::move(file)) {}

  Result<size_t> Read(std::span<char> buffer) override {
    size_t got = 0;
    while (got < buffer.size()) {
      const ssize_t n = ::read(file_.get(), buffer.data() + got, buffer.size() - got);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return ErrnoError("read", errno);
      if (n == 0) break;
      got += static_cast<size_t>(n);
    }
    return got;
  }

 private:
  Fd file_;
};

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> compressed) : compressed_(std::move(compressed)), input_(64 << 10) {
    inflateInit2(&stream_, 15 + 16);  // 15: largest window; 16: a gzip header, nothing else
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<size_t> Read(std::span<char> buffer) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    while (stream_.avail_out > 0 && !ended_) {
      if (stream_.avail_in == 0) TRYV(Refill());
      if (stream_.avail_in == 0) {
        if (between_members_) break;
        return MakeError(ErrorCode::kInvalid, "the gzip data is cut off");
      }
      TRYV(Inflate());
    }
    return buffer.size() - stream_.avail_out;
  }

 private:
  Status Refill() {
    TRY(const size_t got, compressed_->Read(input_));
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return {};
  }

  Status Inflate() {
    // What follows the last member and is no gzip header is padding, as gzip(1) sees it.
    if (between_members_ && stream_.next_in[0] != 0x1F) {
      ended_ = true;
      return {};
    }
    between_members_ = false;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_members_ = true;
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return MakeError(ErrorCode::kInvalid, std::string("the gzip data is damaged: ") +
                                                (stream_.msg != nullptr ? stream_.msg : "unknown error"));
    }
    return {};
  }

  std::unique_ptr<ByteSource> compressed_;
  std::vector<char> input_;
  z_stream stream_{};
  bool between_members_ = false;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path) {
  Fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) return ErrnoError("open " + path, errno);
  std::array<unsigned char, 2> magic{};
  const ssize_t got = ::pread(opened.get(), magic.data(), magic.size(), 0);
  if (got < 0) return ErrnoError("read " + path, errno);
  auto file = std::make_unique<FileSource>(std::move(opened));
  if (got == 2 && magic[0] == 0x1F && magic[1] == 0x8B) {
    return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(std::move(file)));
  }
  return std::unique_ptr<ByteSource>(std::move(file));
}

}  // namespace ordinal::cri
