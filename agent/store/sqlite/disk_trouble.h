// Names what keeps the store from being written, for people: the disk is full, its file system is read-only, or it
// fails. Blocks on a statfs; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/result.h"

namespace ordinal::store {

/// Reasons of a DiskError. The first is answered with HTTP 507.
inline constexpr const char* kDiskFull = "InsufficientStorage";
inline constexpr const char* kDiskReadOnly = "StorageReadOnly";
inline constexpr const char* kDiskFails = "StorageFails";
inline constexpr const char* kFileReplaced = "StorageReplaced";

/// An error about a file of the store: kUnavailable, one of the reasons above, and a message with the directory, the
/// free bytes and the cure. `error_number` is what the system reported, 0 when that is not known.
Error DiskError(const std::string& file, int error_number);

/// Which file a path leads to. Equal while it leads to the same one.
struct FileIdentity {
  uint64_t device = 0, inode = 0;  ///< 0, 0: there is none
  bool operator==(const FileIdentity&) const = default;
};
FileIdentity IdentityOf(const std::string& path);

/// The error of writing to `file` when its name leads to another file by now, or to none.
Error ReplacedError(const std::string& file);

/// The file system that holds the directory takes no writes.
bool IsReadOnly(const std::string& directory);

struct DiskSpace {
  uint64_t total = 0, free = 0;  ///< bytes; free also for root
  bool known = false;
};
/// What can be seen of the disk without writing: a DiskError when a store there could not be written now.
std::optional<Error> DiskTrouble(const std::string& directory);

DiskSpace SpaceAt(const std::string& directory);

}  // namespace ordinal::store
