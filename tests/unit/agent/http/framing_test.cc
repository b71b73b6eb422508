// Requests of which two readers could make different things (RFC 9112), and what the front makes of them.
#include <nlohmann/json.hpp>

#include "tests/unit/agent/http/server_fixture.h"

namespace ordinal::http {
namespace {

using Json = nlohmann::json;

struct FramingCase {
  const char* what;
  std::string sent;
  unsigned code;
};

const std::string kPut = "PUT /a HTTP/1.1\r\nHost: x\r\n";
const std::string kChunks = "\r\n3\r\nabc\r\n0\r\n\r\n";

const FramingCase kRefused[] = {
    {"an unknown transfer coding", kPut + "Transfer-Encoding: gzip\r\n\r\n", 501},
    {"an unknown one before chunked", kPut + "Transfer-Encoding: gzip, chunked\r\n" + kChunks, 501},
    {"an unknown one in a field of its own", kPut + "Transfer-Encoding: xx\r\nTransfer-Encoding: chunked\r\n" + kChunks,
     501},
    {"one that looks like chunked", kPut + "Transfer-Encoding: xchunked\r\n" + kChunks, 501},
    {"one with a parameter", kPut + "Transfer-Encoding: chunked;q=1\r\n" + kChunks, 501},
    {"identity, which is none any more", kPut + "Transfer-Encoding: identity\r\n\r\n", 501},
    {"chunked that is not last", kPut + "Transfer-Encoding: chunked, gzip\r\n" + kChunks, 400},
    {"chunked twice", kPut + "Transfer-Encoding: chunked, chunked\r\n" + kChunks, 400},
    {"chunked in two fields", kPut + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + kChunks, 400},
    {"no coding at all", kPut + "Transfer-Encoding:\r\n" + kChunks, 400},
    {"both lengths", kPut + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + kChunks, 400},
    {"both lengths, the other way round", kPut + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" + kChunks, 400},
    {"an unknown coding and a length", kPut + "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"chunks in HTTP/1.0", "PUT /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + kChunks, 400},
    {"two lengths in two fields", kPut + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {"two lengths in one field", kPut + "Content-Length: 3, 4\r\n\r\nabcd", 400},
    {"a length with a sign", kPut + "Content-Length: +3\r\n\r\nabc", 400},
    {"a negative length", kPut + "Content-Length: -3\r\n\r\nabc", 400},
    {"a length in hex", kPut + "Content-Length: 0x3\r\n\r\nabc", 400},
    {"a length beyond all numbers", kPut + "Content-Length: 99999999999999999999\r\n\r\nabc", 400},
    {"a chunk size that is no number", kPut + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size with a sign", kPut + "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size with 0x", kPut + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk size beyond all numbers",
     kPut + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff3\r\nabc\r\n0\r\n\r\n", 400},
    {"a chunk longer than it says", kPut + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
    {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nhost: y\r\n\r\n", 400},
    {"a Host that is a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400},
    {"a Host with a user", "GET / HTTP/1.1\r\nHost: root@x\r\n\r\n", 400},
    {"two words in Host", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n", 400},
    {"an absolute target without Host", "GET http://x/a HTTP/1.1\r\n\r\n", 400},
    {"an absolute target without a host in it", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"a blank before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"a field that begins with a blank", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
    {"a field without a name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
    {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n", 400},
    {"a bare LF after a field", "GET / HTTP/1.1\r\nHost: x\nX-A: a\r\n\r\n", 400},
    {"a zero byte in a value", std::string("GET / HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n", 41), 400},
    {"a control character in a target", "GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"two blanks after the method", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"an expectation that nobody knows", kPut + "Expect: a-miracle\r\nContent-Length: 3\r\n\r\n", 417},
    {"another version of HTTP", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
};

class FramingTest : public ServerFixture {};

TEST_F(FramingTest, RefusesWhatCanBeReadInTwoWays) {
  Start(Echo);
  for (const FramingCase& one : kRefused) {
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint());
    // What follows must never be taken for a request.
    client.Send(one.sent + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto response = client.Receive();
    if (!response) {
      ADD_FAILURE() << "no answer";
      continue;
    }
    EXPECT_EQ(response->result_int(), one.code) << response->body();
    EXPECT_EQ(response->body().find("smuggled"), std::string::npos);
    const Json status = Json::parse(response->body(), nullptr, false);
    EXPECT_EQ(status.value("kind", ""), "Status");
    EXPECT_TRUE(client.Ended());
  }
}

TEST_F(FramingTest, TakesWhatIsUnusualAndClear) {
  Start(Echo);
  const FramingCase cases[] = {
      {"one length, said twice", kPut + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200},
      {"chunked in capitals", kPut + "Transfer-Encoding: CHUNKED\r\n" + kChunks, 200},
      {"an extension of a chunk", kPut + "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n", 200},
      {"a trailer", kPut + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-A: b\r\n\r\n", 200},
      {"an absolute target", "PUT https://y:6443/a HTTP/1.1\r\nHost: y:6443\r\nContent-Length: 3\r\n\r\nabc", 200},
      {"a Host with a number of version 6", "PUT /a HTTP/1.1\r\nHost: [::1]:6443\r\nContent-Length: 3\r\n\r\nabc", 200},
      {"an empty Host", "PUT /a HTTP/1.1\r\nHost:\r\nContent-Length: 3\r\n\r\nabc", 200},
      {"HTTP/1.0 without Host", "PUT /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 200},
  };
  for (const FramingCase& one : cases) {
    SCOPED_TRACE(one.what);
    TestClient client(Endpoint());
    client.Send(one.sent);
    const auto response = client.Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->result_int(), one.code) << response->body();
    EXPECT_EQ(response->body(), "PUT a|abc");
  }
}

}  // namespace
}  // namespace ordinal::http
