// A client of the API that costs the machine as little as it can: one request after another on a blocking connection,
// with the administrator's certificate. A failure that no bench can go on with ends the process.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace ordinal::bench {

[[noreturn]] inline void Fail(std::string_view what) {
  std::cerr << "bench client: " << what << '\n';
  std::_Exit(1);
}

inline SSL_CTX* ContextOf(const std::string& pki) {
  std::signal(SIGPIPE, SIG_IGN);  // a connection that the agent ended is an answer of its own
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool ready = SSL_CTX_load_verify_locations(context, (pki + "/ca.crt").c_str(), nullptr) == 1 &&
                     SSL_CTX_use_certificate_file(context, (pki + "/admin.crt").c_str(), SSL_FILETYPE_PEM) == 1 &&
                     SSL_CTX_use_PrivateKey_file(context, (pki + "/admin.key").c_str(), SSL_FILETYPE_PEM) == 1;
  if (!ready) Fail("no certificates in " + pki);
  return context;
}

/// One connection to the agent on this host; ends with the process.
inline SSL* Connect(SSL_CTX* context) {
  constexpr uint16_t kPort = 6443;
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

inline std::string RequestText(std::string_view method, std::string_view path, std::string_view body = {}) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", method,
      path, body.size(), body);
}

inline bool Send(SSL* link, const std::string& request) {
  return SSL_write(link, request.data(), static_cast<int>(request.size())) > 0;
}

/// An answer, whole: of a known length or chunked. 0: the connection ended.
inline int Status(SSL* link) {
  std::string answer;
  size_t whole = std::string::npos;
  char buffer[65536];
  while (true) {
    const size_t head = answer.find("\r\n\r\n");
    if (head != std::string::npos && whole == std::string::npos) {
      const size_t length = answer.find("ontent-Length: ");
      const bool known = length != std::string::npos && length < head;
      whole = known ? head + 4 + std::strtoul(answer.c_str() + length + 15, nullptr, 10) : 0;
    }
    const bool done = whole == 0 ? answer.ends_with("\r\n0\r\n\r\n") : answer.size() >= whole;
    if (whole != std::string::npos && done) return std::atoi(answer.c_str() + 9);
    const int got = SSL_read(link, buffer, sizeof(buffer));
    if (got <= 0) return 0;
    answer.append(buffer, static_cast<size_t>(got));
  }
}

}  // namespace ordinal::bench
