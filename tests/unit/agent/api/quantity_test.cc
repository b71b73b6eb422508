#include "agent/api/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace ordinal::api {
namespace {

struct ValueCase {
  const char* text;
  int64_t value, milli;
};

class QuantityValues : public testing::TestWithParam<ValueCase> {};

TEST_P(QuantityValues, AreRoundedAwayFromZero) {
  const auto quantity = Quantity::Parse(GetParam().text);
  ASSERT_TRUE(quantity.ok()) << quantity.error().message;
  EXPECT_EQ(quantity->Value(), GetParam().value);
  EXPECT_EQ(quantity->MilliValue(), GetParam().milli);
}

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
INSTANTIATE_TEST_SUITE_P(
    Texts, QuantityValues,
    testing::Values(ValueCase{"0", 0, 0}, ValueCase{"1", 1, 1000}, ValueCase{"250m", 1, 250}, ValueCase{"0.5", 1, 500},
                    ValueCase{".5", 1, 500}, ValueCase{"1.", 1, 1000}, ValueCase{"-1.5", -2, -1500},
                    ValueCase{"+2", 2, 2000}, ValueCase{"1Ki", 1024, 1024000}, ValueCase{"1Mi", 1048576, 1048576000},
                    ValueCase{"1.5Gi", 1610612736, 1610612736000}, ValueCase{"1k", 1000, 1000000},
                    ValueCase{"12e6", 12000000, 12000000000}, ValueCase{"1E3", 1000, 1000000}, ValueCase{"1e-3", 1, 1},
                    ValueCase{"1n", 1, 1}, ValueCase{"0.1n", 1, 1}, ValueCase{"1E", 1000000000000000000, kMost},
                    ValueCase{"7Ei", 8070450532247928832, kMost}, ValueCase{"8Ei", kMost, kMost},
                    ValueCase{"99999999999999999999999999999999", kMost, kMost}, ValueCase{"1e500", kMost, kMost},
                    ValueCase{"1e-500", 1, 1}, ValueCase{"0e500", 0, 0},
                    ValueCase{"1.000000000000000000000000000001Ki", 1025, 1024001}));

TEST(Quantity, RefusesWhatIsNone) {
  for (const char* text : {"", "Mi", "10Zi", "1.2.3", "1 Mi", "abc", "1e", "--1", "0x10", "1mi", "."}) {
    EXPECT_FALSE(Quantity::Parse(text).ok()) << text;
  }
}

TEST(Quantity, IsWrittenInTheFormTheReferenceStores) {
  const std::pair<const char*, const char*> cases[] = {
      {"1024Mi", "1Gi"},    {"1Mi", "1Mi"},     {"1536Mi", "1536Mi"}, {"0.5", "500m"},     {"1000m", "1"},
      {"1500", "1500"},     {"1000", "1k"},     {"100e3", "100e3"},   {"1e4", "10e3"},     {"512Ki", "512Ki"},
      {"0.5Ki", "512"},     {"0.5Mi", "512Ki"}, {"0Gi", "0"},         {"-1024Ki", "-1Mi"}, {"1025", "1025"},
      {"1025Ki", "1025Ki"}, {"0.1", "100m"},    {"100u", "100u"},
  };
  for (const auto& [text, stored] : cases) {
    const auto canonical = Quantity::Canonical(text);
    ASSERT_TRUE(canonical.ok()) << text;
    EXPECT_EQ(*canonical, stored) << text;
  }
}

TEST(Quantity, AddsAndComparesExactly) {
  const auto of = [](const char* text) { return *Quantity::Parse(text); };
  EXPECT_EQ(of("0.1") + of("0.2"), of("300m"));
  EXPECT_LT(of("999m"), of("1"));
  EXPECT_EQ(of("1Gi"), of("1024Mi"));
  EXPECT_TRUE(of("-1").IsNegative());
  EXPECT_TRUE(of("0m").IsZero());
}

}  // namespace
}  // namespace ordinal::api
