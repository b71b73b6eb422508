#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "dns/wire/message.h"
#include "dns/wire/query.h"
#include "dns/wire/reader.h"
#include "tests/unit/dns/dns_fixture.h"

namespace ordinal::dns::testing {
namespace {

using ::testing::HasSubstr;
using wire::Verdict;

std::vector<uint8_t> FromText(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Name, TextRoundTrips) {
  struct Case {
    std::string text, printed;
  };
  for (const Case& c : std::vector<Case>{{".", "."},
                                         {"a", "a."},
                                         {"kubia-0.kubia.default.svc.cluster.local", ""},
                                         {"_http._tcp.kubia.", "_http._tcp.kubia."},
                                         {"with\\.dot.x", "with\\.dot.x."},
                                         {"\\000\\255.x", "\\000\\255.x."},
                                         {"MiXed.Case", "MiXed.Case."}}) {
    SCOPED_TRACE(c.text);
    const auto name = wire::Name::FromText(c.text);
    ASSERT_TRUE(name.ok());
    EXPECT_EQ(name->ToText(), c.printed.empty() ? c.text + "." : c.printed);
    EXPECT_TRUE(*wire::Name::FromText(name->ToText()) == *name);
  }
}

TEST(Name, WhatIsNoNameIsRefused) {
  const std::string label63(63, 'a');
  const std::string longest = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'a');
  EXPECT_EQ(wire::Name::FromText(longest)->size(), 255U);
  for (const std::string& text : std::vector<std::string>{"", "..", "a..b", ".a", label63 + "a", longest + "a", "a\\",
                                                          "a\\1", "a\\256", "a\\12x"}) {
    SCOPED_TRACE(text);
    const auto name = wire::Name::FromText(text);
    ASSERT_FALSE(name.ok());
    EXPECT_EQ(name.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(name.error().message, HasSubstr(text));
  }
}

TEST(Name, IsComparedByWholeLabelsWithoutCase) {
  struct Case {
    const char *name, *ancestor;
    bool below;
  };
  for (const Case& c : std::vector<Case>{{"a.Cluster.LOCAL", "cluster.local", true},
                                         {"cluster.local", "cluster.local", true},
                                         {"acluster.local", "cluster.local", false},
                                         {"local", "cluster.local", false},
                                         {"cluster.local.x", "cluster.local", false},
                                         {"a.b", ".", true},
                                         // Bytes that look like the ancestor, but within one label.
                                         {"x\\007cluster\\005local", "cluster.local", false}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(NameOf(c.name).IsAtOrBelow(NameOf(c.ancestor)), c.below);
  }
}

TEST(Name, ChildAndParentAreOpposites) {
  const wire::Name zone = NameOf("cluster.local");
  EXPECT_TRUE(zone.Child("svc")->Parent() == zone);
  EXPECT_EQ(zone.Child("a.b")->ToText(), "a\\.b.cluster.local.");
  EXPECT_FALSE(zone.Child("").has_value());
  EXPECT_FALSE(zone.Child(std::string(64, 'a')).has_value());
  const std::string label(63, 'a');
  EXPECT_FALSE(zone.Child(label)->Child(label)->Child(label)->Child(label).has_value());
  EXPECT_TRUE(wire::Name().Parent().IsRoot());
}

wire::Message EveryKindOfRecord() {
  wire::Message message = Ask("kubia.default.svc.cluster.local", wire::Type::kAny);
  message.flags |= wire::kFlagQr | wire::kFlagAa;
  message.rcode = wire::Rcode::kNxDomain;
  const wire::Name owner = NameOf("kubia.default.svc.cluster.local");
  const auto add = [&](std::vector<wire::Record>& section, wire::Type type, wire::Rdata data) {
    section.push_back({owner, type, wire::kClassIn, 5, std::move(data)});
  };
  add(message.answers, wire::Type::kA, wire::AddressV4{{10, 244, 0, 3}});
  add(message.answers, wire::Type::kAaaa, wire::AddressV6{{0xFD, 1, 2, 3}});
  add(message.answers, wire::Type::kSrv, wire::SrvData{0, 50, 80, NameOf("kubia-0.kubia.default.svc.cluster.local")});
  add(message.answers, wire::Type::kPtr, wire::NameData{owner});
  add(message.answers, wire::Type::kCname, wire::NameData{NameOf("db.example.org")});
  add(message.answers, wire::Type::kNs, wire::NameData{NameOf("ns.dns.cluster.local")});
  add(message.answers, wire::Type::kMx, wire::MxData{10, NameOf("mail.cluster.local")});
  add(message.answers, wire::Type::kTxt, wire::TxtData{{"1.1.0", "", std::string(255, 'x')}});
  add(message.answers, static_cast<wire::Type>(65), wire::RawData{{0, 1, 0xC0, 0x0C}});
  add(message.authorities, wire::Type::kSoa,
      wire::SoaData{NameOf("ns.dns.cluster.local"), NameOf("hostmaster.cluster.local"), 1, 2, 3, 4, 5});
  add(message.additionals, wire::Type::kA, wire::AddressV4{{1, 2, 3, 4}});
  return message;
}

TEST(Message, EveryKindOfRecordRoundTrips) {
  wire::Message message = EveryKindOfRecord();
  EXPECT_TRUE(*wire::Decode(Bytes(message)) == message);
  message.rcode = wire::Rcode::kBadVers;  // the extended part travels in the OPT record
  message.edns = wire::Edns{4096, 3, true};
  EXPECT_TRUE(*wire::Decode(Bytes(message)) == message);
  message.rcode = wire::Rcode::kNoError;
  message.edns.reset();
  EXPECT_TRUE(*wire::Decode(Bytes(message)) == message);
}

TEST(Message, RepeatedNamesAreCompressed) {
  const std::vector<uint8_t> bytes = Bytes(EveryKindOfRecord());
  const std::string text(bytes.begin(), bytes.end());
  // Once in the question, once in the SRV target, which must stay whole (RFC 2782).
  size_t count = 0;
  for (size_t at = text.find("cluster"); at != std::string::npos; at = text.find("cluster", at + 1)) ++count;
  EXPECT_EQ(count, 2U);
}

TEST(Message, WhatDoesNotFitIsLeftOutAtRecordBoundaries) {
  wire::Message message = Ask("a.b", wire::Type::kA);
  for (uint8_t i = 0; i < 100; ++i) {
    message.answers.push_back({NameOf("a.b"), wire::Type::kA, wire::kClassIn, 5, wire::AddressV4{{10, 0, 0, i}}});
  }
  message.authorities.push_back({NameOf("b"), wire::Type::kNs, wire::kClassIn, 5, wire::NameData{NameOf("ns.b")}});
  const auto bytes = wire::Encode(message, 512);
  ASSERT_TRUE(bytes.ok());
  EXPECT_LE(bytes->size(), 512U);
  EXPECT_GT(bytes->size() + 16, 512U) << "one more record would have fitted";
  const auto cut = wire::Decode(*bytes);
  ASSERT_TRUE(cut.ok());
  EXPECT_NE(cut->flags & wire::kFlagTc, 0);
  EXPECT_TRUE(cut->edns.has_value());
  EXPECT_TRUE(cut->authorities.empty());
  EXPECT_TRUE(std::equal(cut->answers.begin(), cut->answers.end(), message.answers.begin()));
}

TEST(Message, DataNoRecordCanCarryIsRefused) {
  for (const auto& [type, data] : std::vector<std::pair<wire::Type, wire::Rdata>>{
           {wire::Type::kTxt, wire::TxtData{{std::string(256, 'x')}}},
           {wire::Type::kA, wire::AddressV6{}},
           {wire::Type::kOpt, wire::RawData{}},
           {wire::Type::kSrv, wire::RawData{}},
           {static_cast<wire::Type>(65), wire::AddressV4{}},
           {static_cast<wire::Type>(65), wire::RawData{std::vector<uint8_t>(70000)}}}) {
    wire::Message message = Ask("a", type);
    message.answers.push_back({NameOf("a"), type, wire::kClassIn, 5, data});
    EXPECT_FALSE(wire::Encode(message, wire::kMaxMessageSize).ok()) << wire::ToString(type);
  }
}

TEST(Reader, PointersThatCouldLoopAreRefused) {
  struct Case {
    const char* name;
    std::string bytes;
    size_t start;
    bool good;
  };
  using std::string_literals::operator""s;
  for (const Case& c : std::vector<Case>{{"backward", "\1a\0\1b\xC0\0"s, 3, true},
                                         {"to itself", "\xC0\0"s, 0, false},
                                         {"forward", "\xC0\2\1a\0"s, 0, false},
                                         {"two that point at each other", "\xC0\2\xC0\0"s, 2, false},
                                         {"into its own labels", "\1a\xC0\0"s, 0, false},
                                         {"cut in the middle", "\1a\0\xC0"s, 3, false},
                                         {"label past the end", "\5ab"s, 0, false},
                                         {"no end", "\1a"s, 0, false},
                                         {"reserved label type", "\x41"s + "a\0"s, 0, false}}) {
    SCOPED_TRACE(c.name);
    const std::vector<uint8_t> bytes = FromText(c.bytes);
    wire::Reader reader(bytes);
    ASSERT_TRUE(reader.Skip(c.start));
    wire::Name name;
    EXPECT_EQ(reader.ReadName(name), c.good);
    if (c.good) {
      EXPECT_EQ(name.ToText(), "b.a.");
      EXPECT_EQ(reader.left(), 0U);
    }
  }
}

TEST(Reader, ANameThatGrowsTooLongThroughPointersIsRefused) {
  // Given a chain of 63-byte labels, each followed by a pointer to the one before.
  std::vector<uint8_t> bytes = {0};
  size_t before = 0;
  wire::Name name;
  for (int i = 1; i <= 4; ++i) {
    const size_t here = bytes.size();
    bytes.push_back(63);
    bytes.insert(bytes.end(), 63, 'x');
    bytes.push_back(0xC0 | static_cast<uint8_t>(before >> 8));
    bytes.push_back(static_cast<uint8_t>(before));
    before = here;
    wire::Reader reader(bytes);
    ASSERT_TRUE(reader.Skip(here));
    EXPECT_EQ(reader.ReadName(name), i <= 3) << i << " labels";
  }
}

TEST(Query, VerdictsOfRequests) {
  const wire::Message good = Ask("Kubia.Default", wire::Type::kSrv);
  const auto changed = [&](const std::function<void(std::vector<uint8_t>&)>& change) {
    std::vector<uint8_t> bytes = Bytes(good);
    change(bytes);
    return bytes;
  };
  const std::vector<uint8_t> whole = Bytes(good);
  const std::vector<uint8_t> opt(whole.end() - wire::kOptSize, whole.end());
  struct Case {
    const char* name;
    std::vector<uint8_t> bytes;
    Verdict verdict;
  };
  for (const Case& c :
       std::vector<Case>{{"good", Bytes(good), Verdict::kQuestion},
                         {"trailing bytes", changed([](auto& b) { b.push_back(1); }), Verdict::kQuestion},
                         {"empty", {}, Verdict::kDrop},
                         {"shorter than a header", std::vector<uint8_t>(11), Verdict::kDrop},
                         {"a response", changed([](auto& b) { b[2] |= 0x80; }), Verdict::kDrop},
                         {"opcode NOTIFY", changed([](auto& b) { b[2] |= 4 << 3; }), Verdict::kNotImp},
                         {"opcode UPDATE", changed([](auto& b) { b[2] |= 5 << 3; }), Verdict::kNotImp},
                         {"no question", changed([](auto& b) { b[5] = 0; }), Verdict::kFormErr},
                         {"two questions", changed([](auto& b) { b[5] = 2; }), Verdict::kFormErr},
                         {"cut in the name", changed([](auto& b) { b.resize(16); }), Verdict::kFormErr},
                         {"cut in the type", changed([](auto& b) { b.resize(29); }), Verdict::kFormErr},
                         {"pointer in the question", changed([](auto& b) { b[12] = 0xC0; }), Verdict::kFormErr},
                         {"missing record", changed([](auto& b) { b[11] = 2; }), Verdict::kFormErr},
                         {"two OPT records", changed([&](auto& b) {
                            b[11] = 2;
                            b.insert(b.end(), opt.begin(), opt.end());
                          }),
                          Verdict::kFormErr},
                         {"OPT among the answers", changed([](auto& b) { std::swap(b[11], b[7]); }), Verdict::kFormErr},
                         {"OPT data past the end", changed([](auto& b) { b.back() = 1; }), Verdict::kFormErr},
                         {"EDNS version 1", changed([](auto& b) { b[b.size() - 5] = 1; }), Verdict::kBadVers}}) {
    SCOPED_TRACE(c.name);
    wire::Query query;
    EXPECT_EQ(wire::ParseQuery(c.bytes, query), c.verdict);
  }
}

TEST(Query, IsReadInLowerCaseWithItsOptions) {
  wire::Message message = Ask("KUBIA-0.kubia", wire::Type::kAaaa);
  message.edns = wire::Edns{1400, 0, true};
  const std::vector<uint8_t> bytes = Bytes(message);
  wire::Query query;
  ASSERT_EQ(wire::ParseQuery(bytes, query), Verdict::kQuestion);
  EXPECT_EQ(query.name(), NameOf("kubia-0.kubia").wire());
  EXPECT_EQ(query.id, 0x1234);
  EXPECT_EQ(query.type, wire::Type::kAaaa);
  EXPECT_TRUE(query.dnssec_ok);
  EXPECT_EQ(query.payload_size, 1400);
  EXPECT_EQ(wire::Load16(bytes.data() + query.opt_offset), 1400);
}

TEST(Query, UdpLimitIsBetween512And1232) {
  for (const auto& [payload, limit] : std::vector<std::pair<uint16_t, size_t>>{
           {0, 512}, {511, 512}, {512, 512}, {900, 900}, {1232, 1232}, {65535, 1232}}) {
    wire::Message message = Ask("a", wire::Type::kA);
    message.edns->payload_size = payload;
    wire::Query query;
    ASSERT_EQ(wire::ParseQuery(Bytes(message), query), Verdict::kQuestion);
    EXPECT_EQ(query.UdpLimit(), limit) << payload;
  }
  wire::Query query;
  ASSERT_EQ(wire::ParseQuery(Bytes(Ask("a", wire::Type::kA, false)), query), Verdict::kQuestion);
  EXPECT_EQ(query.UdpLimit(), 512U);
}

/// Random changes of good messages: bits, lengths, counts. The codec must neither crash nor read past the end (the
/// address sanitizer watches) and whatever it takes it must be able to write again.
TEST(HostileBytes, MutatedMessagesAreReadSafely) {
  std::mt19937 random(20261122);
  const std::vector<std::vector<uint8_t>> seeds = {Bytes(EveryKindOfRecord()), Bytes(Ask("a.b.c", wire::Type::kA))};
  const auto snapshot = RecordedCluster(3);
  std::vector<uint8_t> out(wire::kMaxMessageSize);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bytes = seeds[random() % seeds.size()];
    for (size_t changes = 1 + random() % 8; changes > 0; --changes) {
      bytes[random() % bytes.size()] = random() % 4 == 0 ? 0xC0 : static_cast<uint8_t>(random());
    }
    if (random() % 3 == 0) bytes.resize(random() % bytes.size());
    const std::vector<uint8_t> exact(bytes.begin(), bytes.end());  // no spare capacity behind the end
    const auto message = wire::Decode(exact);
    if (message.ok()) {
      ++accepted;
      const auto again = wire::Encode(*message, wire::kMaxMessageSize);
      ASSERT_TRUE(again.ok());
      EXPECT_TRUE(*wire::Decode(*again) == *message) << "round " << round;
    }
    wire::Query query;
    const Outcome outcome =
        Resolve(*snapshot, exact, Transport::kUdp, random(), wire::MutableBytes(out).first(1232), query);
    if (outcome.size > 0) {
      EXPECT_TRUE(wire::Decode(wire::Bytes(out).first(outcome.size)).ok()) << "round " << round;
    }
  }
  EXPECT_GT(accepted, 1000U) << "the changes are too wild to test anything but the header";
}

}  // namespace
}  // namespace ordinal::dns::testing
