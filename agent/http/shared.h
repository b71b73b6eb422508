// What all connections of a server share. HTTP thread only, but for what says otherwise.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "agent/base/blocking_pool.h"
#include "agent/http/answer_sizes.h"
#include "agent/http/body_room.h"
#include "agent/http/control.h"
#include "agent/http/settings.h"
#include "agent/http/stream_room.h"
#include "agent/http/turns.h"

namespace ordinal::http {

struct Shared {
  Shared(const ServerSettings& given, const Clock& time, Authenticate who, Control way, const Executor& executor)
      : limits(given.limits),
        failure(given.failure),
        as_accepted(given.as_accepted),
        authorize(given.authorize),
        check_body(given.check_body),
        prepare(given.prepare),
        urgency(given.urgency),
        hands_on(given.hands_on),
        proxied(given.proxied),
        settle(given.settle),
        clock(time),
        authenticate(std::move(who)),
        control(std::move(way)),
        quick({limits.seats, limits.spare_seats, limits.user_waiting, limits.waiting, limits.lent}, executor),
        large({limits.large_seats, limits.large_seats, limits.user_waiting, limits.waiting, limits.lent}, executor) {}
  /// A failure that answers `request`, of which the header was read.
  Response Refused(const Request& request, int status, std::string_view message) const {
    Response response = failure(status, message);
    if (as_accepted) as_accepted(request, response);
    return response;
  }

  const Limits limits;
  const Failure failure;
  const AsAccepted as_accepted;
  const Authorize authorize;
  const CheckBody check_body;
  const std::optional<Prepare> prepare;
  const UrgencyOf urgency;
  const HandsOn hands_on;
  const Proxied proxied;
  const Settle settle;
  const Clock& clock;
  const Authenticate authenticate;
  Control control;
  Turns quick;        ///< of requests that take a moment
  Turns large;        ///< of those whose answers are large: a text takes this thread for milliseconds
  AnswerSizes sizes;  ///< by which they are told apart
  std::unique_ptr<BlockingPool> preparing;  ///< where `prepare` runs: one thread, once there was something to prepare
  const std::shared_ptr<BodyRoom> bodies = std::make_shared<BodyRoom>(limits.bodies_bytes, limits.user_bodies_bytes);
  /// Streams that take something: a connection to another server, a file, or a state that is still to be sent.
  StreamRoom streams{limits.streams, limits.reader_streams, limits.user_streams};
  /// Those of HTTP/2 that only wait.
  StreamRoom waiting_streams{limits.waiting_streams, limits.reader_waiting_streams, limits.user_waiting_streams};
};

}  // namespace ordinal::http
