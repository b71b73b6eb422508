// The demo of a stateful pod: a small HTTP server that remembers one thing, and knows its peers through DNS.
// Linked statically, so that its image needs no other file.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

#include "examples/kubia/server/site.h"

namespace kubia {
namespace {

constexpr int kMaxConnections = 64;
constexpr std::chrono::seconds kConnectionDeadline{15};

// The process is the first one of its container, and the kernel ignores TERM for such a one unless it is asked
// for; blocked here and read from a descriptor, it is.
int BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

int Listen(const Options& options) {
  sockaddr_in address;
  if (!MakeAddress(options.bind_address, options.port, address)) return -1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || listen(fd, 128) != 0) {
    return -1;
  }
  return fd;
}

void Serve(Site& site, const Fd& connection) {
  Deadline deadline = In(kConnectionDeadline);
  auto request = ReadRequest(connection.get(), deadline);
  bool bad = std::holds_alternative<Response>(request);
  Response response = bad ? std::get<Response>(request) : site.Answer(std::get<Request>(request));
  if (response.status == 0) return;
  bool head = !bad && std::get<Request>(request).method == "HEAD";
  WriteResponse(connection.get(), response, !head, deadline);
}

void Accept(Site& site, int listener, std::atomic<int>& connections) {
  Fd connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!connection.ok()) return;
  if (connections >= kMaxConnections) {
    WriteResponse(connection.get(), {503, "too many connections at once\n"}, true, In(std::chrono::milliseconds(100)));
    return;
  }
  ++connections;
  try {
    std::thread([&site, &connections, connection = std::move(connection)] {
      Serve(site, connection);
      --connections;
    }).detach();
  } catch (const std::system_error& error) {
    --connections;
    std::fprintf(stderr, "kubia: no thread for a connection: %s\n", error.what());
  }
}

int Run() {
  Options options = ReadOptions();
  int stop = BlockStopSignals();
  int listener = Listen(options);
  if (stop < 0 || listener < 0) {
    std::fprintf(stderr, "kubia: cannot listen on %s:%u: %s\n", options.bind_address.c_str(), options.port,
                 std::strerror(errno));
    return 1;
  }
  std::string greeting = "kubia listening on :" + std::to_string(options.port) + "\n";
  if (write(STDOUT_FILENO, greeting.data(), greeting.size()) < 0) return 1;
  Site site(options);
  std::atomic<int> connections = 0;
  pollfd entries[] = {{stop, POLLIN, 0}, {listener, POLLIN, 0}};
  for (;;) {
    if (poll(entries, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return 1;
    }
    // Stored data is complete on disk at every moment, so nothing has to be waited for.
    if (entries[0].revents != 0) _exit(0);
    if (entries[1].revents != 0) Accept(site, listener, connections);
  }
}

}  // namespace
}  // namespace kubia

int main() { return kubia::Run(); }
