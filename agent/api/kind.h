// The kind registry: everything the agent knows about a kind, in one place. Adding a kind is one folder
// (agent/api/kinds/<kind>/) and one line (agent/api/kinds/kinds.h): docs/checklists/kind.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api {

/// What is wrong with one field: the path as Kubernetes writes it ("spec.containers[0].name"), what kind of
/// fault (metav1.CauseType: "FieldValueRequired", "FieldValueInvalid", "FieldValueNotSupported",
/// "FieldValueForbidden", "FieldValueDuplicate", "FieldValueNotFound", "FieldValueTooLong", "FieldValueTypeInvalid";
/// ours: "UnknownField"), and a message for people. faults.h has the causes as constants.
struct FieldError {
  std::string field, cause, message;
};

/// One column of a kind's table (meta/v1 TableColumnDefinition). Priority 0 is shown always, above only with `-o wide`.
struct Column {
  std::string_view name, type, format, description;
  int priority = 0;
};

struct Grants;
namespace custom {
class CustomKind;  // custom/definition.h
}

struct KindInfo {
  std::string_view group;    ///< "" for core, "apps"
  std::string_view version;  ///< the stored version, "v1"
  std::string_view kind;     ///< "StatefulSet"
  std::string_view plural;   ///< "statefulsets"
  std::string_view singular;
  std::span<const std::string_view> short_names;
  bool namespaced = true;
  const StructType* schema = nullptr;  ///< every field of the object, with types; drives decode and defaults
  /// Other served spellings ("apps/v1beta1"), converted on the way in.
  std::span<const std::string_view> old_versions;
  /// Converts a body of an old version to the stored one; adds a warning for each thing worth saying.
  void (*convert)(Json& body, std::vector<std::string>& warnings) = nullptr;
  /// Appends a fault for all of a body of an old version that `convert` cannot read; asked before it, of new objects
  /// and of changed ones. Null: it reads all.
  void (*find_unreadable)(const Json& body, std::vector<FieldError>& errors) = nullptr;
  /// Undoes `convert` for a reader of another version than the stored one; null: only apiVersion differs.
  void (*present)(Json& body) = nullptr;
  /// The fields of old_versions; null: they are those of `schema`.
  const StructType* old_schema = nullptr;
  /// Checks a new object that is written in one of old_versions, as it is written, beyond `validate`; appends every
  /// fault.
  void (*validate_old_version)(const Json& body, std::vector<FieldError>& errors) = nullptr;
  /// Brings members that are only ever written into the form that is kept, so that who applies a document owns what
  /// comes of them. Of a document as a person wrote it.
  void (*as_written)(Json& body) = nullptr;
  /// Fills in defaults beyond those the schema holds.
  void (*set_defaults)(Json& body) = nullptr;
  /// Checks a decoded, defaulted body; appends every fault found.
  void (*validate)(const Json& body, std::vector<FieldError>& errors) = nullptr;
  /// Checks a change from `old_body` to `body` (immutable fields).
  void (*validate_update)(const Json& body, const Json& old_body, std::vector<FieldError>& errors) = nullptr;
  /// Checks what is written to the status sub-resource, beyond `validate`; what this agent's own controllers write is
  /// not asked.
  void (*validate_status)(const Json& body, const Json& old_body, std::vector<FieldError>& errors) = nullptr;
  /// The syntax of metadata.name; null: a DNS subdomain. Returns what is wrong, or nothing.
  std::optional<std::string> (*check_name)(std::string_view name) = nullptr;
  /// Appends what is accepted but worth saying ("spec.gcePersistentDisk: …").
  void (*warn)(const Json& body, std::vector<std::string>& warnings) = nullptr;
  /// May be written in a manifest file; the other kinds are made by controllers.
  bool in_manifests = false;
  /// Groups of kinds a person may name at once: "all".
  std::span<const std::string_view> categories = {};
  /// Fields that field selectors know beyond metadata.name and metadata.namespace ("status.phase").
  std::span<const std::string_view> field_labels = {};
  /// "status", "scale", "log"…
  std::span<const std::string_view> subresources = {};
  std::span<const Column> columns = {};  ///< empty: Name and Age
  /// The cells of one row, as many as `columns`.
  Json (*cells)(const Json& body, WallTime now) = nullptr;
  /// False: nobody misses it after a power cut (events, leases); it is kept in memory and costs no disk write.
  bool durable = true;
  /// The status of a new object, whatever its creator wrote; null: it has none.
  Json (*first_status)(const Json& body, WallTime now) = nullptr;
  /// metadata.generation counts the changes of everything but metadata and status; other kinds have none.
  bool counts_generation = false;
  /// A member of spec whose first value is not counted: it is given by whoever places the object. Empty: none.
  std::string_view placed_by = {};
  /// New objects get this finalizer, which holds them while they are used; empty: none.
  std::string_view protection = {};
  /// A deletion is answered with the object, not with a Status.
  bool shown_when_deleted = false;
  /// All of a namespace, or of the cluster, may be deleted by one request.
  bool deleted_together = true;
  /// Conditions of a table's row (meta/v1 TableRow); null: none.
  Json (*row_conditions)(const Json& body) = nullptr;
  /// Why the object of this name is there for good ("this is a system priority class and cannot be deleted"); empty: it
  /// may be deleted. Null: all may.
  std::string (*undeletable)(std::string_view name) = nullptr;
  /// What rights a document of the kind gives to others (access.h); null: none.
  Grants (*grants)(const Json& body) = nullptr;
  /// Completes what an older agent stored, beyond the defaults (stored.h).
  void (*complete)(Json& body) = nullptr;
  /// Completes a new object that has its name and its uid by now, and appends what is wrong with it then.
  void (*finish_new)(Json& body, std::vector<FieldError>& errors) = nullptr;
  /// Who deletes one without a word of what it owns leaves that behind, as the reference's oldest clients meant it. Any
  /// other kind takes it along.
  bool orphans_unless_asked = false;
  /// Of a set of pods: spec.selector is a map of labels, not a metav1.LabelSelector (scale.h).
  bool plain_selector = false;
  /// ObjectKey::kind of its objects; empty: `kind`. See KeyOf().
  std::string_view key = {};
  /// The definition that it comes of; null: it is built in.
  const custom::CustomKind* custom = nullptr;
  /// A PUT of one that is not there makes it (registry/…/strategy.go, AllowCreateOnUpdate).
  bool made_by_update = false;
  /// What everybody who asks for the stored version is warned of; empty: nothing.
  std::string_view deprecated = {};
};

