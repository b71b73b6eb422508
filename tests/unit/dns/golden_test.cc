// Every question recorded from a Kubernetes 1.32 cluster (tests/data/dns) gets the recorded answer: rcode, flags and
// the records of each section in any order. Only the SOA's serial and the message id differ from run to run.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::UnorderedElementsAreArray;

struct Recorded {
  std::string title, name, type, rcode, flags;
  std::vector<std::string> answer, authority, additional;
};

/// Words joined by single spaces.
std::string Squeeze(const std::string& line) {
  std::istringstream words(line);
  std::string out, word;
  while (words >> word) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// Hides the serial, the third word of an SOA's data.
std::string HideSerial(const std::string& record) {
  std::istringstream words(record);
  std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  if (all.size() > 6 && all[3] == "SOA") all[6] = "*";
  std::string out;
  for (const std::string& word : all) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string Between(const std::string& line, const std::string& from, const std::string& to) {
  const size_t start = line.find(from) + from.size();
  return line.substr(start, line.find(to, start) - start);
}

std::vector<Recorded> Load(const std::string& file) {
  std::ifstream in(std::string(ORDINAL_TEST_DATA) + "/dns/" + file);
  std::vector<Recorded> all;
  std::vector<std::string>* section = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) {
      all.emplace_back().title = line.substr(3);
      std::istringstream words(all.back().title);
      words >> all.back().name >> all.back().type;
      section = nullptr;
    } else if (line.find("->>HEADER<<-") != std::string::npos) {
      all.back().rcode = Between(line, "status: ", ",");
    } else if (line.starts_with(";; flags: ")) {
      all.back().flags = Between(line, ";; flags: ", ";");
    } else if (line.starts_with(";; ANSWER")) {
      section = &all.back().answer;
    } else if (line.starts_with(";; AUTHORITY")) {
      section = &all.back().authority;
    } else if (line.starts_with(";; ADDITIONAL")) {
      section = &all.back().additional;
    } else if (!line.starts_with(";") && section != nullptr) {
      section->push_back(HideSerial(Squeeze(line)));
    }
  }
  return all;
}

const std::map<std::string, wire::Type> kTypes = {
    {"A", wire::Type::kA},     {"AAAA", wire::Type::kAaaa}, {"SRV", wire::Type::kSrv},
    {"TXT", wire::Type::kTxt}, {"SOA", wire::Type::kSoa},   {"NS", wire::Type::kNs},
    {"ANY", wire::Type::kAny}, {"MX", wire::Type::kMx},     {"PTR", wire::Type::kPtr}};

std::string FlagNames(uint16_t flags) {
  std::string names;
  for (const auto& [flag, name] : std::map<uint16_t, std::string, std::greater<>>{{wire::kFlagQr, "qr"},
                                                                                  {wire::kFlagAa, "aa"},
                                                                                  {wire::kFlagTc, "tc"},
                                                                                  {wire::kFlagRd, "rd"},
                                                                                  {wire::kFlagRa, "ra"}}) {
    if ((flags & flag) != 0) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

void ExpectRecordedAnswers(const std::string& file, const Snapshot& snapshot, size_t questions) {
  size_t asked = 0;
  for (Recorded recorded : Load(file)) {
    SCOPED_TRACE(file + ": " + recorded.title);
    if (recorded.title.starts_with("PTR of")) {
      if (recorded.rcode.empty()) continue;  // nobody had the address any more: nothing was asked
      recorded.name = "3.0.244.10.in-addr.arpa";
      recorded.type = "PTR";
    }
    ++asked;
    ASSERT_TRUE(kTypes.contains(recorded.type)) << recorded.type;
    const Resolved resolved = ResolveMessage(snapshot, Ask(recorded.name, kTypes.at(recorded.type)));
    if (recorded.name == "example.com") {
      // Not ours to answer; the recorded SERVFAIL is the forwarder's (server_test.cc).
      EXPECT_EQ(resolved.outcome.kind, Outcome::Kind::kForward);
      continue;
    }
    ASSERT_EQ(resolved.outcome.kind, Outcome::Kind::kReply);
    EXPECT_EQ(wire::ToString(resolved.reply.rcode), recorded.rcode);
    EXPECT_EQ(FlagNames(resolved.reply.flags), recorded.flags);
    EXPECT_THAT(ToTexts(resolved.reply.answers), UnorderedElementsAreArray(recorded.answer));
    EXPECT_THAT(ToTexts(resolved.reply.authorities), UnorderedElementsAreArray(recorded.authority));
    EXPECT_THAT(ToTexts(resolved.reply.additionals), UnorderedElementsAreArray(recorded.additional));
    ASSERT_TRUE(resolved.reply.edns.has_value());
    EXPECT_EQ(resolved.reply.edns->payload_size, 1232);
  }
  EXPECT_EQ(asked, questions);
}

TEST(RecordedAnswers, TwoReplicas) { ExpectRecordedAnswers("dns-two-replicas.txt", *RecordedCluster(2), 26); }

TEST(RecordedAnswers, HeadlessServiceWithoutPods) { ExpectRecordedAnswers("dns-no-pods.txt", *RecordedCluster(0), 25); }

}  // namespace
}  // namespace ordinal::dns::testing
