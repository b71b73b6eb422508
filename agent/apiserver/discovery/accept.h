// Which of the representations it offers a client prefers (RFC 9110, 12.5.1), as the reference decides it: of the
// entries of Accept that can be served the one with the greatest weight wins, of equal ones that without a "*", then
// the first.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ordinal::apiserver::discovery {

struct MediaType {
  std::string type;                           ///< "application/json", in lower case
  std::map<std::string, std::string> params;  ///< {"as", "APIGroupDiscoveryList"}
  double weight = 1;                          ///< "q"
};

/// The entries of an Accept header, the most wanted first. What cannot be read is left out, and so is the weight from
/// the parameters. An empty header accepts everything.
std::vector<MediaType> ParseAccept(std::string_view header);

/// True when an entry of Accept asks for `type`, or for anything ("*/*", "application/*") without parameters.
bool Accepts(const MediaType& asked, std::string_view type);

}  // namespace ordinal::apiserver::discovery
