// A running server on loopback, a client and a resolver to forward to, for the tests of dns/server.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "dns/server/server.h"
#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns::testing {

inline constexpr int kDeadlineMs = 5000;

inline bool WaitReadable(int fd, int milliseconds = kDeadlineMs) {
  pollfd waited{fd, POLLIN, 0};
  return poll(&waited, 1, milliseconds) == 1;
}

/// A client's socket, connected to the server.
class Client {
 public:
  Client(const SocketAddress& server, int type) : socket_(socket(server.family(), type | SOCK_CLOEXEC, 0)) {
    EXPECT_EQ(connect(socket_.get(), server.get(), server.size), 0) << strerror(errno);
  }
  int fd() const { return socket_.get(); }
  void Send(wire::Bytes bytes) {
    EXPECT_EQ(send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// One datagram; nothing when none comes before the deadline.
  std::optional<std::vector<uint8_t>> Receive(int milliseconds = kDeadlineMs) {
    if (!WaitReadable(fd(), milliseconds)) return std::nullopt;
    std::vector<uint8_t> buffer(wire::kMaxMessageSize);
    const ssize_t size = recv(fd(), buffer.data(), buffer.size(), 0);
    if (size < 0) return std::nullopt;
    buffer.resize(static_cast<size_t>(size));
    return buffer;
  }
  void SendFramed(wire::Bytes bytes) {
    std::vector<uint8_t> framed(2 + bytes.size());
    wire::Store16(framed.data(), static_cast<uint16_t>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), framed.begin() + 2);
    Send(framed);
  }
  /// One TCP message; nothing at the end of the stream or the deadline.
  std::optional<std::vector<uint8_t>> ReceiveFramed() {
    std::vector<uint8_t> head, body;
    if (!ReceiveExactly(2, head) || !ReceiveExactly(wire::Load16(head.data()), body)) return std::nullopt;
    return body;
  }
  /// True once the server has closed the connection.
  bool WaitClosed() {
    char byte;
    return WaitReadable(fd()) && recv(fd(), &byte, 1, 0) <= 0;
  }

 private:
  bool ReceiveExactly(size_t size, std::vector<uint8_t>& out) {
    out.resize(size);
    for (size_t at = 0; at < size;) {
      if (!WaitReadable(fd())) return false;
      const ssize_t got = recv(fd(), out.data() + at, size - at, 0);
      if (got <= 0) return false;
      at += static_cast<size_t>(got);
    }
    return true;
  }
  Fd socket_;
};

/// A resolver at 127.0.0.x: answers with what `answer` makes of a query; nothing: it stays silent.
class FakeUpstream {
 public:
  using AnswerFn = std::function<std::optional<wire::Message>(const wire::Message& query, Transport transport)>;

