// Streaming: commands with a client at the other end. The runtime has an HTTP server of its own on this host for it;
// these calls only ask for an address there. Beside cri/runtime.h, whose users do not need it.
//
// Coroutines of the control thread that never block it; deadlines in cri/grpc/deadlines.h. Errors: kNotFound for an
// unknown id, kUnavailable when the runtime does not answer, kInvalid, kInternal (a container that does not run, a
// sandbox that is not ready: the runtime says so in words only).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/task.h"

namespace ordinal::cri {

/// What the client gets of the process (ExecRequest, AttachRequest). With a terminal, stderr comes through stdout:
/// `err` with `tty` is refused.
struct StreamOptions {
  StreamOptions(bool with_stdin = false, bool with_stdout = true, bool with_stderr = true, bool on_tty = false)
      : in(with_stdin), out(with_stdout), err(with_stderr), tty(on_tty) {}
  bool in, out, err, tty;
};

/// Each call answers with an address, good for one connection within a minute: "http://127.0.0.1:40113/exec/yXo2…". A
/// client upgrades there to SPDY/3.1 or, for containerd 1.6, to WebSocket with one of the subprotocols
/// v4.channel.k8s.io, v4.base64.channel.k8s.io, channel.k8s.io, base64.channel.k8s.io (exec, attach; ports:
/// v4.channel.k8s.io with ?port=) — v5.channel.k8s.io is not known to it.
class Streaming {
 public:
  virtual ~Streaming() = default;
  virtual Task<Result<std::string>> Exec(std::string container_id, std::vector<std::string> command,
                                         StreamOptions options) = 0;
  /// To the container's first process.
  virtual Task<Result<std::string>> Attach(std::string container_id, StreamOptions options) = 0;
  virtual Task<Result<std::string>> PortForward(std::string sandbox_id, std::vector<int32_t> ports) = 0;
};

}  // namespace ordinal::cri
