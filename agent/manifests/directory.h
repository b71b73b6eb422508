// The manifest directory: which files count, and being told when one changes.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <set>
#include <string>

#include "agent/base/task.h"

namespace ordinal::manifests {

/// *.yaml, *.yml and *.json that are neither hidden nor an editor's backup.
bool IsManifestName(std::string_view name);

/// The names of the manifests in `directory`, sorted. Blocks.
Result<std::set<std::string>> ListManifests(const std::string& directory);

/// The content of a file of at most 8 MiB. Blocks.
Result<std::string> ReadManifest(const std::string& path);

/// inotify on one directory: files closed after writing, moved in or out, deleted.
class DirectoryWatch {
 public:
  explicit DirectoryWatch(const Executor& executor) : stream_(executor) {}

  /// Makes the directory when it is missing.
  Status Start(const std::string& directory);

  /// The manifests that changed since the last call; absent when too much happened at once and everything must be
  /// looked at again.
  Task<Result<std::optional<std::set<std::string>>>> Next();

 private:
  boost::asio::posix::stream_descriptor stream_;
};

}  // namespace ordinal::manifests
