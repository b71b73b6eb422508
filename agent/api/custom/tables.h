// The schema of a custom kind in the tables that everything else goes by (agent/api/schema.h): server-side apply,
// owners of fields, field selectors. Tables refer to their owner, and live as long as it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "agent/api/custom/schema.h"
#include "agent/api/schema.h"

namespace ordinal::api::custom {

class Tables {
 public:
  Tables() = default;
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  /// The table of a whole object of `schema`; `version` is what the types say they are of.
  const StructType* Whole(const std::string& kind, const Schema& schema, const Version& version);
  /// A text that the tables own.
  std::string_view Keep(std::string text);

 private:
  const StructType* Struct(std::string_view name, const Schema& schema, bool whole);
  Field FieldOf(std::string_view name, const Schema& schema);
  void BecomeList(const Schema& schema, Field& field);
  void BecomeMap(const Schema& schema, Field& field);
  const Field* KeepField(Field field);

  const Version* version_ = nullptr;
  std::deque<std::string> texts_;
  std::deque<std::vector<Field>> fields_;
  std::deque<Field> inner_;
  std::deque<StructType> types_;
};

}  // namespace ordinal::api::custom
