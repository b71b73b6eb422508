#include "agent/api/openapi/gnostic.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/api/openapi/document.h"

namespace ordinal::api::openapi {
namespace {

/// The fields of a message: number → values, all of them with a length (strings and messages) but varints, as text.
using Fields = std::multimap<uint64_t, std::string>;

uint64_t Varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 127) << shift;
    if (byte < 128) break;
  }
  return value;
}

Fields Read(std::string_view bytes) {
  Fields fields;
  while (!bytes.empty()) {
    const uint64_t tag = Varint(bytes), value = Varint(bytes);
    if ((tag & 7) == 0) {
      fields.emplace(tag >> 3, std::to_string(value));
      continue;
    }
    EXPECT_EQ(tag & 7, 2U) << "of field " << (tag >> 3);
    EXPECT_LE(value, bytes.size());
    if ((tag & 7) != 2 || value > bytes.size()) return fields;
    fields.emplace(tag >> 3, std::string(bytes.substr(0, value)));
    bytes.remove_prefix(value);
  }
  return fields;
}

std::string Only(const Fields& fields, uint64_t number) {
  EXPECT_EQ(fields.count(number), 1U) << number;
  const auto found = fields.find(number);
  return found == fields.end() ? "" : found->second;
}

/// The message below `bytes` that these fields lead to, each standing once.
std::string At(std::string bytes, std::initializer_list<uint64_t> path) {
  for (const uint64_t number : path) bytes = Only(Read(bytes), number);
  return bytes;
}

TEST(Gnostic, ASchemaIsWrittenWithTheNumbersOfThePublishedProto) {
  const Json schema = {
      {"type", "object"},
      {"description", "a thing"},
      {"required", {"name"}},
      {"properties",
       {{"ports",
         {{"type", "array"}, {"items", {{"$ref", "#/definitions/Port"}}}, {"x-kubernetes-patch-merge-key", "port"}}}}},
      {"additionalProperties", {{"type", "string"}, {"format", "byte"}, {"default", 5}, {"enum", {"TCP"}}}}};
  const std::string named = At(gnostic::NamedDefinition("Thing", schema), {1});
  EXPECT_EQ(At(named, {1}), "Thing");
  const std::string written = At(named, {2});
  EXPECT_EQ(At(written, {4}), "a thing");
  EXPECT_EQ(At(written, {19}), "name");
  EXPECT_EQ(At(written, {22, 1}), "object");
  EXPECT_EQ(At(written, {21, 1, 22, 1}), "string");
  EXPECT_EQ(At(written, {21, 1, 2}), "byte");
  EXPECT_EQ(At(written, {21, 1, 5, 2}), "5\n");
  EXPECT_EQ(At(written, {21, 1, 20, 2}), "\"TCP\"\n");
  const std::string property = At(written, {25, 1});
  EXPECT_EQ(At(property, {1}), "ports");
  EXPECT_EQ(At(property, {2, 23, 1, 1}), "#/definitions/Port");
  EXPECT_EQ(At(property, {2, 31, 1}), "x-kubernetes-patch-merge-key");
  EXPECT_EQ(At(property, {2, 31, 2, 2}), "\"port\"\n");
}

TEST(Gnostic, APathIsWrittenWithTheNumbersOfThePublishedProto) {
  const Json item = {{"patch",
                      {{"operationId", "patchThing"},
                       {"consumes", {"application/json-patch+json"}},
                       {"parameters",
                        {{{"name", "body"}, {"in", "body"}, {"required", true}, {"schema", {{"type", "object"}}}},
                         {{"name", "dryRun"}, {"in", "query"}, {"type", "string"}, {"uniqueItems", true}}}},
                       {"responses", {{"200", {{"description", "OK"}, {"schema", {{"type", "string"}}}}}}},
                       {"x-kubernetes-action", "patch"}}},
                     {"parameters", {{{"name", "name"}, {"in", "path"}, {"type", "string"}, {"required", true}}}}};
  const std::string named = At(gnostic::NamedPath("/things/{name}", item), {2});
  EXPECT_EQ(At(named, {1}), "/things/{name}");
  const std::string patch = At(named, {2, 8});
  EXPECT_EQ(At(patch, {5}), "patchThing");
  EXPECT_EQ(At(patch, {7}), "application/json-patch+json");
  EXPECT_EQ(At(patch, {9, 1, 1}), "200");
  EXPECT_EQ(At(patch, {9, 1, 2, 1, 2, 1, 22, 1}), "string");
  EXPECT_EQ(At(patch, {13, 2, 2}), "\"patch\"\n");
  const Fields fields = Read(patch);
  ASSERT_EQ(fields.count(8), 2U);
  const std::string body = fields.lower_bound(8)->second, query = std::next(fields.lower_bound(8))->second;
  EXPECT_EQ(At(body, {1, 1, 2}), "body");
  EXPECT_EQ(At(body, {1, 1, 4}), "1");
  EXPECT_EQ(At(query, {1, 2, 3, 4}), "dryRun");
  EXPECT_EQ(At(query, {1, 2, 3, 6}), "string");
  EXPECT_EQ(At(query, {1, 2, 3, 20}), "1");
  EXPECT_EQ(At(named, {2, 9, 1, 2, 4, 5}), "string");
}

TEST(Gnostic, TheDocumentHoldsWhatTheJsonHolds) {
  const Fields document = Read(DocumentV2Protobuf());
  const Json json = Json::parse(DocumentV2());
  EXPECT_EQ(Only(document, 1), json["swagger"]);
  EXPECT_EQ(At(Only(document, 2), {1}), json["info"]["title"]);
  std::set<std::string> paths, definitions;
  for (const auto& [number, path] : Read(Only(document, 8))) paths.insert(Only(Read(path), 1));
  for (const auto& [number, definition] : Read(Only(document, 9))) definitions.insert(Only(Read(definition), 1));
  EXPECT_EQ(paths.size(), json["paths"].size());
  EXPECT_EQ(definitions.size(), json["definitions"].size());
  for (const std::string& path : paths) EXPECT_TRUE(json["paths"].contains(path)) << path;
}

}  // namespace
}  // namespace ordinal::api::openapi
