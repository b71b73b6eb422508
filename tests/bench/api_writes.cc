// api_writes: config maps created through the API, one after another on each of some connections. Prints the
// acknowledged writes a second.
//
//   api_writes PKI-DIRECTORY WRITERS SECONDS
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/bench/tls_client.h"

namespace {

using namespace ordinal::bench;  // NOLINT: a program of one file
constexpr const char* kPath = "/api/v1/namespaces/default/configmaps";
using Clock = std::chrono::steady_clock;

std::string RequestFor(const std::string& name) {
  return RequestText(
      "POST", kPath,
      fmt::format(R"({{"metadata":{{"name":"{}"}},"data":{{"value":"{}"}}}})", name, std::string(200, 'x')));
}

void Write(SSL* link, const std::string& prefix, Clock::time_point end, std::atomic<uint64_t>& total) {
  uint64_t done = 0;
  for (; Clock::now() < end; ++done) {
    if (!Send(link, RequestFor(prefix + std::to_string(done))) || Status(link) != 201) Fail("a write failed");
  }
  total += done;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) Fail("PKI-DIRECTORY WRITERS SECONDS");
  const int writers = std::atoi(argv[2]), seconds = std::atoi(argv[3]);
  SSL_CTX* context = ContextOf(argv[1]);
  std::vector<SSL*> links;
  for (int i = 0; i < writers; ++i) links.push_back(Connect(context));
  std::atomic<uint64_t> total{0};
  const Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    const std::string prefix = fmt::format("c{}-{}-{}-", getpid(), writers, i);
    threads.emplace_back(Write, links[i], prefix, end, std::ref(total));
  }
  for (std::thread& thread : threads) thread.join();
  std::cout << total / static_cast<uint64_t>(seconds) << std::endl;
  std::_Exit(0);
}
