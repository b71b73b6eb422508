// exec, attach and portforward of a pod: GET and POST /api/v1/namespaces/<ns>/pods/<name>/{exec,attach,portforward}.
//
//   kubectl ──upgrade──> HTTP front ──asks──> here ──asks──> the runtime: an address of its streaming server
//           <═══════════ bytes both ways ════════════════════════════════> that server (Proxy, or a bridge)
//
// The request is looked at, the runtime is asked for an address, and the front hands the connection there. What is
// refused is refused before the connection is upgraded, with a Status. SPDY/3.1 and the older WebSocket subprotocols
// are handed on as they are, of several those that the runtime knows; v5.channel.k8s.io and
// SPDY/3.1+portforward.k8s.io, which kubectl takes since 1.31 and runtimes do not speak, are translated (bridge.h).
//
// Control thread; errors as the reference's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/http/message.h"
#include "agent/store/object_store.h"

namespace ordinal::apiserver::streams {

/// What the runtime is asked for. The container runs, as far as the pod's status says.
struct ExecAsk {
  enum class Kind { kExec, kAttach, kPortForward };
  Kind kind = Kind::kExec;
  api::ObjectKey pod;
  std::string uid;                      ///< the pod's: its sandbox is the runtime's newest ready one with this uid
  std::string container, container_id;  ///< exec and attach; the id as the runtime knows it
  std::vector<std::string> command;     ///< exec
  bool in = false, out = false, err = false, tty = false;
  std::vector<int32_t> ports;  ///< portforward over WebSocket; over SPDY they come later, through the connection
};

/// Answers with the address ("http://127.0.0.1:40113/exec/yXo2…").
using AskRuntime = std::function<Task<Result<std::string>>(ExecAsk)>;

class Sessions {
 public:
  Sessions(store::ObjectReader& store, AskRuntime ask) : store_(store), ask_(std::move(ask)) {}

  // Handlers for these paths, GET and POST. A GET, too, gives a shell: whoever authorizes treats both as "create".
  Task<http::Response> Exec(std::shared_ptr<const http::Request> request);
  Task<http::Response> Attach(std::shared_ptr<const http::Request> request);
  Task<http::Response> PortForward(std::shared_ptr<const http::Request> request);

 private:
  Task<http::Response> Begin(ExecAsk::Kind kind, std::shared_ptr<const http::Request> request);

  store::ObjectReader& store_;
  AskRuntime ask_;
};

}  // namespace ordinal::apiserver::streams
