// What passes between a server (server.h), which has a thread of its own, and the handlers of requests, which run on
// the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/base/result.h"
#include "agent/base/task.h"

namespace ordinal::http {

/// Who sends a request; what the names mean is the handlers' affair.
struct User {
  std::string name;
  std::vector<std::string> groups;
  bool writes = false;   ///< may change something: only then the larger bounds of Limits are its own
  std::string uid = {};  ///< empty: it has none
  std::vector<std::pair<std::string, std::string>> extra = {};  ///< what else is known of it, by key
};

struct Request {
  std::string method;                 ///< "GET"
  std::string target;                 ///< as it came: "/api/v1/pods?limit=500"
  std::vector<std::string> segments;  ///< the path, split at "/", each percent-decoded: {"api", "v1", "pods"}
  std::multimap<std::string, std::string> query;    ///< decoded
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  User user;
  std::shared_ptr<void> prepared;  ///< what Prepare (settings.h) made of the body; null: nothing
  std::shared_ptr<void> room;      ///< of a large body, given back when nobody holds the request any more

  /// The first value, or nothing.
  std::string_view Header(std::string_view lower_case_name) const;
  std::string_view Query(std::string_view name) const;
  bool HasQuery(std::string_view name) const;
};

/// A body that comes in pieces, for as long as the client stays: watches and followed logs. All calls are made on the
/// control thread, one after another.
class Stream {
 public:
  virtual ~Stream() = default;
  /// The next piece, sent as one chunk; it is not asked again before that one is written, so a slow client is felt
  /// here. Empty: the end. An error ends the connection without a proper end, so that the client notices.
  virtual Task<Result<std::string>> Next() = 0;
  /// The client is gone or the server stops: a waiting Next() returns kCancelled soon. The stream is destroyed when
  /// that has returned.
  virtual void Close() = 0;
  /// It holds no file and nothing that is still to be sent: it only waits for what comes. HTTP/2 has room for many of
  /// these.
  virtual bool Waits() const { return false; }
};

/// The request is handed, upgrade and all (SPDY/3.1 or WebSocket), to an HTTP server on this host, and bytes pass both
/// ways until one side ends. Credentials of the caller are not handed on.
struct Proxy {
  std::string url;  ///< "http://127.0.0.1:40113/exec/yXo2…": replaces the target; plain HTTP
  /// Replace all headers of these names (lower case) in what is handed on; an empty value takes the header away.
  std::vector<std::pair<std::string, std::string>> set_headers = {};
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  /// Text; or a function that makes the text, called on the HTTP thread (large lists: it may only read immutable
  /// objects it owns); or a stream; or a proxied connection.
  std::variant<std::string, std::function<std::string()>, std::shared_ptr<Stream>, Proxy> body;
};

using Handler = std::function<Task<Response>(std::shared_ptr<const Request>)>;

/// No request. `status` 0: the connection ended or waited too long for a next one; else what to answer before closing.
struct Refusal {
  int status = 0;
  std::string message;
};

/// Words an answer that no handler gave, in the form that the server's clients read. Any thread.
using Failure = std::function<Response(int status, std::string_view message)>;

}  // namespace ordinal::http
