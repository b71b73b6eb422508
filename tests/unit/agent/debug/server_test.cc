#include "agent/debug/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <stdexcept>

#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::debug {
namespace {

using api::Json;
using boost::asio::local::stream_protocol;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ServerTest : public ::testing::Test {
 protected:
  Sources MakeSources() {
    Sources sources;
    sources.readiness = [this] { return readiness_; };
    sources.manifests = [this] { return manifests_; };
    sources.objects = [this](std::string kind, std::string ns) -> Task<Result<std::vector<api::Object>>> {
      if (asked_ == "throw") throw std::runtime_error("a source fails");
      asked_ = kind + "/" + ns;
      if (kind != "Pod") co_return MakeError(ErrorCode::kNotFound, "no such kind");
      const api::Object pod(Json::parse(R"({"kind":"Pod","metadata":{"name":"kubia-0"}})"));
      co_return std::vector<api::Object>{pod};
    };
    return sources;
  }

  /// Sends `text` and returns all that comes back until the server closes.
  Task<std::string> Exchange(std::string text) {
    stream_protocol::socket socket(io_);
    boost::system::error_code code;
    co_await socket.async_connect(stream_protocol::endpoint(path_), asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return "connect: " + code.message();
    co_await asio::async_write(socket, asio::buffer(text), asio::redirect_error(asio::use_awaitable, code));
    std::string answer;
    co_await asio::async_read(socket, asio::dynamic_buffer(answer), asio::redirect_error(asio::use_awaitable, code));
    co_return answer;
  }

  Task<void> Connect(stream_protocol::socket& socket) {
    boost::system::error_code code;
    co_await socket.async_connect(stream_protocol::endpoint(path_), asio::redirect_error(asio::use_awaitable, code));
    EXPECT_FALSE(code);
  }

  std::string Get(const std::string& target) {
    return RunTask(io_, Exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  }

  asio::io_context io_;
  fakes::ScratchDirectory directory_;
  const std::string path_ = directory_ / "ordinald.sock";
  Json readiness_ = Json::parse(R"({"runtime":true,"dns":true})");
  Json manifests_ = Json::parse(R"({"a.yaml":["no kind"]})");
  std::string asked_;
  Server server_{io_.get_executor(), path_, MakeSources()};
};

TEST_F(ServerTest, NamesOfFilesNeedNotBeText) {
  manifests_ = {{"a\xFF.yaml", {"no kind"}}};
  ASSERT_TRUE(server_.Start().ok());
  EXPECT_THAT(Get("/manifests"), EndsWith("{\"a\xEF\xBF\xBD.yaml\":[\"no kind\"]}"));
}

TEST_F(ServerTest, AnswersItsPages) {
  ASSERT_TRUE(server_.Start().ok());
  struct Row {
    std::string target, status, body;
  };
  for (const Row& row : std::vector<Row>{
           {"/healthz", "HTTP/1.1 200 OK", "\r\n\r\nok"},
           {"/readyz", "HTTP/1.1 200 OK", R"({"dns":true,"runtime":true})"},
           {"/manifests", "HTTP/1.1 200 OK", R"({"a.yaml":["no kind"]})"},
           {"/objects/Pod", "HTTP/1.1 200 OK", R"([{"kind":"Pod","metadata":{"name":"kubia-0"}}])"},
           {"/objects/Nothing", "HTTP/1.1 404 Not Found", "no such kind"},
           {"/", "HTTP/1.1 404 Not Found", "/healthz /readyz /objects/<Kind> /manifests"},
       }) {
    const std::string answer = Get(row.target);
    EXPECT_THAT(answer, StartsWith(row.status)) << row.target;
    EXPECT_THAT(answer, EndsWith(row.body)) << row.target;
  }
}

TEST_F(ServerTest, IsNotReadyWhileAPartIsNot) {
  readiness_["dns"] = "the address is taken";
  ASSERT_TRUE(server_.Start().ok());
  const std::string answer = Get("/readyz");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(answer, EndsWith(R"({"dns":"the address is taken","runtime":true})"));
}

TEST_F(ServerTest, TakesTheNamespaceFromTheQuery) {
  ASSERT_TRUE(server_.Start().ok());
  for (const auto& [target, expected] :
       std::vector<std::pair<std::string, std::string>>{{"/objects/Pod?namespace=one", "Pod/one"},
                                                        {"/objects/Pod?x=1&namespace=two", "Pod/two"},
                                                        {"/objects/Pod?namespaces=one", "Pod/"},
                                                        {"/objects/Pod?", "Pod/"}}) {
    Get(target);
    EXPECT_EQ(asked_, expected) << target;
  }
}

TEST_F(ServerTest, KeepsAConnectionForSeveralRequests) {
  ASSERT_TRUE(server_.Start().ok());
  const std::string answer = RunTask(io_, Exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                                                   "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("404 Not Found"));
}

TEST_F(ServerTest, SurvivesASourceThatFailsAndTextsThatAreNone) {
  readiness_["dns"] = "cut \xE2\x82";
  ASSERT_TRUE(server_.Start().ok());
  EXPECT_THAT(Get("/readyz"), HasSubstr("503"));
  asked_ = "throw";
  EXPECT_THAT(Get("/objects/Pod"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(Get("/healthz"), EndsWith("ok"));
}

TEST_F(ServerTest, EndsTheOldestOfTooManyConnections) {
  ASSERT_TRUE(server_.Start().ok());
  std::vector<std::unique_ptr<stream_protocol::socket>> held;
  for (int i = 0; i < 70; ++i) {
    held.push_back(std::make_unique<stream_protocol::socket>(io_));
    RunTask(io_, Connect(*held.back()));
  }
  EXPECT_THAT(Get("/healthz"), EndsWith("ok"));
  char byte = 0;
  boost::system::error_code code;
  held.front()->read_some(asio::buffer(&byte, 1), code);
  EXPECT_EQ(code, asio::error::eof);
  held.back()->non_blocking(true);
  held.back()->read_some(asio::buffer(&byte, 1), code);
  EXPECT_EQ(code, asio::error::would_block);
}

TEST_F(ServerTest, SurvivesWhatIsNoHttp) {
  ASSERT_TRUE(server_.Start().ok());
  RunTask(io_, Exchange("\r\n\x01garbage\r\n\r\n"));
  EXPECT_THAT(Get("/healthz"), EndsWith("ok"));
}

TEST_F(ServerTest, TheSocketIsItsOwnersOnlyAndReplacesAnOldOne) {
  fakes::WriteFile(path_, "left by an earlier run");
  ASSERT_TRUE(server_.Start().ok());
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(ServerTest, AnErrorNamesThePath) {
  Server nowhere(io_.get_executor(), directory_ / "none/ordinald.sock", MakeSources());
  const Status started = nowhere.Start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr("none/ordinald.sock"));
}

}  // namespace
}  // namespace ordinal::debug
