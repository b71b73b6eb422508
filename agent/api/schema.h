// Schemas: the fields of every kind as tables. Everything that treats fields alike is derived from them: decoding,
// checks of names and types, simple defaults, what may not change, what is not supported, patches and owners of fields,
// OpenAPI documents and `kubectl explain`, reading protobuf. Tables are constexpr: they live in read-only memory and
// cost nothing at start.
#pragma once

#include <span>
#include <string_view>

namespace ordinal::api {

struct StructType;
struct ChoiceRule;  // patch/choices.h
namespace custom {
struct Version;  // custom/definition.h
}

enum class FieldType {
  kString,
  kInt32,
  kInt64,
  kBool,
  kNumber,
  kBytes,      ///< base64 string (RFC 4648), standard alphabet with padding
  kTime,       ///< RFC 3339 string
  kMicroTime,  ///< the same, with microseconds
  kQuantity,   ///< string or number, apimachinery Quantity
  kIntOrString,
  kStruct,  ///< of `type`
  kAny,     ///< any JSON value
};

enum class Shape { kOne, kList, kMap };  ///< the field itself, a list of them, a map of string to them

/// How server-side apply sees a struct, list or map (x-kubernetes-map-type, x-kubernetes-list-type).
enum class Ownership {
  kByType,    ///< a struct as its type says, a list as its keys say, a map entry by entry
  kAtomic,    ///< owned as a whole
  kGranular,  ///< member by member, though the type says atomic
};

struct Field {
  std::string_view name;
  FieldType type = FieldType::kString;
  Shape shape = Shape::kOne;
  const StructType* of = nullptr;  ///< of kStruct
  bool required = false;
  /// Strategic merge key of a list of structs ("name", "containerPort"); "=": a list of values merged as a set;
  /// empty: the list is replaced as a whole.
  std::string_view merge_key = {};
  std::string_view fallback = {};  ///< default as JSON text ("\"TCP\"", "10"), filled in when absent
  /// The members that tell a list's items apart for server-side apply (x-kubernetes-list-map-keys), sorted, with
  /// commas: "containerPort,protocol"; empty: the merge key.
  std::string_view list_keys = {};
  Ownership ownership = Ownership::kByType;
  /// A client's patch of the field, or of an item of it, says which of its members stay ($retainKeys).
  bool retains_keys = false;
  bool listed = false;  ///< OpenAPI says that it is required; the kind's rules ask for it
  /// Of a member of the document or of its spec: it may not change after creation, and this is the cause of the fault
  /// (faults.h). Empty: it may, or the kind's rules say.
  std::string_view immutable = {};
  /// Its number in the message of protobuf; 0: it is not in the message.
  int tag = 0;
  /// The number of the embedded message that it is in, whose fields are the document's own; 0: in none. Of one that is
  /// embedded in an embedded one the outer number times 100, and its own: 202.
  int within = 0;
  bool or_flag = false;        ///< of a struct: true or false may stand in its place
  bool optional = false;       ///< in protobuf a zero is there (a pointer in the reference), not absent
  std::string_view text = {};  ///< what `kubectl explain` says; empty: its name says it, or few ever need it
  /// What the agent does not do when the field asks for it ("probes"): it is refused. Empty: it is supported.
  std::string_view unsupported = {};
  /// Why the field has no effect ("there is no scheduler"): it is accepted with a warning.
  std::string_view ineffective = {};
  std::string_view harmless = {};  ///< of these two: the value, as JSON, that asks for nothing; empty: there is none
  /// What a list's items or a map's entries are, where `type` and `of` cannot say it: lists and maps; null: they say
  /// it.
  const Field* item = nullptr;
  /// Of a string: the words it may have, as OpenAPI lists them (the reference's `+enum` types); empty: any. The kind's
  /// rules ask for them.
  std::span<const std::string_view> words = {};
};

struct StructType {
  std::string_view name;  ///< "Container"
  std::span<const Field> fields;
  std::string_view text = {};  ///< what `kubectl explain` says of the type
  /// For server-side apply its members have one owner together (x-kubernetes-map-type: atomic).
  bool atomic = false;
  const ChoiceRule* choices = nullptr;       ///< members of which one rules out others; null: there are none
  bool open = false;                         ///< members it does not name are kept, and are what they look like
  const custom::Version* defined = nullptr;  ///< whose schema it was made of; null: of a built-in kind
};

}  // namespace ordinal::api
