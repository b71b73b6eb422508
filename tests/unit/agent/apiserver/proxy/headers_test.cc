#include "agent/apiserver/proxy/headers.h"

#include <gmock/gmock.h>

namespace ordinal::apiserver::proxy {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(RequestFields, LeaveBehindWhatIsOfTheConnectionAndTheCaller) {
  http::Request request;
  request.remote = "192.0.2.1";
  request.headers = {{"host", "api"},
                     {"connection", "close, X-Mine"},
                     {"x-mine", "1"},
                     {"keep-alive", "5"},
                     {"te", "gzip, trailers"},
                     {"trailer", "x"},
                     {"transfer-encoding", "chunked"},
                     {"content-length", "3"},
                     {"expect", "100-continue"},
                     {"impersonate-user", "root"},
                     {"proxy-authorization", "secret"},
                     {"x-forwarded-for", "10.0.0.1"},
                     {"x-forwarded-uri", "/forged"},
                     {"accept-encoding", "gzip"},
                     {"content-type", "text/plain"}};
  EXPECT_THAT(
      RequestFields(request, "/p/a"),
      UnorderedElementsAre(Pair("te", "trailers"), Pair("accept-encoding", "gzip"), Pair("content-type", "text/plain"),
                           Pair("x-forwarded-for", "10.0.0.1, 192.0.2.1"), Pair("x-forwarded-uri", "/p/a")));
}

TEST(RewriteLocation, LeadsBelowTheProxyWhatIsTheServersOwn) {
  const Rewriting how{"/api/p/proxy", "10.244.0.3:80", "api:6443"};
  const struct {
    const char *location, *rewritten;
  } kCases[] = {
      {"/login?next=/x", "/api/p/proxy/login?next=/x"},
      {"/a/../b/", "/api/p/proxy/b/"},
      {"/", "/api/p/proxy/"},
      {"http://10.244.0.3:80/a#b", "/api/p/proxy/a#b"},
      {"//10.244.0.3:80/a", "/api/p/proxy/a"},
      {"https://api:6443/a", "https://api:6443/api/p/proxy/a"},
      {"/api/p/proxy/a", "/api/p/proxy/a"},
      {"a/b", "a/b"},
      {"?x", "?x"},
      {"http://10.244.0.3:81/a", "http://10.244.0.3:81/a"},
      {"https://example.com/a", "https://example.com/a"},
      {"/to?u=http://x/", "/api/p/proxy/to?u=http://x/"},
  };
  for (const auto& [location, rewritten] : kCases) EXPECT_EQ(RewriteLocation(location, how), rewritten) << location;
}

TEST(AnswerFields, AreTheServersWithoutThoseOfTheConnection) {
  const Fields theirs = {{"Connection", "X-Hop"},
                         {"X-Hop", "1"},
                         {"Transfer-Encoding", "chunked"},
                         {"Content-Type", "text/html"},
                         {"Date", "now"},
                         {"Set-Cookie", "a=1"},
                         {"Set-Cookie", "b=2"},
                         {"Access-Control-Allow-Origin", "*"},
                         {"Content-Encoding", "gzip"},
                         {"location", "/x"}};
  EXPECT_THAT(AnswerFields(theirs, {"/p", "h", "api"}),
              UnorderedElementsAre(Pair("Set-Cookie", "a=1"), Pair("Set-Cookie", "b=2"),
                                   Pair("Content-Encoding", "gzip"), Pair("location", "/p/x")));
}

}  // namespace
}  // namespace ordinal::apiserver::proxy
