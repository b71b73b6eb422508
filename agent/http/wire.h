// Wire: one connection as bytes, with a limit of time on each step. HTTP thread only.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "agent/base/clock.h"
#include "agent/base/task.h"
#include "agent/http/deadline.h"
#include "agent/http/transport.h"

namespace ordinal::http {

class Wire {
 public:
  /// Without a context: plain.
  Wire(Socket socket, std::shared_ptr<asio::ssl::context> context);

  Transport& transport() { return transport_; }
  Socket& socket() { return transport_.socket(); }
  Alarm& alarm() { return alarm_; }
  /// What was read and not used yet.
  boost::beast::flat_buffer& buffer() { return buffer_; }

  /// Nothing to do where there is no TLS.
  Task<Status> Handshake(Duration limit);
  /// Reads what there is into buffer(); no limit: waits for ever. kCancelled: the time was over. kUnavailable: the
  /// client ended the connection, or it broke.
  Task<Status> ReadSome(std::optional<Duration> limit);
  /// Writes all of `bytes`; `stall` is the longest time in which the client may take nothing, after which the
  /// connection is reset.
  Task<Status> Write(std::string_view bytes, std::optional<Duration> stall);
  /// Says goodbye. What the client still sends within `limit` is read and dropped, so that its system does not throw
  /// away the answer that it has not read yet (RFC 9112 9.6).
  Task<void> Shutdown(Duration limit);
  /// Ends everything that waits here, now and later.
  void Abort();
  /// Closes without a goodbye, and without keeping the bytes that the client does not take in the system's buffers.
  void Reset();

 private:
  Transport transport_;
  Alarm alarm_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace ordinal::http
