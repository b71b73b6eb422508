// A small file of settings, read again whenever it changes. Part of the composition root.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/directory_watch.h"

namespace ordinal {

/// What a file is, and who reads it.
struct FileReader {
  std::function<Result<std::optional<std::string>>(const std::string& path)> read;  ///< nothing: it is not there
  /// Uses the text; says what it was: "3 tokens". An error: nothing was used, and what was before stays.
  std::function<Result<std::string>(const std::string& text)> use;
  std::string without;  ///< what is so while nothing of it was ever used: "no token of that file counts"
};

class KeptFile {
 public:
  KeptFile(const Executor& executor, Clock& clock, std::string path, FileReader reader);

  /// Reads it now. One that cannot be read or used is told in the log, once, and what was used before stays. Blocks for
  /// a small file. False: nothing of it was ever used.
  bool Read();
  /// Runs for ever: reads it when it changes, and once a minute. That it is not there is told at the latter alone.
  Task<void> Run();
  /// What Read() told last and is not mended; empty: nothing.
  const std::string& complaint() const { return complaint_; }

 private:
  void Look(bool say_gone);
  void LookLater();
  void Complain(const std::string& complaint);

  Clock& clock_;
  const std::string path_, directory_, name_;
  const FileReader reader_;
  DirectoryWatch watch_;
  TimerHandle look_;
  std::optional<std::string> text_;  ///< as it was used last
  std::string complaint_;            ///< told last, and not mended
};

}  // namespace ordinal
