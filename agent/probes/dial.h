// Dial: a TCP connection to a container, on the caller's executor.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "agent/base/task.h"

namespace ordinal::probes {

/// Go's words for an error of the network, which people know from a kubelet: "connect: connection refused".
std::string NetworkWords(const boost::system::error_code& code);

/// Connects. `host` is an address, or a name that the host's resolver knows (for which Asio keeps one thread). An error
/// says "dial tcp 10.244.0.5:80: connect: connection refused". Ends with kCancelled when the caller is cancelled.
Task<Result<asio::ip::tcp::socket>> Dial(std::string host, uint16_t port);

}  // namespace ordinal::probes
