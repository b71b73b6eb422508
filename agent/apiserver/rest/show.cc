#include "agent/apiserver/rest/show.h"

#include "agent/api/table.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::Object;

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string MetaVersion(const View& view) { return "meta.k8s.io/" + view.accept.version; }

Json Partial(const View& view, const Json& body) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", MetaVersion(view)},
          {"metadata", api::Member(body, "metadata").is_null() ? Json::object() : body["metadata"]}};
}

Json Presented(const View& view, const Object& object) {
  if (view.version == api::ApiVersion(*view.kind)) return object.body();
  return api::Present(*view.kind, object.body(), view.version);
}

Json Row(const View& view, const Object& object) {
  Json row = {{"cells", api::TableCells(*view.kind, object.body(), view.now)}};
  if (Json conditions = api::TableRowConditions(*view.kind, object.body()); !conditions.empty()) {
    row["conditions"] = std::move(conditions);
  }
  if (view.include_object == "Object") {
    row["object"] = Presented(view, object);
  } else if (view.include_object == "None") {
    row["object"] = nullptr;
  } else {
    row["object"] = Partial(view, object.body());
  }
  return row;
}

/// {"apiVersion":…,"kind":…,"metadata":{…},"<items>":[ without its end.
std::string Head(std::string_view kind, const std::string& version, const ListMeta& meta) {
  Json metadata = {{"resourceVersion", std::to_string(meta.revision)}};
  if (!meta.next.empty()) metadata["continue"] = meta.next;
  if (meta.remaining > 0) metadata["remainingItemCount"] = meta.remaining;
  std::string text = Dump({{"kind", kind}, {"apiVersion", version}, {"metadata", std::move(metadata)}});
  text.pop_back();
  return text;
}

std::string TableText(const View& view, const std::vector<Object>& items, const ListMeta& meta, bool columns) {
  std::string text = Head("Table", MetaVersion(view), meta);
  text += ",\"columnDefinitions\":" + (columns ? Dump(api::TableColumnDefinitions(*view.kind)) : "null");
  text += ",\"rows\":[";
  bool first = true;
  for (const Object& item : items) {
    if (!std::exchange(first, false)) text += ',';
    text += Dump(Row(view, item));
  }
  return text + "]}";
}

ListMeta MetaOf(const Object& object) { return {object.revision(), "", 0}; }

}  // namespace

View ViewOf(const Call& call) {
  View view{call.route.kind, call.route.version, call.accept, call.with.clock.Now()};
  const std::string_view include = call.request->Query("includeObject");
  if (!include.empty()) view.include_object = include;
  return view;
}

std::string ShowObject(const View& view, const Object& object) { return ShowEvent(view, object, /*columns=*/true); }

std::string ShowEvent(const View& view, const Object& object, bool columns) {
  switch (view.accept.form) {
    case Accept::Form::kTable: return TableText(view, {object}, MetaOf(object), columns);
    case Accept::Form::kPartial: return Dump(Partial(view, object.body()));
    case Accept::Form::kObject: break;
  }
  if (view.version == api::ApiVersion(*view.kind)) return Dump(object.body());
  return Dump(Presented(view, object));
}

std::string ShowList(const View& view, const std::vector<Object>& items, const ListMeta& meta) {
  if (view.accept.form == Accept::Form::kTable) return TableText(view, items, meta, /*columns=*/true);
  const bool partial = view.accept.form == Accept::Form::kPartial;
  std::string text = partial ? Head("PartialObjectMetadataList", MetaVersion(view), meta)
                             : Head(std::string(view.kind->kind) + "List", view.version, meta);
  text += ",\"items\":[";
  bool first = true;
  for (const Object& item : items) {
    if (!std::exchange(first, false)) text += ',';
    text += ShowEvent(view, item, false);
  }
  return text + "]}";
}

Response Answer(const Accept& accept, int status, std::string json) {
  Response response;
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
