// Whether anybody can still write to a file: a log that was renamed is whole when the runtime has closed it.
#pragma once

#include <cstdint>

namespace ordinal {

enum class Writers {
  kNone,
  kSome,     ///< it is open for writing, by whatever process
  kUnknown,  ///< the file system, or who we are, does not let us know
};

/// By statfs(2)'s f_type: a network file system whose client says EAGAIN for a lease also where nobody writes, because
/// the server grants none (fs/nfs/nfs4file.c, fs/smb/client/cifsfs.c). Of FUSE the kernel answers by whom it knows.
bool RefusesLeasesAtWill(int64_t file_system);

/// Of the regular file `file`, which is open for reading only. Does not wait for anybody; whoever opens the file for
/// writing in that instant waits for it. Any thread. Source: fcntl(2): a read lease is refused with EAGAIN while a file
/// is open for writing.
Writers WritersOf(int file);

}  // namespace ordinal
