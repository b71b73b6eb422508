// The token file, read again whenever it changes. Part of the composition root.
#pragma once

#include <string>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/base/directory_watch.h"

namespace ordinal {

class KeptTokens {
 public:
  /// `directory` has tokens.csv; `authenticator` outlives this.
  KeptTokens(const Executor& executor, Clock& clock, std::string directory,
             apiserver::auth::Authenticator& authenticator);

  /// Runs for ever. A file that cannot be read, or is not there, is told in the log, and who had tokens keeps them.
  Task<void> Run();

 private:
  void Read();

  Clock& clock_;
  const std::string directory_;
  apiserver::auth::Authenticator& authenticator_;
  DirectoryWatch watch_;
  std::string text_;  ///< as it was read last
};

}  // namespace ordinal
