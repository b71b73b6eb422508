// What every cri::Streaming and cri::Stats promises, shown on the fake and on a real containerd; and, on containerd
// alone, what its streaming server says to clients that connect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <functional>

#include "tests/contract/cri_subject.h"

namespace ordinal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

cri::SandboxConfig Pod() {
  cri::SandboxConfig config;
  config.name = "pod";
  config.uid = "uid-of-pod";
  config.ns = "default";
  config.hostname = "pod";
  config.labels = {{"set", "one"}};
  return config;
}

/// A pod with one container that runs until it is stopped.
struct RunningPod {
  explicit RunningPod(CriSubject& subject) : sandbox(*subject.Do(subject.runtime().RunSandbox(Pod()))) {
    cri::ContainerConfig config;
    config.name = "sleeper";
    config.image = CriSubject::kImage;
    config.command = {"/bin/sh", "-c", "while :; do sleep 0.05; done"};
    config.labels = Pod().labels;
    container = *subject.Do(subject.runtime().CreateContainer(sandbox, config, Pod()));
    const Status started = subject.Do(subject.runtime().StartContainer(container));
    if (!started.ok()) throw std::runtime_error(started.error().message);
  }
  std::string sandbox, container;
};

class CriStreaming : public CriContract {};

TEST_P(CriStreaming, GivesAddressesOnThisHost) {
  const RunningPod pod(*subject_);
  const std::vector<std::string> command{"/bin/true"};
  const auto exec = subject_->Do(subject_->streaming().Exec(pod.container, command, {}));
  const auto attach = subject_->Do(subject_->streaming().Attach(pod.container, {}));
  const auto forward = subject_->Do(subject_->streaming().PortForward(pod.sandbox, {80}));
  for (const auto* address : {&exec, &attach, &forward}) {
    ASSERT_TRUE(address->ok()) << address->error().message;
    EXPECT_THAT(**address, StartsWith("http://127.0.0.1:"));
  }
}

TEST_P(CriStreaming, RefusesWhatIsNotThereOrDoesNotRun) {
  const RunningPod pod(*subject_);
  const std::vector<std::string> command{"/bin/true"};
  cri::Streaming& streaming = subject_->streaming();
  EXPECT_EQ(subject_->Do(streaming.Exec("nope", command, {})).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(subject_->Do(streaming.Attach("nope", {})).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(subject_->Do(streaming.PortForward("nope", {})).error().code, ErrorCode::kNotFound);
  const cri::StreamOptions both(false, true, true, true);
  EXPECT_FALSE(subject_->Do(streaming.Exec(pod.container, command, both)).ok()) << "a terminal has no stderr";
  ASSERT_TRUE(subject_->Do(subject_->runtime().StopContainer(pod.container, std::chrono::seconds(0))).ok());
  EXPECT_FALSE(subject_->Do(streaming.Exec(pod.container, command, {})).ok());
  EXPECT_FALSE(subject_->Do(streaming.Attach(pod.container, {})).ok());
}

TEST_P(CriStreaming, StatsAreOfRunningContainersWithTheseLabels) {
  const RunningPod pod(*subject_);
  const auto listed = subject_->Do(subject_->stats().ListContainerStats({{"set", "one"}}));
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_EQ(listed->at(0).id, pod.container);
  EXPECT_EQ(listed->at(0).name, "sleeper");
  EXPECT_EQ(listed->at(0).labels.at("set"), "one");
  EXPECT_GT(listed->at(0).cpu_at, WallTime());
  EXPECT_GT(listed->at(0).memory_at, WallTime());
  EXPECT_THAT(*subject_->Do(subject_->stats().ListContainerStats({{"set", "two"}})), IsEmpty());
  ASSERT_TRUE(subject_->Do(subject_->runtime().StopContainer(pod.container, std::chrono::seconds(0))).ok());
  EXPECT_THAT(*subject_->Do(subject_->stats().ListContainerStats({})), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Implementations, CriStreaming, ::testing::ValuesIn(CriImplementations()),
                         [](const auto& instance) { return std::string(instance.param.name); });

// ---- what is behind an address

class StreamingServer : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PrivateContainerd::Missing(); !missing.empty()) GTEST_SKIP() << missing;
    subject_ = std::make_unique<ContainerdSubject>();
    pod_.emplace(*subject_);
  }

  std::string ExecAddress() {
    const std::vector<std::string> command{"/bin/sh", "-c", "echo hello"};
    return *subject_->Do(subject_->streaming().Exec(pod_->container, command, {}));
  }

  /// Sends a request with these headers to `address` and reads until `until` was said, or the server ends.
  static std::string Talk(const std::string& address, const std::string& method, const std::string& headers,
                          const std::string& until) {
    const std::string rest = address.substr(std::string("http://").size());
    const std::string host = rest.substr(0, rest.find('/'));
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    const auto port = static_cast<uint16_t>(std::stoi(host.substr(host.find(':') + 1)));
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    const std::string request = method + " " + rest.substr(rest.find('/')) + " HTTP/1.1\r\nHost: " + host +
                                "\r\nConnection: Upgrade\r\n" + headers + "\r\n";
    asio::write(socket, asio::buffer(request));
    std::string answer;
    boost::system::error_code ended;
    while (!ended && answer.find(until) == std::string::npos) {
      std::array<char, 1024> piece;
      answer.append(piece.data(), socket.read_some(asio::buffer(piece), ended));
    }
    return answer;
  }

  static std::string WebSocket(const std::string& protocols) {
    return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: " +
           protocols + "\r\n";
  }

  std::unique_ptr<ContainerdSubject> subject_;
  std::optional<RunningPod> pod_;
};

TEST_F(StreamingServer, SpeaksWebSocketWithTheSubprotocolOfVersion4) {
  const std::string said = Talk(ExecAddress(), "GET", WebSocket("v4.channel.k8s.io"), "hello");
  EXPECT_THAT(said, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(said, HasSubstr("v4.channel.k8s.io"));
  EXPECT_THAT(said, HasSubstr("\x01hello\n")) << "channel 1 is stdout";
}

TEST_F(StreamingServer, DoesNotKnowVersion5) {
  EXPECT_THAT(Talk(ExecAddress(), "GET", WebSocket("v5.channel.k8s.io"), "\r\n"), Not(StartsWith("HTTP/1.1 101")));
}

TEST_F(StreamingServer, SpeaksSpdy) {
  const std::string said = Talk(ExecAddress(), "POST",
                                "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v5.channel.k8s.io\r\n"
                                "X-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n",
                                "\r\n\r\n");
  EXPECT_THAT(said, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(said, HasSubstr("v4.channel.k8s.io"));
}

TEST_F(StreamingServer, AnAddressIsGoodForOneConnection) {
  const std::string address = ExecAddress();
  EXPECT_THAT(Talk(address, "GET", WebSocket("v4.channel.k8s.io"), "hello"), StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(Talk(address, "GET", WebSocket("v4.channel.k8s.io"), "\r\n"), StartsWith("HTTP/1.1 404"));
}

TEST_F(StreamingServer, ForwardsPortsOverSpdy) {
  const std::string address = *subject_->Do(subject_->streaming().PortForward(pod_->sandbox, {}));
  EXPECT_THAT(
      Talk(address, "POST",
           "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\nContent-Length: 0\r\n", "\r\n\r\n"),
      StartsWith("HTTP/1.1 101"));
}

}  // namespace
}  // namespace ordinal
