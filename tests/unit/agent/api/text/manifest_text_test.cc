// ParseManifest: YAML and JSON text to documents.
#include <gmock/gmock.h>

#include "agent/api/text/json.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<Document> MustParse(const std::string& text) {
  auto documents = ParseManifest(text);
  EXPECT_TRUE(documents.ok()) << documents.error().message;
  return documents.ok() ? std::move(*documents) : std::vector<Document>();
}

const std::pair<const char*, Json> kScalars[] = {
    {"8080", 8080},
    {"'8080'", "8080"},
    {"\"8080\"", "8080"},
    {"yes", true},
    {"No", false},
    {"on", true},
    {"\"on\"", "on"},
    {"true", true},
    {"~", nullptr},
    {"null", nullptr},
    {"", nullptr},
    {"''", ""},
    {"0x1F", 31},
    {"0644", 420},
    {"0o17", 15},
    {"0b11", 3},
    {"1_000", 1000},
    {"-5", -5},
    {"+5", 5},
    {"1.5", 1.5},
    {"3.0", 3},
    {"1e3", 1000},
    {"1.2.3", "1.2.3"},
    {"1Mi", "1Mi"},
    {"0.5", 0.5},
    {".5", 0.5},
    {"-.5", -0.5},
    {"0.0", 0},
    {"5.", 5},
    {"0e3", 0},
    {"-1.5e-3", -0.0015},
    {"0777", 511},
    {"0o14", 12},
    {"-0x1F", -31},
    {"0X1f", 31},
    {"0x", "0x"},
    {"0b2", "0b2"},
    {".", "."},
    {"..", ".."},
    {"1_0.5_0", 10.5},
    {"._5", "._5"},
    {"y", true},
    {"N", false},
    {"off", false},
    {"yEs", "yEs"},
    {"NULL", nullptr},
    {"nUll", "nUll"},
    {"99999999999999999999", 1e20},
    {"2026-11-21T23:15:36Z", "2026-11-21T23:15:36Z"},
    {"!!timestamp 2026-11-21", "2026-11-21"},
    {"!!float 8", 8},
    {"!!bool \"yes\"", true},
    {"!!binary Zm9v", "foo"},
    {"2026-11-21", "2026-11-21"},
    {"12:30", "12:30"},
    {"089", 89},
    {"a b", "a b"},
    {"18446744073709551615", 18446744073709551615u},
    {"!!str 8080", "8080"},
    {"!!int \"8\"", 8},
    {"08", 8},
    {"10.244.0.0/24", "10.244.0.0/24"},
    {"0", 0},
    {"-0", 0},
    {"._", "._"},
};

TEST(ManifestText, ScalarsAreReadByTheRulesOfYaml11) {
  for (const auto& [scalar, expected] : kScalars) {
    const auto documents = MustParse("x: " + std::string(scalar) + "\n");
    ASSERT_EQ(documents.size(), 1u) << scalar;
    EXPECT_EQ(documents[0].body["x"], expected) << scalar;
    EXPECT_EQ(documents[0].body["x"].is_string(), expected.is_string()) << scalar;
  }
}

TEST(ManifestText, KeysAreNames) {
  EXPECT_EQ(MustParse("8080: a\n'on': b\nno: c\n1.5: d\n")[0].body,
            (Json{{"8080", "a"}, {"on", "b"}, {"false", "c"}, {"1.5", "d"}}));
  // kubectl reads a bare y as the boolean, even here; quotes keep it.
  EXPECT_EQ(MustParse("y: a\n'n': b\n")[0].body, (Json{{"true", "a"}, {"n", "b"}}));
}

TEST(ManifestText, SeveralDocumentsAndEmptyOnes) {
  const auto documents = MustParse("# only a comment\n---\na: 1\n---\n---\n# nothing\n---\nb: 2\n");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].line, 3);
  EXPECT_EQ(documents[1].body["b"], 2);
  EXPECT_THAT(MustParse(""), IsEmpty());
  EXPECT_THAT(MustParse("  \n# nothing\n"), IsEmpty());
}

