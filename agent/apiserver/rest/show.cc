#include "agent/apiserver/rest/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/custom/definition.h"
#include "agent/api/protobuf/json_scan.h"
#include "agent/api/table.h"
#include "agent/api/text/json_text.h"
#include "agent/apiserver/rest/protobuf.h"
#include "agent/apiserver/rest/show_protobuf.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::Object;

// What a list's text may grow by beyond the guess made of its first items, without being moved.
constexpr size_t kGuessedFrom = 16;
constexpr size_t kSpareBytes = 16 * 1024;

std::string MetaVersion(const View& view) { return "meta.k8s.io/" + view.accept.version; }

/// Out of an object's text where it has one: it stays at rest.
void AppendPartial(const View& view, const Object& object, std::string& text) {
  text += "{\"apiVersion\":";
  api::AppendJsonString(MetaVersion(view), text);
  text += ",\"kind\":\"PartialObjectMetadata\",\"metadata\":";
  if (object.text() != nullptr) {
    const std::string_view metadata = api::protobuf::JsonScan::MemberOf(*object.text(), "metadata");
    text += metadata.empty() ? "{}" : metadata;
  } else {
    const Json& metadata = api::Member(object.body(), "metadata");
    text += metadata.is_null() ? "{}" : api::JsonText(metadata);
  }
  text += '}';
}

/// Objects of a custom kind may have been stored when another version was the one to store, or before their version had
/// all defaults that it has now.
bool IsStoredAs(const View& view, const Object& object) {
  if (view.kind->custom == nullptr) return view.version == api::ApiVersion(*view.kind);
  if (IsCompleted(view)) return false;
  if (object.text() == nullptr) return api::ReadString(object.body(), "apiVersion") == view.version;
  return object.text()->starts_with("{\"apiVersion\":\"" + view.version + "\"");
}

void AppendPresented(const View& view, const Object& object, std::string& text) {
  const bool as_stored = IsStoredAs(view, object);
  if (as_stored && object.text() != nullptr) {
    text += *object.text();
    return;
  }
  if (as_stored) return api::AppendJson(object.body(), text);
  api::AppendJson(api::Present(*view.kind, object.body(), view.version), text);
}

void AppendRow(const View& view, const Object& object, std::string& text) {
  const bool as_stored = view.kind->custom == nullptr || IsStoredAs(view, object);
  const Json made = as_stored ? Json() : api::Present(*view.kind, object.body(), view.version);
  text += "{\"cells\":";
  api::AppendJson(api::TableCells(*view.kind, as_stored ? object.body() : made, view.now, view.version), text);
  if (const Json conditions = api::TableRowConditions(*view.kind, object.body()); !conditions.empty()) {
    text += ",\"conditions\":";
    api::AppendJson(conditions, text);
  }
  text += ",\"object\":";
  if (view.include_object == "Object") {
    AppendPresented(view, object, text);
  } else if (view.include_object == "None") {
    text += "null";
  } else {
    AppendPartial(view, object, text);
  }
  text += '}';
}

/// {"apiVersion":…,"kind":…,"metadata":{…} without its end.
std::string Head(std::string_view kind, const std::string& version, const ListMeta& meta) {
  std::string text = api::JsonText({{"kind", kind}, {"apiVersion", version}, {"metadata", MetadataOf(meta)}});
  text.pop_back();
  return text;
}

/// Items with commas between them. Room for all is made once the first ones tell how long they are: a long text that
/// doubles is copied, and its pages are had from the system, twice over.
template <class Append>
void AppendItems(const std::vector<Object>& items, std::string& text, const Append& append) {
  const size_t before = text.size();
  size_t done = 0;
  for (const Object& item : items) {
    if (done == kGuessedFrom) text.reserve(before + (text.size() - before) * items.size() / done + kSpareBytes);
    if (done++ > 0) text += ',';
    append(item);
  }
}

