#include "agent/api/schema/immutable.h"

#include "agent/api/faults.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr int kDepth = 2;  // members of the document, and of its spec

void Check(const StructType& type, const Json& now, const Json& before, const Path& path, int depth, Faults& faults) {
  for (const Field& field : type.fields) {
    const bool inside = depth > 1 && field.type == FieldType::kStruct && field.shape == Shape::kOne;
    if (field.immutable.empty() && !inside) continue;
    const Json& value = Member(now, field.name);
    const Json& old_value = Member(before, field.name);
    if (!field.immutable.empty()) {
      const bool same = value == old_value || (value.empty() && old_value.empty());
      if (!same) faults.Add(path / field.name, field.immutable, "may not change after creation");
    } else {
      Check(*field.of, value, old_value, path / field.name, depth - 1, faults);
    }
  }
}

}  // namespace

void CheckImmutable(const StructType& type, const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  Check(type, body, old_body, Path(), kDepth, faults);
}

}  // namespace ordinal::api
