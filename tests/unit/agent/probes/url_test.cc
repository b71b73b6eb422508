#include "agent/probes/url.h"

#include <gtest/gtest.h>

namespace ordinal::probes {
namespace {

TEST(Url, IsMadeOfAHandlersParts) {
  EXPECT_EQ(MakeUrl(false, "10.0.0.1", 8080, "/healthz?full=1#here").Text(), "http://10.0.0.1:8080/healthz?full=1");
  EXPECT_EQ(MakeUrl(true, "fd00::1", 443, "ok").Text(), "https://[fd00::1]:443/ok");
  EXPECT_EQ(MakeUrl(false, "h", 1, "").target, "/");
  EXPECT_EQ(MakeUrl(false, "h", 1, "/a b|{c}\r\nX: y\x01").target, "/a%20b|{c}%0D%0AX:%20y%01");
}

std::string Led(const std::string& location) {
  const Result<Url> url = Resolve(MakeUrl(false, "10.0.0.1", 8080, "/a/b?q=1"), location);
  return url.ok() ? url->Text() : url.error().message;
}

TEST(Url, RedirectsLeadWhereTheySay) {
  EXPECT_EQ(Led("/c"), "http://10.0.0.1:8080/c");
  EXPECT_EQ(Led("c?x=//y"), "http://10.0.0.1:8080/a/c?x=//y");
  EXPECT_EQ(Led("../c/./d/.."), "http://10.0.0.1:8080/c/");
  EXPECT_EQ(Led("../../../../c"), "http://10.0.0.1:8080/c");
  EXPECT_EQ(Led("?z"), "http://10.0.0.1:8080/a/b?z");
  EXPECT_EQ(Led("#f"), "http://10.0.0.1:8080/a/b?q=1");
  EXPECT_EQ(Led("https://other/x"), "https://other/x");
  EXPECT_EQ(Led("http://other:81"), "http://other:81/");
  EXPECT_EQ(Led("//other/x"), "http://other/x");
  EXPECT_EQ(Led("http://[fd00::1]:81/x"), "http://[fd00::1]:81/x");
  EXPECT_EQ(Led("http://user@other/x"), "http://other/x");
}

TEST(Url, RedirectsThatLeadNowhereAreErrors) {
  EXPECT_EQ(Led("ftp://other/x"), "unsupported protocol scheme \"ftp\"");
  EXPECT_EQ(Led("http://:81/"), "no host");
  EXPECT_EQ(Led("http://other:99999/"), "invalid port \":99999\"");
  EXPECT_EQ(Led("http://[fd00::1"), "missing ']' in host");
}

}  // namespace
}  // namespace ordinal::probes
