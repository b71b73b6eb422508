#include "agent/http/caller.h"

#include <algorithm>

#include "agent/http/listen.h"
#include "agent/http/target.h"
#include "agent/http/tls.h"

namespace ordinal::http {
namespace {

constexpr char kTooManyConnections[] = "the server has as many connections as it takes; try again in a second";

}  // namespace

void Caller::Meet(Wire& wire) {
  remote_ = AddressOfPeer(wire.socket());
  if (auto* const tls = wire.transport().tls()) {
    auto shown = CertificateOf(tls->native_handle());
    certificate_refused_ = shown.refused;
    certificate_ = std::move(shown.certificate);
  } else {
    peer_ = PeerOf(wire.socket());
  }
  if (!certificate_ && !peer_) return;
  // Somebody who comes to ask, if not at once: a pool of connections is made before it is used, and of a crowd that
  // comes at once the last may be connected long after the first.
  if (const auto user = shared_.authenticate(Shown({}, {})); user.ok()) proved_ = place_.Proves(user->name);
}

Credentials Caller::Shown(std::string_view bearer, std::string_view path) const {
  return {certificate_ ? &*certificate_ : nullptr, peer_, bearer, path};
}

Duration Caller::Patience(Duration limit) const {
  if (proved_) return limit;
  return std::clamp(stranger_until_ - shared_.clock.Steady(), Duration::zero(), limit);
}

bool Caller::Settles(const Incoming& incoming, std::function<void()> then) const {
  if (!shared_.settle || certificate_ || certificate_refused_ || incoming.bearer.empty()) return false;
  return shared_.settle(incoming.bearer, std::move(then));
}

std::optional<Response> Caller::Early(Incoming& incoming) {
  Request& request = *incoming.request;
  if (certificate_refused_) return shared_.Refused(request, 401, "Unauthorized");
  auto user = shared_.authenticate(Shown(incoming.bearer, PathOf(request.target)));
  if (!user.ok() && user.error().code == ErrorCode::kUnavailable) {
    Response later = shared_.Refused(request, 503, user.error().message);
    later.headers.emplace_back("Retry-After", "1");
    return later;
  }
  if (!user.ok()) return shared_.Refused(request, 401, "Unauthorized");
  const bool proved = certificate_ || peer_ || !incoming.bearer.empty();
  if (proved && !place_.Proves(user->name)) {
    incoming.keep_alive = false;
    return shared_.Refused(request, 429, kTooManyConnections);
  }
  proved_ = proved_ || proved;
  request.user = std::move(*user);
  request.remote = remote_;
  return shared_.authorize ? shared_.authorize(request) : std::nullopt;
}

}  // namespace ordinal::http
