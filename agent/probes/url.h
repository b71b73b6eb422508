// The few things about URLs that a probe needs. Lenient as Go's net/url: what may not stand in a request line is
// escaped, not refused. (Boost.URL refuses it: docs/architecture.md.) Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::probes {

struct Url {
  bool tls = false;
  std::string host;  ///< a name or an address, without brackets
  uint16_t port = 0;
  std::string target = "/";  ///< path and query, as they stand in a request line
  bool port_given = true;    ///< as opposed to the scheme's own

  /// "10.244.0.5:8080", "[fd00::5]:8080"; without the port where none was given.
  std::string Authority() const;
  /// "http://10.244.0.5:8080/healthz?full=1".
  std::string Text() const;
};

/// `path` may have a query; a leading slash is added where there is none, a fragment is left out.
Url MakeUrl(bool tls, std::string host, uint16_t port, std::string_view path);

/// Where a Location header leads from `base`: a whole URL of http or https, one without scheme, an absolute or a
/// relative path. kInvalid for anything else.
Result<Url> Resolve(const Url& base, std::string_view location);

}  // namespace ordinal::probes
