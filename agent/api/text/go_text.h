// JSON as Go's encoding/json writes it, and with it every server of the reference: what is in a ControllerRevision is
// compared byte by byte by clients, whatever form it comes in, and hashed. Pure.
#pragma once

#include <string>

namespace ordinal::api {

/// The same JSON text with what Go escapes for HTML: < > & and the line ends U+2028 and U+2029.
std::string AsGoWrites(std::string json);

}  // namespace ordinal::api
