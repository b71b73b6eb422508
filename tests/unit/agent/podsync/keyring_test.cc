// Which credentials are shown to which registry: rows as in pkg/credentialprovider/keyring_test.go.
#include "agent/podsync/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

cri::ImageAuth User(const std::string& name) {
  cri::ImageAuth auth;
  auth.username = name;
  auth.password = "of " + name;
  return auth;
}

/// The names of those who are tried, in their order.
std::vector<std::string> Tried(const Keyring& keyring, const std::string& image) {
  std::vector<std::string> names;
  for (const cri::ImageAuth& auth : keyring.For(image)) names.push_back(auth.username);
  return names;
}

TEST(Keyring, ARegistryIsMatchedByHostPortAndPath) {
  const struct {
    const char *registry, *image;
    bool matches;
  } kRows[] = {
      {"registry.example.com", "registry.example.com/app:1", true},
      {"registry.example.com",
       "registry.example.com/deep/er/app@sha256:"
       "0123456789012345678901234567890123456789012345678901234567890123",
       true},
      {"https://registry.example.com", "registry.example.com/app", true},
      {"http://registry.example.com/v1/", "registry.example.com/app", true},
      {"https://registry.example.com/v2/", "registry.example.com/app", true},
      {"registry.example.com/v2/team", "registry.example.com/team/app", true},
      {"registry.example.com", "registry.example.com:5000/app", false},
      {"registry.example.com:5000", "registry.example.com:5000/app", true},
      {"registry.example.com:5000", "registry.example.com/app", false},
      {"registry.example.com:5000", "registry.example.com:5001/app", false},
      {"registry.example.com", "example.com/app", false},
      {"example.com", "registry.example.com/app", false},
      {"registry.example.com/team", "registry.example.com/team/app", true},
      {"registry.example.com/team", "registry.example.com/other/app", false},
      {"registry.example.com/team/app", "registry.example.com/team/app:2", true},
      {"*.example.com", "registry.example.com/app", true},
      {"*.example.com", "deep.registry.example.com/app", false},
      {"*.example.com", "example.com/app", false},
      {"reg*.example.com", "registry.example.com/app", true},
      {"registry.*.com", "registry.example.com/app", true},
      {"*.*.com", "registry.example.com/app", true},
      {"registr?.example.com", "registry.example.com/app", false},  // what follows it is a query, as in any URL
      {"registry[0-9].example.com", "registry7.example.com/app", true},
      {"registry[^0-9].example.com", "registry7.example.com/app", false},
      {"registry[.example.com", "registry[.example.com/app", false},
      {"*.example.com:5000/team", "registry.example.com:5000/team/app", true},
      {"*.example.com/other", "registry.example.com/team/app", false},
      {"[::1]:5000", "[::1]:5000/app", true},
      {"localhost:5000", "localhost:5000/app", true},
      {"docker.io", "busybox", true},
      {"docker.io", "luksa/kubia-pet", true},
      {"docker.io/luksa", "luksa/kubia-pet", true},
      {"docker.io/luksa", "busybox", false},
      {"https://index.docker.io/v1/", "busybox", true},
      {"index.docker.io", "docker.io/luksa/kubia-pet", true},
      {"https://index.docker.io/v1/", "registry.example.com/app", false},
      {"", "busybox", false},
      {"https:///path", "busybox", false},
  };
  for (const auto& [registry, image, matches] : kRows) {
    Keyring keyring;
    keyring.Add(registry, User("u"));
    EXPECT_EQ(!keyring.For(image).empty(), matches) << registry << " for " << image;
  }
}

TEST(Keyring, LongerPathsComeFirstAndThenTheOrderOfTheSecrets) {
  Keyring keyring;
  keyring.Add("registry.example.com", User("first"));
  keyring.Add("https://registry.example.com/v2/", User("second"));
  keyring.Add("registry.example.com/team", User("team"));
  keyring.Add("registry.example.com/team/app", User("app"));
  keyring.Add("other.example.com", User("other"));
  EXPECT_THAT(Tried(keyring, "registry.example.com/team/app:1"), ElementsAre("app", "team", "first", "second"));
  EXPECT_THAT(Tried(keyring, "registry.example.com/x"), ElementsAre("first", "second"));
  EXPECT_THAT(Tried(keyring, "nowhere.example.com/x"), IsEmpty());
}

TEST(Keyring, TheIndexOfDockerIsForImagesThatNothingElseIsFor) {
  Keyring keyring;
  keyring.Add("https://index.docker.io/v1/", User("index"));
  EXPECT_THAT(Tried(keyring, "luksa/kubia-pet"), ElementsAre("index"));
  keyring.Add("docker.io/luksa", User("luksa"));
  EXPECT_THAT(Tried(keyring, "luksa/kubia-pet"), ElementsAre("luksa"));
  EXPECT_THAT(Tried(keyring, "busybox"), ElementsAre("index"));
}

TEST(Keyring, TheSameIsTriedOnceAndSoManyAtMost) {
  Keyring keyring;
  for (int i = 0; i < 100; ++i) {
    keyring.Add("registry.example.com", User("same"));
    keyring.Add("registry.example.com", User("user" + std::to_string(i)));
  }
  const std::vector<std::string> tried = Tried(keyring, "registry.example.com/app");
  EXPECT_EQ(tried.size(), Keyring::kMost);
  EXPECT_EQ(std::count(tried.begin(), tried.end(), "same"), 1);
}

TEST(Keyring, APatternOfManyStarsTakesNoTime) {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  Keyring keyring;
  keyring.Add(pattern + "*b.example.com", User("u"));
  EXPECT_THAT(Tried(keyring, std::string(60, 'a') + ".example.com/app"), IsEmpty());
  keyring.Add(std::string(100'000, '*'), User("long"));
  EXPECT_THAT(Tried(keyring, "localhost:5000/app"), IsEmpty());
}

TEST(Glob, MatchesAsPathMatchOfGo) {
  const struct {
    const char *pattern, *text;
    bool matches;
  } kRows[] = {{"", "", true},
               {"", "a", false},
               {"*", "", true},
               {"*", "abc", true},
               {"a*c", "abbc", true},
               {"a*c", "abcd", false},
               {"a*bc*d", "abxbcyd", true},
               {"?", "", false},
               {"a?c", "abc", true},
               {"[a-c]", "b", true},
               {"[a-c]", "d", false},
               {"[^a-c]", "d", true},
               {"[]a]", "]", true},
               {"[\\]]", "]", true},
               {"[a", "a", false},
               {"\\*", "*", true},
               {"\\*", "a", false},
               {"*[b-d]e", "abce", true},
               {"**", "x", true},
               {"[a-", "a", false}};
  for (const auto& [pattern, text, matches] : kRows) {
    EXPECT_EQ(MatchesGlob(pattern, text), matches) << pattern << " for " << text;
  }
}

}  // namespace
}  // namespace ordinal::podsync