std::string TableText(const View& view, const std::vector<Object>& items, const ListMeta& meta, bool columns) {
  std::string text = Head("Table", MetaVersion(view), meta);
  text += ",\"columnDefinitions\":" +
          (columns ? api::JsonText(api::TableColumnDefinitions(*view.kind, view.version)) : "null");
  text += ",\"rows\":[";
  AppendItems(items, text, [&](const Object& item) { AppendRow(view, item, text); });
  text += "]}";
  return text;
}

void AppendItem(const View& view, const Object& object, std::string& text) {
  if (view.accept.partial()) return AppendPartial(view, object, text);
  AppendPresented(view, object, text);
}

/// The reference's name for where the types of a group are: "core", "apps", "rbac".
std::string_view PackageOf(const api::KindInfo& kind) {
  return kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.'));
}

bool IsOneOf(std::initializer_list<std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

ListMeta MetaOf(const Object& object) { return {object.revision(), "", 0}; }

}  // namespace

View ViewOf(const Call& call) {
  View view{call.route.kind, call.route.held, call.route.version, call.accept, call.with.clock.Now()};
  const std::string_view include = call.request->Query("includeObject");
  if (!include.empty()) view.include_object = include;
  return view;
}

bool IsCompleted(const View& view) {
  return view.kind->custom != nullptr && view.kind->custom->Or(view.version).has_defaults;
}

std::string ShowObject(const View& view, const Object& object) { return ShowEvent(view, object, /*columns=*/true); }

std::string ShowEvent(const View& view, const Object& object, bool columns) {
  if (view.accept.form == Accept::Form::kTable) return TableText(view, {object}, MetaOf(object), columns);
  if (view.accept.protobuf) return ProtobufObject(view, object);
  std::string text;
  AppendItem(view, object, text);
  return text;
}

std::string ShowList(const View& view, const std::vector<Object>& items, const ListMeta& meta) {
  if (view.accept.form == Accept::Form::kTable) return TableText(view, items, meta, /*columns=*/true);
  if (view.accept.protobuf) return ProtobufList(view, items, meta);
  const bool partial = view.accept.partial();
  std::string text = partial ? Head("PartialObjectMetadataList", MetaVersion(view), meta)
                             : Head(api::ListKindOf(*view.kind), view.version, meta);
  text += ",\"items\":[";
  AppendItems(items, text, [&](const Object& item) { AppendItem(view, item, text); });
  text += "]}";
  return text;
}

Json MetadataOf(const ListMeta& meta) {
  Json metadata = {{"resourceVersion", std::to_string(meta.revision)}};
  if (!meta.next.empty()) metadata["continue"] = meta.next;
  if (meta.remaining > 0) metadata["remainingItemCount"] = meta.remaining;
  return metadata;
}

Status CheckShown(const View& view, bool list) {
  const Accept::Form form = view.accept.form;
  if (list && form == Accept::Form::kPartial) {
    return NotAcceptable(
        fmt::format("you requested PartialObjectMetadata, but the requested object is a list (*{}.{}List)",
                    PackageOf(*view.kind), view.kind->kind));
  }
  if (!list && form == Accept::Form::kPartialList) {
    return NotAcceptable(
        fmt::format("you requested PartialObjectMetadataList, but the requested object is not a list (*{}.{})",
                    PackageOf(*view.kind), view.kind->kind));
  }
  if (form != Accept::Form::kTable || IsOneOf({"None", "Metadata", "Object"}, view.include_object)) return {};
  return BadRequest(
      fmt::format("Unable to convert to Table as requested: includeObject: Invalid value: \"{}\": must be "
                  "'Metadata', 'Object', 'None', or empty",
                  view.include_object));
}

http::Response Shown(const Accept& accept, int status, std::string text) {
  if (!accept.protobuf) return Answer(accept, status, std::move(text));
  http::Response response;
  response.status = status;
  response.content_type = kProtobuf;
  response.body = std::move(text);
  return response;
}

http::Response Answer(const Accept& accept, int status, std::string json) {
  http::Response response;
  response.status = status;
  if (accept.yaml) {
    response.content_type = "application/yaml";
    response.body = ToYaml(Json::parse(json));
  } else {
    response.body = std::move(json);
  }
  return response;
}

}  // namespace ordinal::apiserver::rest
