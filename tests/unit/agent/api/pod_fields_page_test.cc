// docs/pod-fields.md says of every field of a pod's spec whether it is honoured, warned about or refused. It is made of
// the kind's table, and of tests/data/api/pod-fields-1.36.txt, the fields of the published API types of
// Kubernetes 1.36.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/unsupported.h"

namespace ordinal::api {
namespace {

constexpr char kPage[] = ORDINAL_SOURCE_DIR "/docs/pod-fields.md";
constexpr char kHead[] = R"(# Fields of a pod

What becomes of each field of a PodSpec of Kubernetes 1.36, type by type. Made of the kind's own table
(`agent/api/kinds/pod`) by a test, which fails when they differ; to write it anew:
`ORDINAL_WRITE_DOCS=1 build/release/tests/unit_api --gtest_filter='PodFieldsPage.*'`.

- **honoured**: done as in the reference; what is otherwise stands in [limits.md](limits.md).
- **warned**: accepted, with a warning that it has no effect.
- **refused**: an error that names the field; with values that ask for nothing it is accepted. What is inside of it is not
  listed. A field that is **not known** is refused by strict clients (`kubectl` is one), and left out with a warning.

Labels, selectors and metadata are as everywhere.
)";

/// Types that are no pod's own.
const std::set<std::string_view> kShared = {"LabelSelector", "ObjectMeta"};

using Fields = std::map<std::string, std::set<std::string>>;  ///< by type

Fields FieldsOfReference() {
  std::ifstream file(std::string(ORDINAL_TEST_DATA) + "/api/pod-fields-1.36.txt");
  EXPECT_TRUE(file.good());
  Fields fields;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    std::istringstream names(line.substr(colon + 2));
    std::set<std::string>& of = fields[line.substr(0, colon)];
    for (std::string name; names >> name;) of.insert(name);
  }
  return fields;
}

/// The types that a pod's spec leads to, in the order in which they are met; `into_refused`: also through refused
/// fields.
std::vector<const StructType*> TypesOfPodSpec(bool into_refused) {
  std::vector<const StructType*> found = {&schema::kPodSpec};
  for (size_t i = 0; i < found.size(); ++i) {
    for (const Field& field : found[i]->fields) {
      if (field.of == nullptr || kShared.contains(field.of->name)) continue;
      if (!into_refused && !field.unsupported.empty() && field.harmless.empty()) continue;
      if (std::find(found.begin(), found.end(), field.of) == found.end()) found.push_back(field.of);
    }
  }
  return found;
}

std::string Plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "\\|";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string RowOf(const Field& field) {
  std::string state = "honoured", words = Plain(field.text);
  const std::string_view word = field.unsupported.empty() ? field.ineffective : field.unsupported;
  if (!word.empty()) {
    state = field.unsupported.empty() ? "warned" : "refused";
    words = Plain(word);
    if (!field.harmless.empty()) words += " (accepted: `" + std::string(field.harmless) + "`)";
  }
  return "| `" + std::string(field.name) + "` | " + state + " | " + words + " |\n";
}

std::string MakePage() {
  std::ostringstream page;
  page << kHead;
  const Fields reference = FieldsOfReference();
  for (const StructType* type : TypesOfPodSpec(false)) {
    page << "\n## " << type->name << "\n| field | state | |\n|---|---|---|\n";
    std::map<std::string, std::string> rows;
    for (const Field& field : type->fields) rows[std::string(field.name)] = RowOf(field);
    const auto listed = reference.find(std::string(type->name));
    if (listed != reference.end()) {
      for (const std::string& name : listed->second) {
        if (!rows.contains(name)) rows[name] = "| `" + name + "` | not known | |\n";
      }
    }
    for (const auto& [name, row] : rows) page << row;
  }
  return page.str();
}

TEST(PodFieldsPage, SaysWhatTheTableSays) {
  const std::string page = MakePage();
  if (std::getenv("ORDINAL_WRITE_DOCS") != nullptr) std::ofstream(kPage) << page;
  std::ifstream file(kPage);
  std::ostringstream written;
  written << file.rdbuf();
  EXPECT_TRUE(written.str() == page)
      << "docs/pod-fields.md is not what the table of the kind says: write it anew with ORDINAL_WRITE_DOCS=1 "
         "build/release/tests/unit_api --gtest_filter='PodFieldsPage.*'";
}

TEST(PodFieldsPage, EveryFieldOfTheReferenceIsKnownOrRefused) {
  Fields known;
  for (const StructType* type : TypesOfPodSpec(true)) {
    for (const Field& field : type->fields) known[std::string(type->name)].emplace(field.name);
  }
  for (const auto& [type, fields] : FieldsOfReference()) {
    if (!known.contains(type)) {
      EXPECT_TRUE(type.starts_with("ContainerRestartRule")) << type << " is a type of no field here";
      continue;
    }
    for (const std::string& field : fields) {
      const std::string full = type + "." + field;
      EXPECT_TRUE(known[type].contains(field)) << full << " is not in the table of the kind";
    }
  }
}

TEST(PodFieldsPage, WhatIsHonouredSaysWhatItDoes) {
  for (const StructType* type : TypesOfPodSpec(false)) {
    for (const Field& field : type->fields) {
      const bool honoured = field.unsupported.empty() && field.ineffective.empty();
      EXPECT_FALSE(honoured && field.text.empty()) << type->name << "." << field.name << " has no text";
    }
  }
}

TEST(PodFieldsPage, WhichNodesASpreadCountsIsWarnedAbout) {
  const Json spec = Json::parse(R"({"topologySpreadConstraints": [
    {"nodeAffinityPolicy": "Ignore", "nodeTaintsPolicy": "Honor"},
    {"nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Ignore"}]})");
  EXPECT_EQ(IneffectiveFields(schema::kPodSpec, spec, "spec").size(), 2U) << "the usual values ask for nothing";
}

TEST(PodFieldsPage, NoFieldIsOfOurOwn) {
  const Fields reference = FieldsOfReference();
  for (const StructType* type : TypesOfPodSpec(true)) {
    const auto listed = reference.find(std::string(type->name));
    if (listed == reference.end()) continue;  // of claims, which have pages of their own
    for (const Field& field : type->fields) {
      EXPECT_TRUE(listed->second.contains(std::string(field.name))) << type->name << "." << field.name;
    }
  }
}

}  // namespace
}  // namespace ordinal::api
