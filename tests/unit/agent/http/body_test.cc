// Bodies that are meant to hold everybody up: refused while they come, before anything is made of them.
#include <future>
#include <nlohmann/json.hpp>

#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

using Json = nlohmann::json;

class BodyTest : public ServerFixture {
 protected:
  /// The answer to a POST with this body, which is announced to be `length` bytes long.
  std::optional<beast::response<beast::string_body>> Post(const std::string& body, size_t length,
                                                          const std::string& fields = {}) {
    TestClient client(Endpoint(), pair_);
    client.Send("POST /a HTTP/1.1\r\nHost: x\r\n" + fields + "Content-Length: " + std::to_string(length) + "\r\n\r\n" +
                body);
    return client.Receive();
  }

  const auth::KeyPair* pair_ = &TestKeys::Get().client;  // an admin's
};

TEST_F(BodyTest, IsRefusedAtTheByteThatIsTooMuch) {
  std::atomic<int> asked{0};
  Start([&asked](std::shared_ptr<const Request>) -> Task<Response> {
    ++asked;
    co_return Text("");
  });
  // Given bodies of 3 MB, of which only the first 1000 bytes are ever sent
  const auto response = Post(std::string(1000, '['), 3'000'000);
  ASSERT_TRUE(response) << "it waits for the rest";
  EXPECT_EQ(response->result_int(), 400u);
  const Json status = Json::parse(response->body());
  EXPECT_EQ(status["reason"], "BadRequest");
  EXPECT_EQ(status["message"],
            "the body cannot be read: line 1, column 129: objects and lists are nested more than 128 levels deep");
  const auto inside = Post("{\"kind\": \"x\",\n\"spec\": " + std::string(200, '['), 3'000'000);
  ASSERT_TRUE(inside);
  EXPECT_EQ(
      Json::parse(inside->body())["message"],
      "the body cannot be read: line 2, column 136, in the field \"spec\": objects and lists are nested more than "
      "128 levels deep");
  EXPECT_EQ(asked, 0);
}

TEST_F(BodyTest, PatchesAreHeldToTheSameBounds) {
  Start(Echo);
  for (const char* type : {"application/json", "application/json-patch+json", "application/merge-patch+json",
                           "application/strategic-merge-patch+json; charset=utf-8"}) {
    const auto response = Post(std::string(129, '['), 3'000'000, std::string("Content-Type: ") + type + "\r\n");
    ASSERT_TRUE(response) << type;
    EXPECT_EQ(response->result_int(), 400u) << type;
  }
}

TEST_F(BodyTest, HasSoManyValues) {
  Start(Echo);
  std::string wide = "[0";
  for (int i = 0; i < 100'000; ++i) wide += ",0";
  const auto response = Post(wide, wide.size() + 1'000'000);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->result_int(), 413u);
  EXPECT_EQ(Json::parse(response->body())["reason"], "RequestEntityTooLarge");
}

TEST_F(BodyTest, BracketsInTextsAreNone) {
  Start(Echo);
  const std::string body = "{\"a\": \"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\"}";
  EXPECT_EQ(Post(body, body.size())->result_int(), 200u);
  const std::string deep = std::string(128, '[') + std::string(128, ']');
  EXPECT_EQ(Post(deep, deep.size())->result_int(), 200u);
}

TEST_F(BodyTest, IsSmallFromWhoMayWriteNothing) {
  settings_.limits.reader_body_bytes = 1000;
  Start(Echo);
  pair_ = nullptr;
  for (const char* who : {"Authorization: Bearer good\r\n", ""}) {
    EXPECT_EQ(Post(std::string(1000, 'x'), 1000, who)->result_int(), 200u);
    const auto response = Post(std::string(1001, 'x'), 3'000'000, who);
    ASSERT_TRUE(response) << "it waits for the rest";
    EXPECT_EQ(response->result_int(), 413u);
  }
}

TEST_F(BodyTest, IsNotReadFromWhoMayNotSendIt) {
  settings_.authorize = [](const Request& request) -> std::optional<Response> {
    if (request.user.writes) return std::nullopt;
    Response response;
    response.status = 403;
    return response;
  };
  Start(Echo);
  EXPECT_EQ(Post("x", 1)->result_int(), 200u);
  pair_ = nullptr;
  const auto response = Post("", 3'000'000);
  ASSERT_TRUE(response) << "it waits for the body";
  EXPECT_EQ(response->result_int(), 403u);
}

TEST_F(BodyTest, SharesItsRoomWithOthers) {
  settings_.limits.bodies_bytes = 1'000'000;
  settings_.limits.reader_body_bytes = 1000;
  std::promise<void> held, go;
  auto going = go.get_future().share();
  Start([&held, going](std::shared_ptr<const Request> request) -> Task<Response> {
    if (request->Header("x-hold") == "yes") {
      held.set_value();
      going.wait();  // of the control thread, which nothing else of this test needs
    }
    co_return Text("");
  });
  // Given a large body that is being handled
  auto first =
      std::async(std::launch::async, [this] { return Post(std::string(800'000, 'x'), 800'000, "X-Hold: yes\r\n"); });
  held.get_future().wait();
  // When another one comes for which there is no room, then it is told to come again
  const auto second = Post(std::string(800'000, 'x'), 800'000);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->result_int(), 429u);
  EXPECT_EQ((*second)["Retry-After"], "1");
  // And there is room once the first is answered
  go.set_value();
  EXPECT_EQ(first.get()->result_int(), 200u);
  EXPECT_EQ(Post(std::string(800'000, 'x'), 800'000)->result_int(), 200u);
}

TEST_F(BodyTest, IsPreparedOnAThreadOfItsOwn) {
  std::promise<std::thread::id> prepared;
  settings_.prepare = Prepare{[](const Request& request) { return request.body == "long"; },
                              [&prepared](Request& request) {
                                request.body = "prepared";
                                prepared.set_value(std::this_thread::get_id());
                              }};
  Start(Echo);
  EXPECT_EQ(Post("short", 5)->body(), "POST a|short");
  EXPECT_EQ(Post("long", 4)->body(), "POST a|prepared");
  EXPECT_NE(prepared.get_future().get(), ControlThread());
}

}  // namespace
}  // namespace ordinal::http
