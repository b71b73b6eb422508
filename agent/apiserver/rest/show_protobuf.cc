#include "agent/apiserver/rest/show_protobuf.h"

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/openapi/more_types.h"
#include "agent/api/protobuf/write.h"
#include "agent/api/text/json_text.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Object;
using api::StructType;

constexpr api::Field kPartialFields[] = {
    {.name = "metadata", .type = api::FieldType::kStruct, .of = &api::schema::kObjectMeta, .tag = 1}};
constexpr StructType kPartialType{"PartialObjectMetadata", kPartialFields};

// Room for an envelope and for what a list's text may grow by beyond the guess made of its first items.
constexpr size_t kEnvelopeBytes = 256;
constexpr size_t kMeasuredItems = 16;
constexpr size_t kSpareMessageBytes = 16 * 1024;

const StructType& TypeOf(const View& view) {
  return view.accept.partial() ? kPartialType : api::SchemaOf(*view.kind, view.version);
}

/// The object's text as its reader asked for it; `made` holds it where it had to be made.
const std::string& TextOf(const View& view, const Object& object, std::string& made) {
  const bool as_stored = view.version == api::ApiVersion(*view.kind);
  if (object.text() != nullptr && (as_stored || view.accept.partial())) return *object.text();
  made = api::JsonText(as_stored ? object.body() : api::Present(*view.kind, object.body(), view.version));
  return made;
}

std::string VersionOf(const View& view) {
  return view.accept.partial() ? "meta.k8s.io/" + view.accept.version : view.version;
}

}  // namespace

std::string ProtobufObject(const View& view, const Object& object) {
  std::string bytes, made;
  api::protobuf::AppendMessage(TypeOf(view), TextOf(view, object, made), bytes);
  api::protobuf::Envelop(VersionOf(view), TypeOf(view).name, 0, bytes);
  return bytes;
}

std::string ProtobufList(const View& view, const std::vector<Object>& items, const ListMeta& meta) {
  std::string bytes, made;
  api::protobuf::AppendField(1, api::openapi::kListMeta, api::JsonText(MetadataOf(meta)), bytes);
  const size_t before = bytes.size();
  size_t done = 0;
  for (const Object& item : items) {
    if (done == kMeasuredItems)
      bytes.reserve(before + (bytes.size() - before) * items.size() / done + kSpareMessageBytes);
    ++done;
    api::protobuf::AppendField(2, TypeOf(view), TextOf(view, item, made), bytes);
  }
  bytes.reserve(bytes.size() + kEnvelopeBytes);
  const std::string kind = view.accept.partial() ? "PartialObjectMetadata" : std::string(view.kind->kind);
  api::protobuf::Envelop(VersionOf(view), kind + "List", 0, bytes);
  return bytes;
}

std::string ProtobufEvent(std::string_view type, std::string_view enveloped) {
  std::string object, event;
  object.reserve(enveloped.size() + 8);
  api::protobuf::AppendBytes(1, enveloped, object);
  api::protobuf::AppendBytes(1, type, event);
  api::protobuf::AppendBytes(2, object, event);
  std::string frame;
  frame.reserve(event.size() + 4);
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(event.size() >> shift & 0xFF);
  return frame += event;
}

}  // namespace ordinal::apiserver::rest