/// ObjectKey::kind of the kind's objects: "Pod"; of custom kinds with their group, "Widget.example.com", as several
/// groups may have a kind of one name.
inline std::string_view KeyOf(const KindInfo& info) { return info.key.empty() ? info.kind : info.key; }
/// It is the built-in kind of that name. A definition may bring a kind of the same name in a group of its own, which no
/// rule of the built-in one is about.
inline bool IsBuiltIn(const KindInfo& info, std::string_view kind) {
  return info.custom == nullptr && info.kind == kind;
}
/// Its status is written apart from the rest, by a subresource.
bool HasStatus(const KindInfo& info);
/// Of the version that is asked for.
std::span<const std::string_view> SubresourcesOf(const KindInfo& info, std::string_view api_version);
std::span<const std::string_view> FieldLabelsOf(const KindInfo& info, std::string_view api_version);
/// "PodList".
std::string ListKindOf(const KindInfo& info);
/// Whether `api_version` is one of the kind's that clients may ask for.
bool IsServed(const KindInfo& info, std::string_view api_version);
/// "v1" or "apps/v1".
std::string ApiVersion(const KindInfo& info);
/// A stored body as a reader of `api_version` (the stored one or one of old_versions) wants it.
Json Present(const KindInfo& info, Json body, std::string_view api_version);
/// The fields of the kind in `api_version`.
const StructType& SchemaOf(const KindInfo& info, std::string_view api_version);
/// The kind by KeyOf() ("Pod", "Widget.example.com"), or null.
const KindInfo* FindKind(std::string_view kind);
/// The kind by what a manifest says: any served apiVersion and kind. kInvalid says which are known.
Result<const KindInfo*> FindKind(std::string_view api_version, std::string_view kind);
/// By plural, singular or short name, as a person types it ("pods", "sts"); null when unknown.
const KindInfo* FindResource(std::string_view name);
/// Built-in ones first, then those of definitions. A kind of a definition, and this list, stay as they are for minutes
/// after they were replaced (custom/publish.h); who needs one for longer holds it (custom::HoldOf).
std::span<const KindInfo* const> AllKinds();

}  // namespace ordinal::api
