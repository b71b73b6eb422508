// LogPart: one file of a log, read from its beginning to its end: plain, or compressed by a rotation. Blocks.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace ordinal::apiserver::streams {

class LogPart {
 public:
  /// `path`: a plain file, or one whose name ends with ".gz". kNotFound when it is gone. What is no file is refused
  /// with kInvalid: a pipe put in a log's place must not hold the thread until somebody writes to it.
  static Result<std::unique_ptr<LogPart>> Open(const std::string& path);
  ~LogPart();
  LogPart(const LogPart&) = delete;
  LogPart& operator=(const LogPart&) = delete;

  const std::string& path() const { return path_; }
  bool compressed() const { return compressed_; }
  int fd() const { return file_.get(); }
  /// What fstat(2) says now.
  const struct stat& Look();
  /// Bytes of the file as of the last Look(), or as it was opened.
  int64_t size() const { return facts_.st_size; }
  bool SameFile(const LogPart& other) const {
    return facts_.st_ino == other.facts_.st_ino && facts_.st_dev == other.facts_.st_dev;
  }

  /// The next bytes of the log; none at the end, where a plain part may grow. Of a part that cannot be read to its end
  /// what can be read comes first, then an error (kInvalid: it is compressed, and cut off or damaged), then none.
  Result<size_t> Read(std::span<char> buffer);

  /// Of what Read() gave.
  int64_t position() const { return position_; }
  /// Goes on there: anywhere in a plain part, at the beginning of a compressed one.
  void Seek(int64_t position);

  /// A rotation has put another file in its place: the runtime may write to it for a while more.
  bool set_aside = false;
  /// So often that was waited for.
  int moments = 0;

 private:
  struct Inflater;
  LogPart(std::string path, Fd file, const struct stat& facts, bool compressed);
  Result<size_t> Plain(std::span<char> buffer);
  Result<size_t> Inflate(std::span<char> buffer);

  const std::string path_;
  const Fd file_;
  struct stat facts_;
  const bool compressed_;
  int64_t position_ = 0;
  bool failed_ = false;
  std::unique_ptr<Inflater> inflater_;  ///< made at the first Read()
};

}  // namespace ordinal::apiserver::streams
