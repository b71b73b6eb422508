// Whether anybody can still write to a file: a log that was renamed is whole when the runtime has closed it.
#pragma once

namespace ordinal {

enum class Writers {
  kNone,
  kSome,     ///< it is open for writing, by whatever process
  kUnknown,  ///< the file system, or who we are, does not let us know
};

/// Of the regular file `file`, which is open for reading only. Does not block; whoever opens the file for writing in
/// that instant waits for it. Any thread. Source: fcntl(2): a read lease is refused with EAGAIN while a file is open
/// for writing.
Writers WritersOf(int file);

}  // namespace ordinal
