// Patches: three ways to say a change of a document without sending all of it. Pure functions, on any thread; time is
// linear in document and patch, but for lists merged by key (product of their lengths). Documents and patches are
// expected to come from ParseJson or ParseManifest, which bound their depth and size; results stay within those bounds.
//
// Errors are of code kInvalid; `reason` is the reason of the HTTP answer, as kube-apiserver 1.32 chooses it:
//   "BadRequest" (400)             the patch is not of its format
//   "Invalid" (422)                the patch is well-formed and does not fit this document: a path that is not there, a
//                                  failed test, a directive that cannot be followed
//   "RequestEntityTooLarge" (413)  more than kMostPatchOperations operations, or copies beyond kMostCopiedBytes
#pragma once

#include <cstddef>

#include "agent/api/object.h"
#include "agent/api/schema.h"

namespace ordinal::api {

inline constexpr size_t kMostPatchOperations = 10'000;       ///< as kube-apiserver 1.32
inline constexpr size_t kMostCopiedBytes = 3 * 1024 * 1024;  ///< by all "copy" operations of one patch, as JSON text

/// application/json-patch+json, RFC 6902: add, remove, replace, move, copy, test; all of them or none.
Result<Json> ApplyJsonPatch(const Json& document, const Json& patch);

/// application/merge-patch+json, RFC 7386: null deletes, objects are merged, everything else replaces.
Json ApplyMergePatch(Json document, const Json& patch);

/// application/strategic-merge-patch+json: a merge patch in which lists whose field has a merge key (Field::merge_key)
/// are merged item by item, and which may hold directives:
///   $patch: replace | delete | merge       in an object or in an item of a merged list
///   $retainKeys: [names]                   members of the object that may stay
///   $deleteFromPrimitiveList/<field>       values to take out of a list of plain values
///   $setElementOrder/<field>               the wanted order of a merged list; items it does not name keep their place
/// `schema` is the type of the whole document. Fields the schema does not know are merged as by ApplyMergePatch.
/// https://git.k8s.io/community/contributors/devel/sig-api-machinery/strategic-merge-patch.md
Result<Json> ApplyStrategicMergePatch(Json document, const Json& patch, const StructType& schema);

}  // namespace ordinal::api
