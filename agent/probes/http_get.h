// HttpGet: one GET of a probe or a hook, with its redirects.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/base/task.h"
#include "agent/probes/url.h"

namespace ordinal::probes {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;  ///< at most kMostSaid bytes of it
};

/// Asks on a connection that is closed afterwards, without looking at certificates. Redirects are followed, ten at
/// most, within the host of `url`; one that leads elsewhere is the answer itself (k8s.io/kubernetes pkg/probe/http).
/// `headers` go before those that a kubelet sends (User-Agent, Accept), of which an empty value leaves the header out;
/// Host names the virtual host. An error says what Go's client would: `Get "http://…": dial tcp …`.
Task<Result<HttpAnswer>> HttpGet(Url url, std::vector<std::pair<std::string, std::string>> headers);

}  // namespace ordinal::probes
