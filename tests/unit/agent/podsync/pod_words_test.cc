// What containers say when they end, whatever bytes that is: it is stored, and nobody's end waits for it.
#include <gmock/gmock.h>

#include "agent/base/utf8.h"
#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

/// A pod that says one thing when it ends.
struct Speaker {
  std::string name, said;
  bool by_log = false;
};

class PodWords : public ::testing::Test {
 protected:
  void Start(const Speaker& speaker) {
    Json spec = Spec({}, {"main"}, "Never");
    if (speaker.by_log) spec["containers"][0]["terminationMessagePolicy"] = "FallbackToLogsOnError";
    host_.Apply(std::move(spec), speaker.name);
  }

  void EndWith(const Speaker& speaker) {
    const std::string uid = host_.Object(speaker.name).uid();
    const std::string line = "2026-11-21T23:15:36.123456789Z stdout F " + speaker.said + "\n";
    const std::string log = fmt::format("{}/default_{}_{}/main/0.log", host_.directory / "logs", speaker.name, uid);
    fakes::WriteFile(speaker.by_log ? log : host_.layout.TerminationLog(uid, "main", "0"),
                     speaker.by_log ? line : speaker.said);
    const cri::Container* container = host_.runtime.Find(speaker.name, "main");
    ASSERT_NE(container, nullptr) << speaker.name;
    host_.runtime.ExitContainer(container->id, 1);
  }

  /// The message that is stored of how it ended.
  std::string Stored(const Speaker& speaker) {
    const Json status = host_.StatusOf(speaker.name);
    const Json& list = api::Member(status, "containerStatuses");
    if (!list.is_array() || list.empty()) return "nothing is stored";
    return api::ReadString(api::Member(list[0]["state"], "terminated"), "message", "it has not ended");
  }

  void CheckAndDelete(const std::vector<Speaker>& speakers) {
    for (const Speaker& speaker : speakers) {
      EXPECT_EQ(host_.Phase(speaker.name), "Failed") << speaker.name;
      const std::string expected =
          speaker.by_log ? ValidTail(speaker.said + "\n", 2048) : ValidTail(speaker.said, 4096);
      EXPECT_EQ(Stored(speaker), expected) << speaker.name;
      host_.Delete({}, speaker.name);
    }
    host_.Settle();  // no time passes
    for (const Speaker& speaker : speakers) EXPECT_TRUE(host_.Object(speaker.name).empty()) << speaker.name;
    EXPECT_EQ(host_.workers(), 0U);
  }

  Host host_;
};

TEST_F(PodWords, BytesThatAreNoTextWedgeNoPod) {
  const std::vector<Speaker> speakers = {
      {"no-text", "last \xFF words"},
      {"cut-in-a-character", "price: \xE2\x82"},
      {"begins-in-a-character", std::string(4095, 'x') + "\xE2\x82\xAC"},
      {"control", std::string("a\0b\x1B[31m\x07", 9)},
      {"log", "last \xFF words", true},
      {"long-log", "\xE2\x82\xAC" + std::string(2046, 'x'), true},
  };
  host_.StartAgent();
  for (const Speaker& speaker : speakers) Start(speaker);
  host_.Settle();
  for (const Speaker& speaker : speakers) EndWith(speaker);
  host_.Pass(std::chrono::milliseconds(10));  // the runtime's records come a moment later
  CheckAndDelete(speakers);
}

TEST_F(PodWords, AThousandOfRandomBytes) {
  host_.StartAgent();
  SeededRandom random(20260101);
  for (int round = 0; round < 20; ++round) {
    std::vector<Speaker> speakers;
    for (int i = 0; i < 50; ++i) {
      Speaker& speaker = speakers.emplace_back();
      speaker.name = fmt::format("p{}-{}", round, i);
      speaker.by_log = random.Next() % 2 == 0;
      const bool text = random.Next() % 4 == 0;  // mostly readable, and so cut in the middle of characters
      const size_t length = 1 + random.Next() % (speaker.by_log ? 6000 : 5000);
      while (speaker.said.size() < length) {
        const auto byte = static_cast<char>(random.Next());
        if (speaker.by_log && byte == '\n') continue;  // one line, of which the tail is known
        speaker.said += text && random.Next() % 20 != 0 ? std::string("\xE2\x82\xAC") : std::string(1, byte);
      }
      Start(speaker);
    }
    host_.Settle();
    for (const Speaker& speaker : speakers) EndWith(speaker);
    host_.Pass(std::chrono::milliseconds(10));
    CheckAndDelete(speakers);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace ordinal::podsync
