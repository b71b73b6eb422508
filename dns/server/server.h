// Server: the DNS server of a node, UDP and TCP.
//
//               ┌ thread 0: UDP + TCP sockets of every address ┐
//   queries ──> ┤  (SO_REUSEPORT: the kernel spreads clients)  ├──> resolve(snapshot) ──> replies
//               └ thread n …                                   ┘          └─ outside the zone ──> host's resolvers
//                                     ▲
//   control thread ──── Publish(snapshot)   replaces it for all threads at once
//
// Its threads are its own and never touch the control thread's io_context. Nothing is cached: what is forwarded is
// forwarded each time.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "dns/server/counters.h"
#include "dns/server/snapshot_slot.h"
#include "dns/server/sockets.h"

namespace ordinal::dns {

class Thread;
class Worker;

struct ServerOptions {
  std::vector<std::string> listen;               ///< "169.254.20.10:53", "[fd00::10]:53"; port 0 takes a free one.
  size_t threads = 0;                            ///< 0: one per processor.
  std::string resolv_conf = "/etc/resolv.conf";  ///< Read again when it changes.
  uint16_t upstream_port = 53;
  Duration upstream_timeout = std::chrono::seconds(2);   ///< Then the next resolver is asked.
  Duration tcp_idle_timeout = std::chrono::seconds(10);  ///< RFC 7766 section 6.2.3 asks for some seconds.
  size_t max_tcp_connections = 64;                       ///< Per thread and address; then the idlest gives way.
  size_t max_forwarded = 256;                            ///< Per thread; then SERVFAIL.
  /// For so long after the start, questions about names that are not known yet wait for them instead of failing.
  Duration hold = std::chrono::seconds(2);
  /// For so long after the start, a name that resolvers ask for after they lost an answer is not denied
  /// (resolve/spellings.h): two tries of resolv.conf's 5 s, and what lies between them.
  Duration doubt = std::chrono::seconds(15);
};

class Server {
 public:
  /// `clock` (only Steady(), which must be callable from any thread) and `random` outlive the server.
  Server(ServerOptions options, const Clock& clock, Random& random);
  ~Server();  ///< Stops.

  /// Binds every address and starts the threads. A snapshot must have been published: Snapshot::NotSynced() at
  /// first, so that questions in the zone get SERVFAIL instead of a false NXDOMAIN. An address need not exist on the
  /// host yet (IP_FREEBIND). kInvalid for a malformed address; kPermissionDenied or kInternal when one cannot be
  /// bound, naming it and what would help; kFailedPrecondition without a snapshot or when started already. Does not
  /// block beyond the system calls.
  Status Start();

  /// Closes the sockets and joins the threads. Queries that wait for the host's resolvers get no answer.
  void Stop();

  /// Answers every query received from now on from `snapshot`; one published before Start() too. Any thread. Null is
  /// ignored.
  void Publish(std::shared_ptr<const Snapshot> snapshot);

  /// The addresses listened on, with real ports, in the order of the options. Empty before Start().
  const std::vector<SocketAddress>& addresses() const { return addresses_; }

  /// Any thread, at any time between Start() and Stop().
  Statistics statistics() const;

 private:
  Result<std::vector<std::vector<ListenSockets>>> BindAll(size_t threads);
  Status StartWorkers(std::vector<std::vector<ListenSockets>> sockets);
  uint16_t NextId();

  const ServerOptions options_;
  const Clock& clock_;
  std::mutex random_mutex_;
  Random& random_;
  SnapshotSlot slot_;
  std::vector<SocketAddress> addresses_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Thread> threads_;
};

}  // namespace ordinal::dns
