#include "agent/apiserver/rest/content.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>

#include "agent/api/text/json.h"
#include "agent/api/text/yaml.h"
#include "agent/api/text/yaml_scalar.h"
#include "agent/apiserver/rest/status.h"
#include "agent/base/utf8.h"

namespace ordinal::apiserver::rest {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(Trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// The media range "application/json;as=Table;v=v1;g=meta.k8s.io" if it is one of ours.
std::optional<Accept> Serve(const std::string& range) {
  const std::vector<std::string> parts = Split(range, ';');
  const std::string type = Lower(parts[0]);
  Accept accept;
  accept.yaml = type == "application/yaml" || type == "text/yaml";
  if (!accept.yaml && type != "application/json" && type != "application/*" && type != "*/*") return std::nullopt;
  std::map<std::string, std::string> parameters;
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals != std::string::npos) parameters[Lower(parts[i].substr(0, equals))] = parts[i].substr(equals + 1);
  }
  const std::string as = parameters["as"];
  if (as.empty()) return accept;
  accept.version = parameters["v"];
  if (parameters["g"] != "meta.k8s.io" || (accept.version != "v1" && accept.version != "v1beta1")) return std::nullopt;
  if (as == "Table") {
    accept.form = Accept::Form::kTable;
  } else if (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList") {
    accept.form = Accept::Form::kPartial;
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

Result<Accept> ParseAccept(std::string_view header) {
  if (Trimmed(header).empty()) return Accept();
  for (const std::string& range : Split(header, ',')) {
    if (auto accept = Serve(range)) return *accept;
  }
  return MakeError(ErrorCode::kInvalid,
                   "only the following media types are served: application/json, application/yaml; tables and metadata "
                   "of meta.k8s.io/v1 as JSON",
                   "NotAcceptable");
}

std::string MediaType(std::string_view header) { return Lower(Split(header, ';')[0]); }

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
