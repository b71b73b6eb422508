// A server on a unix socket: plain, for who may open it, told apart by the user of the process at the other end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <list>

#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

using asio::local::stream_protocol;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class LocalTest : public ServerFixture {
 protected:
  LocalTest() {
    settings_.listen = {"unix:" + path_};
    settings_.certificates = {};
    settings_.limits.silent = settings_.limits.connections = 64;
    settings_.limits.newest_stays = true;
  }

  void Connect(stream_protocol::socket& socket) const { socket.connect(stream_protocol::endpoint(path_)); }

  /// Sends `text` and returns all that comes back until the server closes.
  std::string Exchange(const std::string& text) {
    stream_protocol::socket socket(io_);
    Connect(socket);
    boost::system::error_code code;
    asio::write(socket, asio::buffer(text), code);
    std::string answer;
    asio::read(socket, asio::dynamic_buffer(answer), code);
    return answer;
  }
  std::string Get(const std::string& target) {
    return Exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  /// 70 connections, each of which has sent this much.
  std::list<stream_protocol::socket> Crowd(const std::string& sent) {
    std::list<stream_protocol::socket> held;
    for (int i = 0; i < 70; ++i) {
      held.emplace_back(io_);
      Connect(held.back());
      asio::write(held.back(), asio::buffer(sent));
    }
    return held;
  }
  static void ExpectTheOldestAlone(std::list<stream_protocol::socket>& held) {
    char byte = 0;
    boost::system::error_code code;
    held.front().read_some(asio::buffer(&byte, 1), code);
    EXPECT_TRUE(code == asio::error::eof || code == asio::error::connection_reset) << code.message();
    held.back().non_blocking(true);
    held.back().read_some(asio::buffer(&byte, 1), code);
    EXPECT_EQ(code, asio::error::would_block);
  }

  asio::io_context io_;
  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "ordinald.sock";
};

TEST_F(LocalTest, KeepsAConnectionForSeveralRequests) {
  Start(Echo);
  const std::string answer =
      Exchange("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("GET a|"));
  EXPECT_THAT(answer, EndsWith("GET b|"));
}

TEST_F(LocalTest, TellsUsersByTheirProcess) {
  Start([](std::shared_ptr<const Request> request) -> Task<Response> { co_return Text(request->user.name); });
  EXPECT_THAT(Get("/"), EndsWith("user " + std::to_string(geteuid())));
}

TEST_F(LocalTest, RefusesAProcessThatNobodyKnows) {
  authenticate_ = [](const Credentials& shown) -> Result<User> {
    if (shown.peer) return MakeError(ErrorCode::kPermissionDenied, "nobody");
    return User();
  };
  Start(Echo);
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 401"));
}

TEST_F(LocalTest, StreamsAsOverTls) {
  class Twice : public Stream {
   public:
    Task<Result<std::string>> Next() override { co_return ++pieces_ < 3 ? std::string("piece") : std::string(); }
    void Close() override {}

   private:
    int pieces_ = 0;
  };
  Start([](std::shared_ptr<const Request>) -> Task<Response> {
    Response response;
    response.body = std::shared_ptr<Stream>(std::make_shared<Twice>());
    co_return response;
  });
  EXPECT_THAT(Get("/"), EndsWith("5\r\npiece\r\n5\r\npiece\r\n0\r\n\r\n"));
}

TEST_F(LocalTest, EndsTheOldestOfTooManyThatAreSilent) {
  Start(Echo);
  auto held = Crowd("");
  EXPECT_THAT(Get("/healthz"), EndsWith("GET healthz|"));
  ExpectTheOldestAlone(held);
}

TEST_F(LocalTest, EndsTheOldestOfTooManyThatSendHalfARequest) {
  Start(Echo);
  auto held = Crowd("GET / HTTP/1.1\r\n");
  EXPECT_THAT(Get("/healthz"), EndsWith("GET healthz|"));
  ExpectTheOldestAlone(held);
}

TEST_F(LocalTest, SurvivesWhatIsNoHttp) {
  Start(Echo);
  EXPECT_THAT(Exchange("\r\n\x01garbage\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Get("/healthz"), EndsWith("GET healthz|"));
}

TEST_F(LocalTest, TheSocketIsItsOwnersOnlyAndReplacesAnOldOne) {
  { asio::local::stream_protocol::acceptor earlier(control_, asio::local::stream_protocol::endpoint(path_)); }
  Start(Echo);
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(LocalTest, AFileThatIsNoSocketStays) {
  fakes::WriteFile(path_, "somebody's");
  settings_.listen = {"unix:" + path_};
  Server server(settings_, control_.get_executor(), clock_, authenticate_, Echo);
  const Status started = server.Start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr(path_));
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_TRUE(S_ISREG(info.st_mode));
}

TEST_F(LocalTest, AnErrorNamesThePath) {
  for (const std::string& path : {directory_ / "none/ordinald.sock", std::string(200, 'x')}) {
    settings_.listen = {"unix:" + path};
    Server nowhere(settings_, control_.get_executor(), clock_, authenticate_, Echo);
    const Status started = nowhere.Start();
    ASSERT_FALSE(started.ok());
    EXPECT_THAT(started.error().message, HasSubstr(path));
  }
}

}  // namespace
}  // namespace ordinal::http
