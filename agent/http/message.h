// What passes between a server (server.h), which has a thread of its own, and the handlers of requests, which run on
// the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
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

/// The body of a request that is handed on while it comes. Control thread.
class Upload {
 public:
  virtual ~Upload() = default;
  /// The next piece, at most 64 KiB; not asked again before that one came. Empty: the end. An error: the client is
  /// gone, wrote what is no HTTP, or sent nothing for a minute.
  virtual Task<Result<std::string>> Next() = 0;
};

/// How the handler of a request hears that nobody waits for its answer any more. Control thread.
class Withdrawal {
 public:
  /// `then` is called once, when that comes, or now when it came before; nothing: no longer.
  void Use(std::function<void()> then) {
    then_ = std::move(then);
    if (withdrawn_ && then_) std::exchange(then_, nullptr)();
  }
  void Withdraw() {
    withdrawn_ = true;
    if (then_) std::exchange(then_, nullptr)();
  }

 private:
  bool withdrawn_ = false;
  std::function<void()> then_;
};

struct Request {
  std::string method;                 ///< "GET"
  std::string target;                 ///< as it came: "/api/v1/pods?limit=500"
  std::vector<std::string> segments;  ///< the path, split at "/", each percent-decoded: {"api", "v1", "pods"}
  std::multimap<std::string, std::string> query;    ///< decoded
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  bool head = false;  ///< it was HEAD: `method` says GET, and the answer's body is kept back
  User user;
  std::string remote = {};                   ///< the client's address, "192.0.2.1"; empty: a process of this host
  std::shared_ptr<Upload> upload = nullptr;  ///< of a body that was not read (settings.h, HandsOn); null: `body` is all
  std::shared_ptr<Withdrawal> withdrawal = nullptr;  ///< of one that is another server's (settings.h, Proxied)
  std::shared_ptr<void> prepared;                    ///< what Prepare (settings.h) made of the body; null: nothing
  std::shared_ptr<void> room;  ///< of a large body, given back when nobody holds the request any more

  /// The first value, or nothing.
  std::string_view Header(std::string_view lower_case_name) const;
  std::string_view Query(std::string_view name) const;
  bool HasQuery(std::string_view name) const;
};

/// A piece of a body; streams that bring the same one share it.
using SharedText = std::shared_ptr<const std::string>;

/// A body that comes in pieces, for as long as the client stays: watches and followed logs. All calls are made on the
/// control thread, one after another.
class Stream {
 public:
  virtual ~Stream() = default;
  /// The next piece, sent as one chunk; it is not asked again before that one is written, so a slow client is felt
  /// here. Empty: the end. An error ends the connection without a proper end, so that the client notices.
  virtual Task<Result<std::string>> Next() = 0;
  /// The same, for who has the piece for others too. Asked instead of Next().
  virtual Task<Result<SharedText>> NextShared() {
    Result<std::string> piece = co_await Next();
    if (!piece.ok()) co_return piece.error();
    co_return std::make_shared<const std::string>(std::move(*piece));
  }
  /// Calls `then` once when one of these two has something, or from within this call when it has it now. Asked before
  /// each of them, so that ten thousand streams that wait are no ten thousand coroutines. Dropped with the stream.
  virtual void WhenReady(std::function<void()> then) { then(); }
  /// The client is gone or the server stops: a waiting Next() returns kCancelled soon. The stream is destroyed when
  /// that has returned.
  virtual void Close() = 0;
  /// It holds no file and nothing that is still to be sent: it only waits for what comes. HTTP/2 has room for many of
  /// these.
  virtual bool Waits() const { return false; }
};

/// The request is handed, upgrade and all (SPDY/3.1 or WebSocket), to another HTTP server, and bytes pass both ways
/// until one side ends. Credentials of the caller are not handed on.
struct Proxy {
  std::string url;  ///< "http://127.0.0.1:40113/exec/yXo2…": replaces the target; the address in numbers
  /// Replace all headers of these names (lower case) in what is handed on; an empty value takes the header away.
  std::vector<std::pair<std::string, std::string>> set_headers = {};
  std::string to = "the runtime's streaming server";  ///< what is said of it when it cannot be reached
  bool any_certificate = false;  ///< "https://" is spoken, whatever certificate is shown; else it is refused
  bool keeps_host = false;       ///< it gets the Host that the client named
};

/// Pieces of a body as messages of a WebSocket (RFC 6455).
struct Messages {
  enum class Form { kText, kBinary, kBase64 };  ///< kBase64: text frames that hold base64
  Form form = Form::kText;
  std::string protocol = {};  ///< the subprotocol that was chosen; empty: none
  bool lines = false;         ///< each line is a message; else each piece is
  bool greets = false;        ///< an empty message goes first
};

class Takeover;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  /// Text; or a function that makes the text, called on the HTTP thread (large lists: it may only read immutable
  /// objects it owns); or a stream; or a proxied connection; or who takes the connection over.
  std::variant<std::string, std::function<std::string()>, std::shared_ptr<Stream>, Proxy, std::shared_ptr<Takeover>>
      body;
  std::optional<uint64_t> length = {};  ///< of a stream, in bytes, where that is known: else it goes in chunks
  /// The text or the stream goes to the client through a WebSocket, for which the request asks.
  std::optional<Messages> messages = {};
};

using Handler = std::function<Task<Response>(std::shared_ptr<const Request>)>;

/// No request. `status` 0: the connection ended or waited too long for a next one; else what to answer before closing.
struct Refusal {
  int status = 0;
  std::string message;
};

/// Words an answer that no handler gave, in the form that the server's clients read. Any thread.
using Failure = std::function<Response(int status, std::string_view message)>;

class Wire;

/// Has the connection of a request to itself, for a protocol that is not HTTP: HTTP/1.1 only.
class Takeover {
 public:
  virtual ~Takeover() = default;
  /// HTTP thread; once. Nothing: the connection was used and is over. A response: it was not switched, and the client
  /// gets this. All that is passed outlives it.
  virtual Task<std::optional<Response>> Run(Wire& wire, const Request& request, const Failure& failure) = 0;
  /// Run() returns soon; what waits for the client's bytes is ended by the connection itself. HTTP thread.
  virtual void Abort() = 0;
};

}  // namespace ordinal::http
