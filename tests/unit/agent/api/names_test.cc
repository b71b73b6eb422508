#include "agent/api/names.h"

#include <gtest/gtest.h>

namespace ordinal::api {
namespace {

struct NameCase {
  Complaint (*check)(std::string_view);
  std::string text;
  bool valid;
};

class Names : public testing::TestWithParam<NameCase> {};

TEST_P(Names, FollowTheirSyntax) {
  const auto complaint = GetParam().check(GetParam().text);
  EXPECT_EQ(!complaint.has_value(), GetParam().valid) << GetParam().text << ": " << complaint.value_or("valid");
}

const std::string k63(63, 'a'), k64(64, 'a');
INSTANTIATE_TEST_SUITE_P(
    Rules, Names,
    testing::Values(
        NameCase{CheckDnsLabel, "a-1", true}, NameCase{CheckDnsLabel, "1a", true}, NameCase{CheckDnsLabel, k63, true},
        NameCase{CheckDnsLabel, k64, false}, NameCase{CheckDnsLabel, "A", false}, NameCase{CheckDnsLabel, "a-", false},
        NameCase{CheckDnsLabel, "a.b", false}, NameCase{CheckDnsLabel, "", false},
        NameCase{CheckDns1035Label, "a1", true}, NameCase{CheckDns1035Label, "1a", false},
        NameCase{CheckDnsSubdomain, "a.b-c.1", true}, NameCase{CheckDnsSubdomain, "a..b", false},
        NameCase{CheckDnsSubdomain, "Bad_Name", false}, NameCase{CheckDnsSubdomain, std::string(254, 'a'), false},
        NameCase{CheckQualifiedName, "app", true}, NameCase{CheckQualifiedName, "example.com/App_1.x", true},
        NameCase{CheckQualifiedName, "/app", false}, NameCase{CheckQualifiedName, "a/b/c", false},
        NameCase{CheckQualifiedName, "-a", false}, NameCase{CheckQualifiedName, k64, false},
        NameCase{CheckLabelValue, "", true}, NameCase{CheckLabelValue, "V_1.x", true},
        NameCase{CheckLabelValue, "a b", false}, NameCase{CheckLabelValue, k64, false},
        NameCase{CheckPortName, "http", true}, NameCase{CheckPortName, "80", false},
        NameCase{CheckPortName, "a--b", false}, NameCase{CheckPortName, "sixteen-letters1", false},
        NameCase{CheckEnvName, "A.b-C", true}, NameCase{CheckEnvName, "A=B", false}, NameCase{CheckEnvName, "", false},
        NameCase{CheckInnerPath, "a/..b", true}, NameCase{CheckInnerPath, "/a", false},
        NameCase{CheckInnerPath, "a/../b", false}, NameCase{CheckAddress, "10.0.0.1", true},
        NameCase{CheckAddress, "::1", true}, NameCase{CheckAddress, "10.0.0", false}));

}  // namespace
}  // namespace ordinal::api
