// Fetch: one document of an https server that has a certificate for its name. On the executor of whoever awaits it;
// nothing here blocks it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/task.h"
#include "agent/http/https_url.h"

namespace ordinal::http {

/// Whose certificates count.
using Trust = std::shared_ptr<asio::ssl::context>;

/// `roots` in PEM; empty: those of the host. kInvalid when there is none in it, or one that cannot be read. Each of
/// `roots` is trusted for what it is: one that another signed, or the server's own, needs nothing above it.
Result<Trust> MakeTrust(const std::string& roots);

struct FetchLimits {
  uint64_t bytes = 1024 * 1024;               ///< of the document
  Duration dial = std::chrono::seconds(3);    ///< to connect to one address; of a name's, TwoOf() are tried
  Duration answer = std::chrono::seconds(5);  ///< from there to the end of the document, with the handshake
};

/// Two addresses of what a name has, in the resolver's order: the first, and the first of the other family where there
/// is one, as a host may have no way to one of the two.
std::vector<asio::ip::tcp::endpoint> TwoOf(std::vector<asio::ip::tcp::endpoint> found);

/// The body of the answer to a GET, if that is 200. Redirects are not followed, proxies not used. `lookups` finds the
/// addresses of names: as long as the host's resolver takes. kUnavailable says what failed.
Task<Result<std::string>> Fetch(HttpsUrl url, Trust trust, BlockingPool& lookups, FetchLimits limits);

}  // namespace ordinal::http
