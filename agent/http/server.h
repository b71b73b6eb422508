// Server: HTTP/1.1 and HTTP/2 over TLS, HTTP/1.1 plain on unix sockets. It has one thread of its own; handlers run on
// the control thread, streams too (message.h).
//
// By itself it answers what is too large (413, 414, 431), too slow (408), too much (429), unreadable (400, 417, 501,
// 505), shown with a credential that nobody accepts (401) and not allowed (403), as its settings word it. Who has
// shown no credential takes no place from who has (places.h). HEAD is asked as GET, and its body kept back. Bodies of
// 128 KiB and more are compressed for clients that take gzip. HTTP/2 is spoken with who offers it by ALPN
// (http2/session.h); upgrades of a connection are of HTTP/1.1.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/task.h"
#include "agent/http/settings.h"

namespace ordinal::http {

class Server {
 public:
  /// `control` is where `handler` is called; its io_context outlives the server. `clock` is read on the HTTP thread
  /// too.
  Server(ServerSettings settings, Executor control, const Clock& clock, Authenticate authenticate, Handler handler);
  /// Stops.
  ~Server();

  /// Listens and serves. The error names the address or the certificate that does not work.
  Status Start();
  /// Ends all connections and the thread, and waits for it; streams are closed on the control thread afterwards. Called
  /// on the control thread, or when that no longer runs.
  void Stop();

  /// Where it listens, as Listener::where (listen.h). After Start().
  const std::vector<std::string>& endpoints() const;

  /// New certificates for connections that begin from now on. Any thread.
  Status Renew(const Certificates& certificates);

 private:
  struct Rep;
  std::shared_ptr<Rep> rep_;
};

}  // namespace ordinal::http
