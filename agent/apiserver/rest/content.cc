#include "agent/apiserver/rest/content.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>

#include "agent/api/text/json.h"
#include "agent/api/text/yaml.h"
#include "agent/api/text/yaml_scalar.h"
#include "agent/apiserver/discovery/accept.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/status.h"
#include "agent/base/utf8.h"

namespace ordinal::apiserver::rest {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// One entry of Accept, if it is one of ours.
std::optional<Accept> Serve(const discovery::MediaType& range, bool has_protobuf) {
  Accept accept;
  accept.yaml = range.type == "application/yaml" || range.type == "text/yaml";
  accept.protobuf = range.type == kProtobuf;
  if (!accept.yaml && !accept.protobuf && !discovery::Accepts(range, "application/json")) return std::nullopt;
  const auto parameter = [&range](const char* name) {
    const auto found = range.params.find(name);
    return found == range.params.end() ? std::string() : found->second;
  };
  const std::string as = parameter("as");
  if (as.empty()) return accept.protobuf && !has_protobuf ? std::nullopt : std::optional(accept);
  accept.version = parameter("v");
  if (parameter("g") != "meta.k8s.io" || (accept.version != "v1" && accept.version != "v1beta1")) return std::nullopt;
  if (as == "Table" && !accept.protobuf) {
    accept.form = Accept::Form::kTable;
  } else if (as == "PartialObjectMetadata") {
    accept.form = Accept::Form::kPartial;
  } else if (as == "PartialObjectMetadataList") {
    accept.form = Accept::Form::kPartialList;
  } else {
    return std::nullopt;
  }
  return accept;
}

Result<api::Json> ParseYamlBody(const std::string& body, std::vector<std::string>& repeats) {
  if (FirstBadByte(body) != body.size()) return BadRequest("the body is not UTF-8");
  TRY(auto documents, api::ParseYaml(body, &repeats));
  if (documents.size() != 1) {
    return BadRequest("the body has " + std::to_string(documents.size()) + " YAML documents, one is wanted");
  }
  return std::move(documents[0].body);
}

/// Whether a text reads as itself without quotes: not as a number, a boolean or null, and without YAML's own signs.
bool IsPlain(const std::string& text) {
  constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./_";
  if (text.empty() || text.find_first_not_of(kSafe) != std::string::npos || text.front() == '-') return false;
  const auto read = api::ResolveScalar(text);
  return read.ok() && read->is_string();
}

void Emit(const api::Json& value, YAML::Emitter& out) {
  switch (value.type()) {
    case api::Json::value_t::object:
      if (value.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& [name, member] : value.items()) {
        out << YAML::Key << name << YAML::Value;
        Emit(member, out);
      }
      out << YAML::EndMap;
      return;
    case api::Json::value_t::array:
      if (value.empty()) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const auto& item : value) Emit(item, out);
      out << YAML::EndSeq;
      return;
    case api::Json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      if (!IsPlain(text)) out << YAML::DoubleQuoted;
      out << text;
      return;
    }
    default: out << value.dump(); return;
  }
}

}  // namespace

Result<Accept> ParseAccept(std::string_view header, bool has_protobuf, bool has_tables) {
  if (Trimmed(header).empty()) return Accept();
  for (const discovery::MediaType& range : discovery::ParseAccept(header)) {
    const auto accept = Serve(range, has_protobuf);
    if (accept && (has_tables || accept->form != Accept::Form::kTable)) return *accept;
  }
  return NotAcceptable(std::string("only the following media types are accepted: application/json, application/yaml") +
                       (has_protobuf ? ", application/vnd.kubernetes.protobuf" : ""));
}

Error NotAcceptable(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "NotAcceptable"); }

std::string MediaType(std::string_view header) { return Lower(Trimmed(header.substr(0, header.find(';')))); }

Result<api::Json> ParseBody(std::string_view content_type, const std::string& body, Repeats& repeats) {
  const std::string type = MediaType(content_type);
  const bool yaml = type == "application/yaml" || type == "text/yaml" || type == "application/apply-patch+yaml";
  if (!yaml && !type.empty() && type != "application/json") {
    return MakeError(ErrorCode::kInvalid,
                     "the content type \"" + type + "\" is not read; send application/json or application/yaml",
                     "UnsupportedMediaType");
  }
  auto parsed = yaml ? ParseYamlBody(body, repeats.lines) : api::ParseJson(body, &repeats.json);
  if (parsed.ok()) return parsed;
  return BadRequest("the body cannot be read: " + parsed.error().message);
}

std::string ToYaml(const api::Json& document) {
  YAML::Emitter out;
  Emit(document, out);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace ordinal::apiserver::rest
