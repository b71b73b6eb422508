// What this pod stores: one file on its volume.
#pragma once

#include <mutex>
#include <optional>
#include <string>

namespace kubia {

class Storage {
 public:
  explicit Storage(std::string directory) : directory_(std::move(directory)) {}

  /// What was stored last; nothing when nothing was. Thread-safe.
  std::optional<std::string> Read() const;

  /// Replaces it. Returns an error text, or nothing once the new content would survive a power cut. Thread-safe.
  std::optional<std::string> Write(const std::string& data);

 private:
  std::string Path() const { return directory_ + "/kubia.txt"; }

  std::string directory_;
  std::mutex mutex_;  // one writer at a time: they share the temporary file
};

}  // namespace kubia
