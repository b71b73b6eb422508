// Fields of which one choice rules others out: an update strategy and its parameters, a volume and its source, a
// service's type and what only some types have. Defaults that were filled in for the old choice must not stand in the
// way of a new one that was written without them. Pure.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api {

/// What a type's choices rule out (StructType::choices).
struct ChoiceRule {
  /// Takes out of `next` what only the choice of `old` needs, where it is as it was in `old`; null: nothing.
  void (*drop)(const Json& old, Json& next) = nullptr;
  bool also_whole = false;  ///< also of documents that were written whole
  /// One member says which others there may be, so that whoever writes it anew writes all (patch strategy retainKeys).
  bool retains_keys = false;
  std::span<const std::string_view> one_of = {};  ///< members of which there may be one
};

/// Erases those `members` of `next` that are as they were in `old`.
void DropUnchanged(const Json& old, Json& next, std::initializer_list<const char*> members);

enum class Written {
  kChange,  ///< a patch or an applied configuration: what it does not name is as it was before
  kWhole,   ///< the document itself: what is in it was said, but for services, which the reference treats so too
};

/// `next` without what only the choices of `old` need and this write left as it was. A field that this write set itself
/// stays, for validation to judge. `type` is the schema of both.
Json WithoutOldChoices(const StructType& type, const Json& old, Json next, Written written);

/// `merged` without what the choices of `wanted`, which was merged into it, rule out, whoever chose that.
Json WithChoicesOf(const StructType& type, const Json& wanted, Json merged);

}  // namespace ordinal::api
