// The token file, read again whenever it changes. Part of the composition root.
#pragma once

#include <optional>
#include <string>

#include "agent/apiserver/auth/authenticator.h"
#include "agent/base/directory_watch.h"

namespace ordinal {

class KeptTokens {
 public:
  /// `directory` has tokens.csv; `authenticator` outlives this.
  KeptTokens(const Executor& executor, Clock& clock, std::string directory,
             apiserver::auth::Authenticator& authenticator);

  /// Reads the file now, before anybody shows a token. One that cannot be read is told in the log, once, and who had
  /// tokens keeps them: at a start nobody has one then, and the agent runs all the same. Blocks for a small file.
  void Read() { Look(false); }
  /// Runs for ever: reads it when it changes, and once a minute. That it is not there is told at the latter alone.
  Task<void> Run();

 private:
  void Look(bool say_gone);
  void LookLater();
  void Complain(const std::string& complaint);

  Clock& clock_;
  const std::string directory_;
  apiserver::auth::Authenticator& authenticator_;
  DirectoryWatch watch_;
  TimerHandle look_;
  std::optional<std::string> text_;  ///< as it was read last, without fault
  std::string complaint_;            ///< told last, and not mended
};

}  // namespace ordinal