TEST(ManifestText, KeepsTheLineOfEveryField) {
  const auto documents = MustParse(
      "kind: Pod\n"             // 1
      "metadata:\n"             // 2
      "  labels:\n"             // 3
      "    example.com/a: b\n"  // 4
      "spec:\n"                 // 5
      "  containers:\n"         // 6
      "  - name: c\n"           // 7
      "    resources:\n"        // 8
      "      limits:\n"         // 9
      "        cpu: 1\n"        // 10
      "  - image: {a: 1,\n"     // 11
      "            b: 2}\n");   // 12
  const std::pair<const char*, int> cases[] = {
      {"kind", 1},
      {"metadata.labels[example.com/a]", 4},
      {"spec.containers[0]", 7},
      {"spec.containers[0].resources.limits[cpu]", 10},
      {"spec.containers[0].image", 7},
      {"spec.containers[1].image.b", 12},
      {"spec.containers[2].name", 6},
      {"status.phase", 1},
      {"", 1},
  };
  for (const auto& [field, line] : cases) EXPECT_EQ(FindLine(documents[0], field), line) << field;
}

TEST(ManifestText, ListsAreSplitIntoTheirItems) {
  const auto documents = MustParse(
      "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  metadata:\n    name: a\n- kind: List\n  items:\n"
      "  - kind: Service\n    metadata: {name: b}\n");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].body["metadata"]["name"], "a");
  EXPECT_EQ(documents[0].line, 4);
  EXPECT_EQ(FindLine(documents[0], "metadata.name"), 6);
  EXPECT_EQ(documents[1].body["kind"], "Service");
  EXPECT_EQ(FindLine(documents[1], "metadata.name"), 10);
  const auto pods = MustParse("kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: a}\n");
  EXPECT_EQ(pods[0].body, (Json{{"kind", "Pod"}, {"apiVersion", "v1"}, {"metadata", {{"name", "a"}}}}));
  EXPECT_THAT(MustParse("kind: List\nitems:\n"), IsEmpty());
}

TEST(ManifestText, AnchorsAndMergeKeys) {
  const auto documents = MustParse(
      "base: &b {x: 1, w: 2}\nother: &o {w: 3, z: 4}\nuse:\n  <<: *b\n  w: 9\nboth:\n  <<: [*o, *b]\nsame: *b\n");
  EXPECT_EQ(documents[0].body["use"], (Json{{"x", 1}, {"w", 9}}));
  EXPECT_EQ(documents[0].body["both"], (Json{{"x", 1}, {"w", 3}, {"z", 4}}));
  EXPECT_EQ(documents[0].body["same"], (Json{{"x", 1}, {"w", 2}}));
}

TEST(ManifestText, BracketsInTextsAreLetters) {
  const std::string many(300, '[');
  for (const std::string& text :
       {"a: |\n  " + many + "\n\n   " + many + "\nb: 1\n", "\"a\": >-\n " + many + "\nb: 1\n",
        "- |\n " + many + "\n- b: |2\n      " + many + "\n", "a: words " + many + "\n  " + many + "\nb: 1\n",
        "a: \"" + many + "\n  " + many + "\"\nb: '" + many + "''" + many + "'\n",
        "# " + many + "\na: 1 # " + many + "\n",
        "a: {b: '" + many + "', \"c\": \"" + many + "\", d: it's} # " + many + "\n",
        "--- |\n " + many + "\n---\na: 1\n"}) {
    const auto documents = ParseManifest(text);
    EXPECT_TRUE(documents.ok()) << documents.error().message << "\n" << text.substr(0, 20);
  }
}

struct FaultCase {
  std::string text;
  const char* start;
  const char* part;
};
class Faulty : public testing::TestWithParam<FaultCase> {};

