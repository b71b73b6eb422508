// Objects of custom kinds: read from documents, shown in the version that is asked for, as rows of tables. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/custom/definition.h"
#include "agent/api/decode.h"

namespace ordinal::api::custom {

/// Decode() of decode.h for a body of a custom kind: pruned, completed and checked by the version it is written in,
/// then taken over into the storage version.
std::variant<Decoded, DecodeFailure> DecodeObject(const KindInfo& kind, const Json& body, UnknownFields unknown,
                                                  const Json* old_body);

/// `body` as a reader of `api_version` wants it, with the defaults that its version has by now.
Json PresentObject(const CustomKind& kind, Json body, std::string_view api_version);
/// `body`, of the storage version, with all defaults of it.
Json CompleteObject(const CustomKind& kind, Json body);
/// A stored object with the defaults that its version has by now: the same one where it lacks none, or is of a built-in
/// kind.
Object CompletedObject(const KindInfo& kind, const Object& object);
/// Brings a document that is going to be applied into the form in which it is kept: nulls that stand for nothing go.
void TidyConfiguration(const CustomKind& kind, std::string_view api_version, Json& body);
/// The paths of members that neither the schema of the version nor ObjectMeta has; none where `body` is no object.
std::vector<std::string> UnknownMembers(const CustomKind& kind, std::string_view api_version, Json body);

Json ColumnsOf(const CustomKind& kind, std::string_view api_version);
Json CellsOf(const CustomKind& kind, std::string_view api_version, const Json& body, WallTime now);

}  // namespace ordinal::api::custom
