// api_writes: config maps created through the API, one after another on each of some connections; a client that costs
// the machine as little as it can. Prints the acknowledged writes a second.
//
//   api_writes PKI-DIRECTORY WRITERS SECONDS
#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr uint16_t kPort = 6443;
constexpr const char* kPath = "/api/v1/namespaces/default/configmaps";
using Clock = std::chrono::steady_clock;

[[noreturn]] void Fail(const std::string& what) {
  std::cerr << "api_writes: " << what << '\n';
  std::_Exit(1);
}

SSL_CTX* ContextOf(const std::string& pki) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool ready = SSL_CTX_load_verify_locations(context, (pki + "/ca.crt").c_str(), nullptr) == 1 &&
                     SSL_CTX_use_certificate_file(context, (pki + "/admin.crt").c_str(), SSL_FILETYPE_PEM) == 1 &&
                     SSL_CTX_use_PrivateKey_file(context, (pki + "/admin.key").c_str(), SSL_FILETYPE_PEM) == 1;
  if (!ready) Fail("no certificates in " + pki);
  return context;
}

/// One connection; ends with the process.
SSL* Connect(SSL_CTX* context) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Fail("nobody listens");
  SSL* link = SSL_new(context);
  SSL_set_fd(link, socket);
  if (SSL_connect(link) != 1) Fail("no TLS");
  return link;
}

std::string RequestFor(const std::string& name) {
  const std::string body =
      fmt::format(R"({{"metadata":{{"name":"{}"}},"data":{{"value":"{}"}}}})", name, std::string(200, 'x'));
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", kPath,
      body.size(), body);
}

/// Whether the answer was 201; reads all of it, which is short and has a Content-Length.
bool Created(SSL* link) {
  std::string answer(8192, '\0');
  size_t have = 0, whole = answer.size();
  while (have < whole) {
    const int got = SSL_read(link, answer.data() + have, static_cast<int>(answer.size() - have));
    if (got <= 0) return false;
    have += static_cast<size_t>(got);
    const size_t head = answer.find("\r\n\r\n");
    const size_t length = answer.find("ontent-Length: ");
    if (head == std::string::npos || length == std::string::npos) continue;
    whole = head + 4 + std::strtoul(answer.c_str() + length + 15, nullptr, 10);
  }
  return answer.starts_with("HTTP/1.1 201");
}

void Write(SSL* link, const std::string& prefix, Clock::time_point end, std::atomic<uint64_t>& total) {
  uint64_t done = 0;
  for (; Clock::now() < end; ++done) {
    const std::string request = RequestFor(prefix + std::to_string(done));
    if (SSL_write(link, request.data(), static_cast<int>(request.size())) <= 0 || !Created(link))
      Fail("a write failed");
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
