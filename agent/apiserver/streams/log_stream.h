// LogStream: the log of one run of a container as the body of an answer.
//
//   file ──Read() on the pool──> pieces ──> client
//    ↑ nothing more: the end, or when it is followed: wait for the files to change or the run to end
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/apiserver/streams/directory_changes.h"
#include "agent/apiserver/streams/log_file.h"
#include "agent/apiserver/streams/run_watch.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/signal.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

class LogStream final : public http::Stream {
 public:
  LogStream(const Executor& executor, BlockingPool& pool, Clock& clock, std::shared_ptr<LogFile> file);

  /// Goes on until `run` has ended and all it wrote was sent. Called at most once, before the first Next().
  /// `directory` holds the log.
  void Follow(store::ObjectReader& store, const std::string& directory, FollowedRun run);

  /// The run has ended: its log is over when the runtime has closed it, or a few seconds later. Called before the first
  /// Next(), and not together with Follow(). The file must have been opened to be followed.
  void AwaitLastWords() { ended_ = true; }

  Task<Result<std::string>> Next() override;
  void Close() override;

 private:
  Task<Result<std::string>> NextPiece();
  std::string TakePiece();
  Task<bool> AwaitMore();
  Task<void> AwaitEnd();
  Task<void> Pause();

  const Executor executor_;
  BlockingPool& pool_;
  Clock& clock_;
  std::shared_ptr<LogFile> file_;  ///< none when it is over
  std::string pending_;            ///< read and not sent yet
  Signal wake_;
  std::optional<DirectoryChanges> changes_;
  std::optional<RunWatch> run_;
  bool ended_ = false;      ///< the run, before anybody asked for its log
  int moments_ = 0;         ///< so often its last words were waited for
  bool last_look_ = false;  ///< the run has ended; the file is read to its end once more
  bool asked_ = false;      ///< for a piece that was not given yet
  bool closed_ = false;
};

}  // namespace ordinal::apiserver::streams
