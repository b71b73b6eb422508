// Caller: who speaks on a connection, and what of it may go on. HTTP thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agent/http/places.h"
#include "agent/http/request_reader.h"
#include "agent/http/shared.h"
#include "agent/http/wire.h"

namespace ordinal::http {

class Caller {
 public:
  /// All of it outlives the caller; `since` is when its handshake began.
  Caller(Shared& shared, Place& place, SteadyTime since)
      : shared_(shared), place_(place), stranger_until_(since + shared.limits.stranger) {}

  /// After the handshake: reads what the client showed. Somebody known has the place of a known one from now on.
  void Meet(Wire& wire);
  /// An answer that needs no handler, for who may not ask. Nothing: the request has its user and may go on.
  std::optional<Response> Early(Incoming& incoming);
  /// Of a request that Early() refused with 401: as Settle says, and it is asked about again then.
  bool Settles(const Incoming& incoming, std::function<void()> then) const;
  /// It has shown a certificate, or made a request with another credential.
  bool proved() const { return proved_; }
  /// What is left of its time until it has done that, if it is less than `limit`.
  Duration Patience(Duration limit) const;

  Place& place() { return place_; }

 private:
  Credentials Shown(std::string_view bearer, std::string_view path) const;

  Shared& shared_;
  Place& place_;
  const SteadyTime stranger_until_;
  bool proved_ = false;
  bool certificate_refused_ = false;
  std::optional<ClientCertificate> certificate_;
  std::optional<uint32_t> peer_;
  std::string remote_;
};

}  // namespace ordinal::http
