// A server behind the one that is tested.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <string>
#include <thread>

#include "agent/base/task.h"

namespace ordinal::http {

using asio::ip::tcp;

/// A plain HTTP server for one connection: reads a head, then does what the test says.
class UpstreamServer {
 public:
  using Act = std::function<void(tcp::socket&, const std::string& head)>;
  explicit UpstreamServer(Act act) : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    thread_ = std::thread([this, act = std::move(act)] {
      tcp::socket socket(io_);
      boost::system::error_code code;
      acceptor_.accept(socket, code);
      if (code) return;
      // A byte at a time: what follows the head is for `act` to read.
      std::string head;
      for (char byte; !head.ends_with("\r\n\r\n") && asio::read(socket, asio::buffer(&byte, 1), code) == 1;)
        head += byte;
      act(socket, head);
    });
  }
  ~UpstreamServer() { thread_.join(); }
  std::string Url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + target;
  }

 private:
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

inline void Put(tcp::socket& socket, const std::string& text) { asio::write(socket, asio::buffer(text)); }

inline std::string Take(tcp::socket& socket, size_t count) {
  std::string text(count, '\0');
  boost::system::error_code code;
  text.resize(asio::read(socket, asio::buffer(text), code));
  return text;
}

}  // namespace ordinal::http
