// What the blocks of the history are made of: patches of documents and deltas of texts lead to exactly what they were
// made of.
#include <gmock/gmock.h>

#include <random>

#include "agent/store/core/document_patch.h"
#include "agent/store/core/text_delta.h"

namespace ordinal::store {
namespace {

using api::Json;

struct PatchCase {
  const char *from, *to, *patch;
};

TEST(DocumentPatchTest, SaysWhatDiffersAndNothingElse) {
  const std::vector<PatchCase> cases = {
      {R"({"a":1,"b":{"c":2,"d":3}})", R"({"a":1,"b":{"c":2,"d":4}})", R"({"b":{"d":[4]}})"},
      {R"({"a":1,"b":2})", R"({"b":2,"c":[3]})", R"({"a":null,"c":[[3]]})"},
      {R"({"a":1})", R"({"a":null})", R"({"a":[null]})"},
      {R"([1,2,3])", R"([1,5])", R"({"1":[5],"n":2})"},
      {R"([{"a":1}])", R"([{"a":2},{"b":[]}])", R"({"0":{"a":[2]},"1":[{"b":[]}],"n":2})"},
      {R"({"0":7,"n":[1]})", R"({"0":8,"n":[]})", R"({"0":[8],"n":{"n":0}})"},
      {R"({"a":[]})", R"({"a":{}})", R"({"a":[{}]})"},
      {R"(1)", R"(1.0)", R"([1.0])"},
  };
  for (const PatchCase& c : cases) {
    Json document = Json::parse(c.from);
    const auto patch = DocumentPatch(document, Json::parse(c.to));
    ASSERT_TRUE(patch) << c.from;
    EXPECT_EQ(patch->dump(), c.patch);
    ApplyPatch(Json::parse(patch->dump()), document);
    EXPECT_EQ(document.dump(), c.to);
  }
}

TEST(DocumentPatchTest, OfEqualDocumentsThereIsNone) {
  for (const char* text : {"{}", "[]", R"({"a":[1,{"b":null}],"c":"x"})", "null", "1.5"}) {
    EXPECT_FALSE(DocumentPatch(Json::parse(text), Json::parse(text))) << text;
  }
}

std::string AnyText(std::mt19937& random, size_t most) {
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

/// Pieces of `base` in any order, with something between them.
std::string Shuffled(const std::string& base, std::mt19937& random) {
  std::string text;
  for (size_t pieces = random() % 6; pieces > 0; --pieces) {
    const size_t at = random() % (base.size() + 1);
    text += base.substr(at, random() % 200) + AnyText(random, 20);
  }
  return text;
}

TEST(TextDeltaTest, LeadsToExactlyTheText) {
  std::mt19937 random(4);  // the same in every run
  for (int i = 0; i < 3000; ++i) {
    const std::string base = AnyText(random, 600);
    const std::string text = i % 5 == 0 ? AnyText(random, 300) : Shuffled(base, random);
    ASSERT_EQ(ApplyDelta(base, TextDelta(base, text)), text) << i;
  }
  for (const std::string base : {"", "a", "0123456789abcdef", "0123456789abcdef0"}) {
    for (const std::string text : {"", "a", "0123456789abcdef", "x0123456789abcdef0123456789abcdef"}) {
      ASSERT_EQ(ApplyDelta(base, TextDelta(base, text)), text);
    }
  }
}

TEST(TextDeltaTest, OfTextsThatAreMuchAlikeItIsShort) {
  std::mt19937 random(5);  // the same in every run
  const std::string base = AnyText(random, 0) + std::string(500, 'x') + "revision 17" + std::string(3000, 'y') + "end";
  std::string text = base;
  text.replace(500, 11, "revision 20000");
  EXPECT_LT(TextDelta(base, text).size(), 40U);
}

}  // namespace
}  // namespace ordinal::store
