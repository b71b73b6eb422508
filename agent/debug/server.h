// The agent's own window: HTTP on a unix socket (0600) for `ordinald get`, `ordinald status` and scripts.
//
//   GET /healthz                    "ok" while the control thread runs
//   GET /readyz                     JSON {part: true | "why not"}; 200 when all are true, else 503
//   GET /objects/<Kind>             JSON list of the stored objects; ?namespace=NS
//   GET /manifests                  JSON {file: [errors]} of files that are not applied as they stand
//
// Read-only. Runs on the control thread; requests are served one after another per connection. A request and its answer
// have 10 s; of more than 64 connections the oldest is ended.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/task.h"

namespace ordinal::debug {

/// What the window shows; each function is called on the control thread.
struct Sources {
  std::function<api::Json()> readiness;
  std::function<Task<Result<std::vector<api::Object>>>(std::string kind, std::string ns)> objects;
  std::function<api::Json()> manifests;
};

class Server {
 public:
  Server(Executor executor, std::string socket_path, Sources sources);

  /// Listens; replaces a socket left by an earlier run. The error names the path.
  Status Start();

 private:
  Task<void> Accept();
  Task<void> Serve(boost::asio::local::stream_protocol::socket socket);
  Task<void> ServeAll(boost::asio::local::stream_protocol::socket& socket);

  Executor executor_;
  std::string path_;
  Sources sources_;
  std::optional<boost::asio::local::stream_protocol::acceptor> acceptor_;
  std::list<boost::asio::local::stream_protocol::socket*> connections_;  ///< the oldest in front
};

}  // namespace ordinal::debug
