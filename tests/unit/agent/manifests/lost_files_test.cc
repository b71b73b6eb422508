// Files that lost their text or are away for a moment: nothing is removed for that.
#include <gmock/gmock.h>

#include <cstring>

#include "tests/unit/agent/manifests/watcher_fixture.h"

namespace ordinal::manifests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Emptied {
  const char* what;
  std::function<void(const std::string& path)> spoil;
  const char* told;
};

void PrintTo(const Emptied& emptied, std::ostream* out) { *out << emptied.what; }

void CutTo(const std::string& path, const std::string& text) { WriteFile(path, text); }

class AFileThatLostItsText : public ManifestWatcherTest, public testing::WithParamInterface<Emptied> {};

TEST_P(AFileThatLostItsText, SaysSoAndChangesNothing) {
  // Given a set and a service that a file asked for
  Write("both.yaml", std::string(kServiceText) + "---\n" + SetText("3"));
  Start();
  const std::string set = Get(kSetKey).uid(), service = Get(kServiceKey).uid();
  ASSERT_FALSE(set.empty() || service.empty());
  // When the file is there and says nothing that can be read
  GetParam().spoil(PathOf("both.yaml"));
  // Then the file and the reason are told
  EXPECT_THAT(ErrorsOf("both.yaml"), ElementsAre(HasSubstr(GetParam().told)));
  // And both stay, however long that lasts, and across a restart
  for (int i = 0; i < 3; ++i) agent_->clock.Advance(kRemovalWait);
  Start();
  EXPECT_THAT(ErrorsOf("both.yaml"), ElementsAre(HasSubstr(GetParam().told)));
  EXPECT_EQ(Get(kSetKey).uid(), set);
  EXPECT_EQ(Get(kServiceKey).uid(), service);
  // And removing the file removes them
  std::filesystem::remove_all(PathOf("both.yaml"));
  EXPECT_TRUE(Goes(kSetKey));
  EXPECT_TRUE(Goes(kServiceKey));
  EXPECT_TRUE(NoErrors());
}

const Emptied kEmptied[] = {
    {"0 bytes", [](const std::string& path) { CutTo(path, ""); }, "line 1: there is no object in the file"},
    {"white space", [](const std::string& path) { CutTo(path, " \n\n"); }, "there is no object"},
    {"comments", [](const std::string& path) { CutTo(path, "# a\n---\n# b\n"); }, "there is no object"},
    {"a list of nothing", [](const std::string& path) { CutTo(path, "kind: List\napiVersion: v1\nitems: []\n"); },
     "there is no object"},
    {"cut within a field", [](const std::string& path) { CutTo(path, std::string(kServiceText).substr(0, 42)); },
     "line "},
    {"cut at the end of a block",
     [](const std::string& path) { CutTo(path, kServiceText + std::string(4096 - std::strlen(kServiceText), '#')); },
     "the text ends within a line after 4096 bytes"},
    {"zeros at its end", [](const std::string& path) { CutTo(path, kServiceText + std::string(9, '\0')); },
     "line 5: there is a NUL byte"},
    {"not UTF-8", [](const std::string& path) { CutTo(path, "a: \xff\n"); }, "line 1, column 1: the text is not UTF-8"},
    {"a directory in its place",
     [](const std::string& path) {
       std::filesystem::remove(path);
       std::filesystem::create_directory(path);
     },
     "it is no file with a text in it"},
    {"a link that leads nowhere",
     [](const std::string& path) {
       std::filesystem::remove(path);
       std::filesystem::create_symlink("nothing", path);
     },
     "it is a link to a file that is not there"},
};
INSTANTIATE_TEST_SUITE_P(Cases, AFileThatLostItsText, testing::ValuesIn(kEmptied));

TEST_F(ManifestWatcherTest, AFileThatAnEditorTakesAwayAndBringsBackKeepsItsObjects) {
  Write("set.yaml", SetText("3"));
  Start();
  const std::string uid = Get(kSetKey).uid();
  // When an editor moves the file to its backup, and a pass finds it gone
  std::filesystem::rename(PathOf("set.yaml"), PathOf("set.yaml~"));
  ASSERT_TRUE(RunUntil(agent_->io, [&] { return agent_->clock.Pending() == 1; })) << "no pass saw it";
  agent_->clock.Advance(kRemovalWait / 2);
  // And writes the new one
  Write("set.yaml", SetText("5"));
  // Then it is the same object with the change, and no removal is waiting
  EXPECT_TRUE(Becomes(kSetKey, [](const Object& set) { return !set.empty() && set.body()["spec"]["replicas"] == 5; }));
  agent_->clock.Advance(kRemovalWait);
  EXPECT_EQ(Get(kSetKey).uid(), uid);
  EXPECT_EQ(agent_->clock.Pending(), 0u);
}

TEST_F(ManifestWatcherTest, ACopyOfAnObjectIsNotTheFiles) {
  Write("pod.yaml", PodText("a"));
  Start();
  // Given a copy of the pod with all its annotations, as kubectl debug --copy-to makes it
  Json copy = Get(kPodKey).body();
  copy["metadata"] = {{"name", "copy"}, {"annotations", copy["metadata"]["annotations"]}};
  ASSERT_TRUE(RunTask(agent_->io, agent_->client.Create(copy)).ok());
  // When the agent starts again
  Start();
  // Then no file asks for the copy, and it stays; the pod is still the file's
  EXPECT_FALSE(Get({"Pod", "default", "copy"}).empty());
  Remove("pod.yaml");
  EXPECT_TRUE(Goes(kPodKey));
  EXPECT_FALSE(Get({"Pod", "default", "copy"}).empty());
}

TEST_F(ManifestWatcherTest, ADirectoryThatIsMovedAwayRemovesNothing) {
  Write("set.yaml", SetText("3"));
  Start();
  const std::string uid = Get(kSetKey).uid();
  // When the whole directory goes with its files, and when the agent starts without it
  std::filesystem::rename(directory_ / "m", directory_ / "elsewhere");
  EXPECT_THAT(ErrorsOf(""), ElementsAre(HasSubstr("1 objects that came from files in it stay as they are")));
  std::filesystem::remove_all(directory_ / "m");
  Start();
  EXPECT_THAT(ErrorsOf(""), ElementsAre(HasSubstr("stay as they are")));
  agent_->clock.Advance(kRemovalWait * 2);
  EXPECT_EQ(Get(kSetKey).uid(), uid);
  // Then it is used again once it has manifests, and what they do not ask for goes
  Write("pod.yaml", PodText("a"));
  EXPECT_TRUE(Appears(kPodKey));
  EXPECT_TRUE(Goes(kSetKey));
  EXPECT_TRUE(NoErrors());
}

}  // namespace
}  // namespace ordinal::manifests
