#include "agent/api/stored.h"

#include "agent/api/kind.h"
#include "agent/api/schema/check.h"

namespace ordinal::api {
Json Completed(Json body) {
  const KindInfo* kind = FindKind(StoreKind(ReadString(body, "apiVersion"), ReadString(body, "kind")));
  if (kind == nullptr || kind->custom != nullptr || ReadString(body, "apiVersion") != ApiVersion(*kind)) return body;
  Json completed = body;
  std::vector<FieldError> ignored;
  if (!CheckSchema(*kind->schema, completed, ignored)) return body;
  if (kind->set_defaults != nullptr) kind->set_defaults(completed);
  if (kind->complete != nullptr) kind->complete(completed);
  return completed;
}

}  // namespace ordinal::api
