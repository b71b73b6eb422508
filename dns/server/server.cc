#include "dns/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "agent/base/log.h"
#include "dns/server/thread.h"
#include "dns/server/worker.h"

namespace ordinal::dns {
namespace {

/// The deepest call chain needs a few kilobytes; large buffers are on the heap.
constexpr size_t kStackSize = 256 * 1024;

}  // namespace

Server::Server(ServerOptions options, const Clock& clock, Random& random)
    : options_(std::move(options)), clock_(clock), random_(random) {}

Server::~Server() { Stop(); }

uint16_t Server::NextId() {
  const std::lock_guard lock(random_mutex_);
  return static_cast<uint16_t>(random_.Next() >> 32);
}

Result<std::vector<std::vector<ListenSockets>>> Server::BindAll(size_t threads) {
  std::vector<std::vector<ListenSockets>> sockets(threads);
  std::vector<SocketAddress> bound;
  for (const std::string& text : options_.listen) {
    TRY(SocketAddress address, SocketAddress::Parse(text));
    TRYV(CheckFree(address));
    for (auto& of_thread : sockets) {
      TRY(ListenSockets one, BindListenSockets(address));
      address = one.address;  // the first thread's choice of a free port is everybody's
      of_thread.push_back(std::move(one));
    }
    bound.push_back(address);
  }
  addresses_ = std::move(bound);
  return sockets;
}

Status Server::Start() {
  if (!workers_.empty()) return MakeError(ErrorCode::kFailedPrecondition, "the DNS server is running already");
  if (slot_.empty()) return MakeError(ErrorCode::kFailedPrecondition, "the DNS server has no snapshot to answer from");
  if (options_.listen.empty()) return MakeError(ErrorCode::kInvalid, "the DNS server has no address to listen on");
  const size_t threads =
      options_.threads > 0 ? options_.threads : std::max<size_t>(1, std::thread::hardware_concurrency());
  TRY(auto sockets, BindAll(threads));
  const Status started = StartWorkers(std::move(sockets));
  if (!started.ok()) Stop();
  return started;
}

Status Server::StartWorkers(std::vector<std::vector<ListenSockets>> sockets) {
  WorkerOptions options;
  options.upstreams = {options_.resolv_conf, options_.upstream_port, addresses_};
  options.upstream_timeout = options_.upstream_timeout;
  options.tcp_idle_timeout = options_.tcp_idle_timeout;
  options.max_tcp_connections = options_.max_tcp_connections;
  options.after_start = {options_.hold, options_.doubt};
  options.max_forwarded = options_.max_forwarded;
  options.next_id = [this] { return NextId(); };
  for (auto& of_thread : sockets) {
    TRY(auto worker, Worker::Create(options, clock_, slot_, std::move(of_thread)));
    workers_.push_back(std::move(worker));
  }
  for (size_t i = 0; i < workers_.size(); ++i) {
    TRY(Thread thread,
        Thread::Start(fmt::format("dns-{}", i), kStackSize, [worker = workers_[i].get()] { worker->Run(); }));
    threads_.push_back(std::move(thread));
  }
  for (const SocketAddress& address : addresses_) log::Info("DNS answers on {}", address.ToText());
  return {};
}

void Server::Stop() {
  for (const auto& worker : workers_) worker->Stop();
  threads_.clear();
  workers_.clear();
  addresses_.clear();
}

void Server::Publish(std::shared_ptr<const Snapshot> snapshot) {
  if (snapshot != nullptr) slot_.Publish(std::move(snapshot));
}

Statistics Server::statistics() const {
  Statistics total;
  for (const auto& worker : workers_) worker->counters().AddTo(total);
  return total;
}

}  // namespace ordinal::dns