  FakeUpstream(const std::string& host, uint16_t port, AnswerFn answer) : answer_(std::move(answer)) {
    auto address = SocketAddress::FromHost(host, port);
    auto sockets = BindListenSockets(*address);
    EXPECT_TRUE(sockets.ok()) << sockets.error().message;
    sockets_ = std::move(sockets).value();
    thread_ = std::thread([this] { Run(); });
  }
  ~FakeUpstream() {
    const uint64_t one = 1;
    EXPECT_EQ(write(stop_.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
    thread_.join();
  }
  uint16_t port() const { return sockets_.address.port(); }
  std::vector<wire::Message> queries() const {
    const std::lock_guard lock(mutex_);
    return queries_;
  }

 private:
  void Run() {
    while (true) {
      pollfd waited[] = {{stop_.get(), POLLIN, 0}, {sockets_.udp.get(), POLLIN, 0}, {sockets_.tcp.get(), POLLIN, 0}};
      poll(waited, 3, -1);
      if (waited[0].revents != 0) return;
      if (waited[1].revents != 0) ServeDatagram();
      if (waited[2].revents != 0) ServeStream();
    }
  }
  std::optional<std::vector<uint8_t>> Answer(wire::Bytes bytes, Transport transport) {
    const auto query = wire::Decode(bytes);
    if (!query.ok()) return std::nullopt;
    {
      const std::lock_guard lock(mutex_);
      queries_.push_back(*query);
    }
    const auto reply = answer_(*query, transport);
    if (!reply) return std::nullopt;
    return Bytes(*reply);
  }
  void ServeDatagram() {
    std::vector<uint8_t> buffer(4096);
    SocketAddress peer;
    peer.size = sizeof(peer.storage);
    const ssize_t size = recvfrom(sockets_.udp.get(), buffer.data(), buffer.size(), 0, peer.get(), &peer.size);
    if (size < 0) return;
    const auto reply = Answer(wire::Bytes(buffer).first(static_cast<size_t>(size)), Transport::kUdp);
    if (reply) sendto(sockets_.udp.get(), reply->data(), reply->size(), 0, peer.get(), peer.size);
  }
  void ServeStream() {
    const Fd accepted(accept4(sockets_.tcp.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::vector<uint8_t> buffer(4096);
    size_t size = 0;
    while (size < 2 || size < 2U + wire::Load16(buffer.data())) {
      const ssize_t got = recv(accepted.get(), buffer.data() + size, buffer.size() - size, 0);
      if (got <= 0) return;
      size += static_cast<size_t>(got);
    }
    const auto reply = Answer(wire::Bytes(buffer).subspan(2, size - 2), Transport::kTcp);
    if (!reply) return;
    uint8_t head[2];
    wire::Store16(head, static_cast<uint16_t>(reply->size()));
    send(accepted.get(), head, 2, MSG_NOSIGNAL);
    send(accepted.get(), reply->data(), reply->size(), MSG_NOSIGNAL);
  }

  AnswerFn answer_;
  ListenSockets sockets_;
  Fd stop_{eventfd(0, EFD_CLOEXEC)};
  mutable std::mutex mutex_;
  std::vector<wire::Message> queries_;
  std::thread thread_;
};

/// A reply to `query` without records.
inline wire::Message ReplyTo(const wire::Message& query, wire::Rcode rcode = wire::Rcode::kNoError) {
  wire::Message reply = query;
  reply.flags = static_cast<uint16_t>(query.flags | wire::kFlagQr | wire::kFlagRa);
  reply.rcode = rcode;
  return reply;
}

/// A reply to `query` with one A record.
inline wire::Message ReplyWithAddress(const wire::Message& query, std::array<uint8_t, 4> address) {
  wire::Message reply = ReplyTo(query);
  reply.answers.push_back({query.questions[0].name, wire::Type::kA, wire::kClassIn, 300, wire::AddressV4{address}});
  return reply;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    static int number = 0;
    directory_ = std::filesystem::temp_directory_path() /
                 ("ordinal-dns-" + std::to_string(getpid()) + "-" + std::to_string(number++));
    std::filesystem::create_directory(directory_);
    options_.listen = {"127.0.0.1:0"};
    options_.threads = 2;
    options_.resolv_conf = directory_ / "resolv.conf";
    options_.upstream_timeout = std::chrono::milliseconds(200);
    options_.hold = options_.doubt = Duration::zero();
    SetNameservers({});
  }
  ~ServerTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  void SetNameservers(const std::vector<std::string>& hosts) {
    std::ofstream file(options_.resolv_conf);
    file << "search example.org\n";
    for (const std::string& host : hosts) file << "nameserver " << host << "\n";
  }

  void StartServer(std::shared_ptr<const Snapshot> snapshot = RecordedCluster(2)) {
    server_ = std::make_unique<Server>(options_, clock_, random_);
    server_->Publish(std::move(snapshot));
    const Status started = server_->Start();
    ASSERT_TRUE(started.ok()) << started.error().message;
    address_ = server_->addresses().at(0);
  }

  /// Asks over a fresh socket and reads the reply. An empty message when there is none.
  wire::Message Exchange(const wire::Message& query, Transport transport = Transport::kUdp) {
    Client client(address_, transport == Transport::kUdp ? SOCK_DGRAM : SOCK_STREAM);
    transport == Transport::kUdp ? client.Send(Bytes(query)) : client.SendFramed(Bytes(query));
    const auto bytes = transport == Transport::kUdp ? client.Receive() : client.ReceiveFramed();
    if (!bytes) {
      ADD_FAILURE() << "no reply";
      return {};
    }
    const auto reply = wire::Decode(*bytes);
    EXPECT_TRUE(reply.ok());
    return reply.ok() ? *reply : wire::Message();
  }

  /// What dig prints, asked with these arguments.
  std::string Dig(const std::string& arguments) {
    const std::string command =
        "/usr/bin/dig @127.0.0.1 -p " + std::to_string(address_.port()) + " +tries=1 +time=5 " + arguments + " 2>&1";
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    EXPECT_NE(pipe, nullptr);
    for (char buffer[512]; pipe != nullptr && fgets(buffer, sizeof(buffer), pipe) != nullptr;) output += buffer;
    EXPECT_EQ(pclose(pipe), 0) << output;
    return output;
  }

  asio::io_context io_;
  RealClock clock_{io_.get_executor()};
  SeededRandom random_{7};
  std::filesystem::path directory_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  SocketAddress address_;
};

}  // namespace ordinal::dns::testing
