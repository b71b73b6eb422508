// The token file, read again whenever it changes. Part of the composition root.
#pragma once

#include <string>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/app/kept_file.h"

namespace ordinal {

class KeptTokens {
 public:
  /// `directory` has tokens.csv; `authenticator` outlives this.
  KeptTokens(const Executor& executor, Clock& clock, const std::string& directory,
             apiserver::auth::Authenticator& authenticator);

  /// Reads the file now, before anybody shows a token. One that cannot be read is told in the log, once, and who had
  /// tokens keeps them: at a start nobody has one then, and the agent runs all the same. Blocks for a small file.
  void Read() { file_.Read(); }
  /// Runs for ever: as KeptFile::Run().
  Task<void> Run() { return file_.Run(); }

 private:
  KeptFile file_;
};

}  // namespace ordinal
