// Objects, lists and watch events in protobuf (rest/protobuf.h), as they are or as metadata only. Written from the
// texts of the objects, which stay at rest. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/apiserver/rest/show.h"

namespace ordinal::apiserver::rest {

/// One object in its envelope.
std::string ProtobufObject(const View& view, const api::Object& object);

/// A list in its envelope: {1: ListMeta, 2: items}.
std::string ProtobufList(const View& view, const std::vector<api::Object>& items, const ListMeta& meta);

/// One event of a watch: its length in four bytes, highest first, then metav1.WatchEvent {1: type, 2: {1: the document
/// in its envelope}} without an envelope of its own (k8s.io/apimachinery/pkg/util/framer, serializer/protobuf).
std::string ProtobufEvent(std::string_view type, std::string_view enveloped);

}  // namespace ordinal::apiserver::rest
