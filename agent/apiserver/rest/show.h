// How objects, lists and watch events look to the client that asked: as they are, as a Table, or as metadata only.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/apiserver/rest/call.h"

namespace ordinal::apiserver::rest {

/// Everything that decides how an object is written; copied into functions that run on other threads.
struct View {
  const api::KindInfo* kind = nullptr;
  std::shared_ptr<const void> held;  ///< keeps `kind` as it is
  std::string version;               ///< apiVersion the client asked in
  Accept accept;
  WallTime now;
  /// Of a table's rows: "None", "Metadata" or "Object" (the query parameter includeObject).
  std::string include_object = "Metadata";
};
View ViewOf(const Call& call);

/// The text of an object depends on more than the object and the version: its kind's description completes it.
bool IsCompleted(const View& view);

/// One object as JSON text, or in protobuf.
std::string ShowObject(const View& view, const api::Object& object);
/// The object of a watch event. A table has its columns in the first event only.
std::string ShowEvent(const View& view, const api::Object& object, bool columns);

struct ListMeta {
  uint64_t revision = 0;
  std::string next;      ///< the continue token; empty: the list is whole
  size_t remaining = 0;  ///< 0: not told
};
/// The same as the document metav1.ListMeta.
api::Json MetadataOf(const ListMeta& meta);
/// A list as JSON text, or in protobuf.
std::string ShowList(const View& view, const std::vector<api::Object>& items, const ListMeta& meta);

/// kInvalid, reason NotAcceptable: metadata of a list asked of one object, or the other way.
Status CheckShown(const View& view, bool list);

/// An answer of JSON text, in YAML for a client that wants it; rest/protobuf.h makes protobuf of it.
http::Response Answer(const Accept& accept, int status, std::string json);
/// An answer of what ShowObject and ShowList made.
http::Response Shown(const Accept& accept, int status, std::string text);

}  // namespace ordinal::apiserver::rest
