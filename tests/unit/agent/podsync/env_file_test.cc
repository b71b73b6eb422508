#include "agent/podsync/env_file.h"

#include <gmock/gmock.h>

#include "agent/podsync/env.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseEnvFile, TakesWhatAPosixShellWouldTake) {
  const auto read = ParseEnvFile(
      "# a comment\n\n  A='one'\t\nB='two words # no comment'\r\n\t# more\n"
      "LINES='first\n\nthird'\nEMPTY=''\nA='again'\nRAW='$(A) \\n \"'");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(*read, ElementsAre(Pair("A", "again"), Pair("B", "two words # no comment"), Pair("EMPTY", ""),
                                 Pair("LINES", "first\n\nthird"), Pair("RAW", "$(A) \\n \"")));
  EXPECT_TRUE(ParseEnvFile("")->empty());
  EXPECT_TRUE(ParseEnvFile("#")->empty());
}

TEST(ParseEnvFile, NamesTheLineOfAnotherForm) {
  const std::pair<std::string, size_t> cases[] = {
      {"A=one", 1},        {"A='1'\nB", 2},    {"A='1'\n\nB=\"2\"\n", 3}, {"A ='1'", 1},
      {"A= '1'", 1},       {"A='1' B='2'", 1}, {"A='it''s'", 1},          {"='1'", 1},
      {"export A='1'", 1}, {"A='1\n2'x", 1},   {"A='1\n2'\nB='3", 3},     {"A='1' # no", 1},
  };
  for (const auto& [text, line] : cases) {
    const auto read = ParseEnvFile(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().message, fmt::format("line {} is no NAME='value'", line)) << text;
  }
  EXPECT_FALSE(ParseEnvFile(std::string("A='\0'", 5)).ok());
  EXPECT_FALSE(ParseEnvFile("A='\xff'").ok());
}

class FileVariables : public ::testing::Test {
 protected:
  Result<Environment> Build(bool optional = false) {
    Json spec = Spec({}, {"main"});
    spec["containers"][0]["env"] = Json::array(
        {Json{{"name", "MINE"},
              {"valueFrom",
               {{"fileKeyRef", {{"volumeName", "v"}, {"path", "a.env"}, {"key", "THEIRS"}, {"optional", optional}}}}}},
         Json{{"name", "MORE"}, {"value", "<$(MINE)>"}}});
    const api::Pod pod = PodFrom(PodDocument(std::move(spec)));
    return BuildEnv(pod, pod.spec.containers[0], facts_);
  }
  void Put(Result<api::StringMap> file) { facts_.env_files.insert_or_assign({"v", "a.env"}, std::move(file)); }

  EnvFacts facts_;
};

TEST_F(FileVariables, AreThoseOfTheFile) {
  Put(api::StringMap{{"THEIRS", "$(HOME)"}});
  EXPECT_THAT(*Build(), ElementsAre(Pair("MINE", "$(HOME)"), Pair("MORE", "<$(HOME)>")));
}

TEST_F(FileVariables, MayBeMissingWhereTheyAreOptional) {
  Put(api::StringMap{{"OTHER", "x"}});
  EXPECT_THAT(*Build(true), ElementsAre(Pair("MORE", "<$(MINE)>")));
  EXPECT_THAT(Build().error().message, HasSubstr("environment variable key \"THEIRS\" not found"));
  Put(MakeError(ErrorCode::kNotFound, "there is no such file"));
  EXPECT_TRUE(Build(true).ok());
  EXPECT_THAT(Build().error().message, HasSubstr("couldn't parse env file a.env of volume v: there is no such file"));
  EXPECT_EQ(Build().error().reason, "CreateContainerConfigError");
  Put(ParseEnvFile("THEIRS=bare"));
  EXPECT_FALSE(Build(true).ok()) << "a file that cannot be read is no missing one";
}

}  // namespace
}  // namespace ordinal::podsync
