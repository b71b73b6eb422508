// What goes over the wire: what a client accepts, and documents it sends. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::apiserver::rest {

/// How objects are shown to the client that asked.
struct Accept {
  enum class Form {
    kObject,
    kTable,        ///< meta.k8s.io Table: what kubectl prints
    kPartial,      ///< meta.k8s.io PartialObjectMetadata: metadata only, of one object and of a watch's events
    kPartialList,  ///< the same of a list
  };
  Form form = Form::kObject;
  std::string version = "v1";  ///< of meta.k8s.io
  bool yaml = false;
  bool protobuf = false;  ///< never with kTable

  bool partial() const { return form == Form::kPartial || form == Form::kPartialList; }
};

/// The media range of an Accept header that is wanted most and can be served (discovery/accept.h); an absent header
/// accepts JSON. A kind without protobuf has it for its metadata alone; one without tables is no table, whatever is
/// asked. NotAcceptable when there is none.
Result<Accept> ParseAccept(std::string_view header, bool has_protobuf, bool has_tables = true);

/// 406: kInvalid, reason NotAcceptable.
Error NotAcceptable(std::string message);

/// "application/json" of "application/json; charset=utf-8", in lower case.
std::string MediaType(std::string_view header);

/// Members that a body has twice.
struct Repeats {
  bool json = false;               ///< the body is JSON and has some: api::FieldComplaints names them
  std::vector<std::string> lines;  ///< of YAML: `line 10: key "image" already set in map`
};

/// A JSON or YAML document. Of members that are there twice the last one counts. kInvalid: reason BadRequest, or
/// UnsupportedMediaType for another content type.
Result<api::Json> ParseBody(std::string_view content_type, const std::string& body, Repeats& repeats);

/// A document as YAML, for clients that ask for it.
std::string ToYaml(const api::Json& document);

}  // namespace ordinal::apiserver::rest
