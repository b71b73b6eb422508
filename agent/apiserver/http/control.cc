#include "agent/apiserver/http/control.h"

#include "agent/apiserver/http/failure.h"
#include "agent/apiserver/http/target.h"
#include "agent/base/log.h"

namespace ordinal::apiserver::front {
namespace {

/// Everything a call on the control thread needs, whatever becomes of the server meanwhile.
struct Call {
  std::shared_ptr<Loop> loop;
  Executor control;
  std::shared_ptr<const Handler> handler;
  std::shared_ptr<const Request> request;
  std::shared_ptr<Mailbox<Answer>> mailbox;
};

Task<Response> Handle(const Call& call) {
  try {
    co_return co_await (*call.handler)(call.request);
  } catch (const std::exception& error) {
    log::Error("api: {} {}: the handler ended with an exception: {}", call.request->method,
               PathOf(call.request->target), error.what());
  }
  co_return Failure(500, "the request could not be served; the agent's log says why");
}

Task<void> Serve(std::shared_ptr<Call> call) {
  Answer answer;
  answer.response = co_await Handle(*call);
  if (auto* stream = std::get_if<std::shared_ptr<Stream>>(&answer.response.body)) {
    auto held = std::move(*stream);
    answer.response.body = std::string();
    answer.stream = std::make_shared<PulledStream>(call->control, call->loop, std::move(held));
  }
  call->loop->Post(
      [mailbox = std::move(call->mailbox), answer = std::move(answer)]() mutable { mailbox->Put(std::move(answer)); });
}

struct Wanted {
  std::shared_ptr<Loop> loop;
  std::shared_ptr<Stream> stream;
  std::shared_ptr<Mailbox<Piece>> mailbox;
};

Task<Piece> NextOf(Stream& stream) {
  try {
    co_return co_await stream.Next();
  } catch (const std::exception& error) {
    log::Error("api: a stream ended with an exception: {}", error.what());
  }
  co_return MakeError(ErrorCode::kInternal, "the stream broke");
}

Task<void> Fetch(std::shared_ptr<Wanted> wanted) {
  auto piece = co_await NextOf(*wanted->stream);
  wanted->loop->Post(
      [mailbox = std::move(wanted->mailbox), piece = std::move(piece)]() mutable { mailbox->Put(std::move(piece)); });
}

}  // namespace

PulledStream::PulledStream(Executor control, std::shared_ptr<Loop> loop, std::shared_ptr<Stream> stream)
    : control_(std::move(control)), loop_(std::move(loop)), stream_(std::move(stream)) {}

PulledStream::~PulledStream() {
  asio::post(control_, [stream = std::move(stream_), ended = ended_] {
    if (!ended) stream->Close();
  });
}

void PulledStream::Pull(std::shared_ptr<Mailbox<Piece>> mailbox) {
  auto wanted = std::make_shared<Wanted>(Wanted{loop_, stream_, std::move(mailbox)});
  Spawn(control_, "api stream", Fetch(std::move(wanted)));
}

Control::Control(Executor executor, std::shared_ptr<Loop> loop, Handler handler)
    : executor_(std::move(executor)),
      loop_(std::move(loop)),
      handler_(std::make_shared<const Handler>(std::move(handler))) {}

void Control::Ask(std::shared_ptr<const Request> request, std::shared_ptr<Mailbox<Answer>> mailbox) {
  auto call = std::make_shared<Call>(Call{loop_, executor_, handler_, std::move(request), std::move(mailbox)});
  Spawn(executor_, "api request", Serve(std::move(call)));
}

}  // namespace ordinal::apiserver::front