TEST_P(Faulty, TextNamesLineAndColumn) {
  const auto documents = ParseManifest(GetParam().text);
  ASSERT_FALSE(documents.ok()) << GetParam().text.substr(0, 80);
  EXPECT_EQ(documents.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(documents.error().message, StartsWith(GetParam().start));
  EXPECT_THAT(documents.error().message, HasSubstr(GetParam().part));
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string Bomb(int levels = 9) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < levels; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 9; ++j) text += ", " + below;
    text += "]\n";
  }
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Faulty,
    testing::Values(
        FaultCase{"a: 1\nb:\n\tc: 2\n", "line 3, column 1: ", "a tab may not"},
        FaultCase{"a: 1\nb: [1, 2\nc: 3\n", "line ", "column"}, FaultCase{"a: 1\n  b: 2\n", "line 2, column ", ""},
        FaultCase{"a: 1\nb:\n  c: 1\n  c: 2\n", "line 4, column 3: ", "\"c\" is there twice"},
        FaultCase{"a: .inf\n", "line 1, column 4: ", "number"}, FaultCase{"a: *nowhere\n", "line 1, column ", ""},
        FaultCase{"a: &a [*a]\n", "line 1, column ", "128 levels"},
        FaultCase{"a: " + std::string(129, '[') + std::string(129, ']'), "line 1, column 132: ", "128 levels"},
        FaultCase{"a: " + std::string(3'000'000, '['), "line 1, column 132: ", "128 levels"},
        FaultCase{"- a: |\n    x\n  b: " + std::string(3'000'000, '['), "line 3, column 134: ", "128 levels"},
        FaultCase{"a: &b" + std::string(3'000'000, '['), "line 1, column 134: ", "128 levels"},
        FaultCase{Repeated("- ", 1000), "line 1, column 257: ", "128 levels"},
        FaultCase{Bomb(), "line ", "more than 100000 values"},
        FaultCase{Repeated("---\n" + Bomb(4), 20), "line ", "more than 100000 values"},
        FaultCase{"a: [" + Repeated("x,", 100'001) + "]", "line 1, column ", "more than 100000 values"},
        FaultCase{Repeated("- a\n", 200'001), "line 200000, column 3: ", "more than 100000 values"},
        FaultCase{"{a: 1}}\n", "line 1, column ", ""}, FaultCase{"{a: 1}\n]\n", "line 1, column ", ""},
        FaultCase{"{\"a\":1e999\"c\":\"d\"},\"e\":null}", "line 1, column 6: ", "the number 1e999 is too large"},
        FaultCase{"{\n \"a\": [-1e400]\n}", "line 2, column 8: the number -1e400 is too large", ""},
        FaultCase{"a: !!set x\n", "line 1, column 4: ", "tag"}, FaultCase{"? [a]\n: b\n", "line 1, column ", "name"},
        FaultCase{"kind: List\nitems: x\n", "line 2, column 1: ", "list"},
        FaultCase{std::string(4 << 20, '#'), "line 1, column 1: ", "3 MiB"},
        FaultCase{"{\n  \"a\": 1,\n  \"b\" 2\n}", "line 3, column ", ""},
        FaultCase{"{\"a\": 1, \"a\": 2}", "line 1, column 10: ", "\"a\" is there twice"},
        FaultCase{"{\"a\": " + std::string(200, '[') + std::string(200, ']') + "}",
                  "line 1, column 134, in the field \"a\": ", "128 levels"},
        FaultCase{"{\"a\": 1} x", "line 1, column ", ""}));

TEST(ManifestText, MustBeUtf8) {
  EXPECT_EQ(MustParse("a: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n")[0].body["a"], "\u00e9\u20ac\U0001F600");
  for (const char* bad :
       {"\xFF", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE2\x82"}) {
    const auto documents = ParseManifest("a: 1\nb: " + std::string(bad) + "\n");
    ASSERT_FALSE(documents.ok());
    EXPECT_THAT(documents.error().message, StartsWith("line 2, column 1: "));
  }
}

TEST(ManifestText, JsonIsReadWithItsLines) {
  const auto documents = MustParse("{\n  \"kind\": \"Pod\",\n  \"metadata\": {\n    \"name\": \"a\"\n  }\n}\n");
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].body["metadata"]["name"], "a");
  EXPECT_EQ(FindLine(documents[0], "metadata.name"), 4);
}

TEST(ManifestText, JsonIsReadAsTheLibraryReadsIt) {
  Json wide = {{"objects", Json::object()}, {"list", Json::array()}};
  for (int i = 0; i < 40'000; ++i) wide["objects"]["o" + std::to_string(i)] = Json::object();
  for (int i = 0; i < 1'000; ++i) wide["list"].push_back({{"a", {1, nullptr, -2.5, "x"}}, {"b", {{"c", true}}}});
  for (const Json& document : {wide, Json({{"deep", {{{1, {2}}, Json::array()}}}}), Json(18446744073709551615U)}) {
    const Result<Json> read = ParseJson(document.dump());
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_TRUE(*read == document);
  }
}

TEST(ManifestText, OfAMemberThatIsThereTwiceTheLastCounts) {
  bool repeats = false;
  const Result<Json> read = ParseJson(R"({"a": {"x": 1}, "b": [{"c": 1, "c": {"d": 2}}], "a": {"y": 2}})", &repeats);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(repeats);
  EXPECT_EQ(*read, Json::parse(R"({"a": {"y": 2}, "b": [{"c": {"d": 2}}]})"));
  EXPECT_FALSE(ParseJson(R"({"a": 1, "a": 2})").ok());
}

}  // namespace
}  // namespace ordinal::api
