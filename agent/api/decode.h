// The first half of the one door for writes: text → document → decoded, converted, defaulted, validated object.
// Pure: no I/O, no clock.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::api {

/// One document of a manifest. `line` is where it starts (1-based). Documents that are a `kind: List` (or
/// PodList …) are already split into their items; empty documents are left out.
struct Document {
  Json body;
  int line = 1;
  /// The 1-based line of a field by its path ("spec.containers[0].name" → 12). Text that JSON allows and
  /// YAML does not leaves it empty.
  std::map<std::string, int> lines;
};

/// Reads YAML (a superset of JSON), several documents. Scalars become numbers, booleans or null by the YAML 1.1
/// rules sigs.k8s.io/yaml follows (unquoted 8080 → 8080, "8080" → string, yes/no/on/off → booleans).
/// An error names the line and column: "line 7, column 3: …". Anchors and merge keys work; duplicate keys are errors.
Result<std::vector<Document>> ParseManifest(std::string_view text);

/// The line of `field`, or of the nearest field around it that is in the text; document.line when none is.
int FindLine(const Document& document, std::string_view field);

struct Decoded {
  const KindInfo* kind = nullptr;
  Json body;                          ///< stored version, defaults filled in
  std::vector<std::string> warnings;  ///< "spec.volumes[0].gcePersistentDisk: …"
};

/// Finds the kind, converts old versions, checks names and types of every field against the schema (unknown
/// fields are errors), fills in defaults and validates. All faults found are returned, not only the first.
struct DecodeFailure {
  std::string summary;             ///< `StatefulSet "kubia" is invalid`
  std::vector<FieldError> errors;  ///< at least one
  /// The document is not of its kind's shape: no such kind, an unknown field, a wrong type (HTTP 400); false: a value
  /// breaks a rule (HTTP 422).
  bool malformed = false;
};
/// What becomes of fields the kind does not have: faults; taken out, with a warning each; taken out
/// (the query parameter fieldValidation: Strict, Warn, Ignore).
enum class UnknownFields { kRefuse, kWarn, kDrop };

/// With `old_body`, of a change of this stored object: as FaultsOf().
std::variant<Decoded, DecodeFailure> Decode(const Json& body, UnknownFields unknown = UnknownFields::kRefuse,
                                            const Json* old_body = nullptr);

/// What the kind's own rules say of a decoded body. With `old_body` (null: there is none) without the faults that the
/// stored object has in the same fields, of the same values: a rule that came after it, with a newer agent, must not
/// keep it from being scaled, placed or deleted.
std::vector<FieldError> FaultsOf(const KindInfo& kind, const Json& body, const Json* old_body);

/// The same checks for an update of a stored object: validation and immutable fields.
std::vector<FieldError> ValidateUpdate(const KindInfo& kind, const Json& body, const Json& old_body);

/// The same of a write of the status, with what the kind asks of it (KindInfo::validate_status).
std::vector<FieldError> ValidateStatusUpdate(const KindInfo& kind, const Json& body, const Json& old_body);

}  // namespace ordinal::api
