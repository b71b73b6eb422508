#include "agent/http/control.h"

#include "agent/base/log.h"
#include "agent/http/target.h"

namespace ordinal::http {
namespace {

/// Everything a call on the control thread needs, whatever becomes of the server meanwhile.
struct Call {
  std::shared_ptr<Loop> loop;
  std::shared_ptr<Crossing> crossing;
  std::shared_ptr<const Handler> handler;
  std::shared_ptr<const Failure> failure;
  std::shared_ptr<const Request> request;
  std::shared_ptr<Mailbox<Answer>> mailbox;
};

Task<Response> Handle(const Call& call) {
  try {
    co_return co_await (*call.handler)(call.request);
  } catch (const std::exception& error) {
    log::Error("http: {} {}: the handler ended with an exception: {}", call.request->method,
               PathOf(call.request->target), error.what());
  }
  co_return (*call.failure)(500, "the request could not be served; the agent's log says why");
}

Task<void> Serve(std::shared_ptr<Call> call) {
  Answer answer;
  answer.response = co_await Handle(*call);
  if (auto* stream = std::get_if<std::shared_ptr<Stream>>(&answer.response.body)) {
    auto held = std::move(*stream);
    answer.response.body = std::string();
    answer.stream = std::make_shared<PulledStream>(call->crossing, std::move(held));
  }
  call->loop->Post(
      [mailbox = std::move(call->mailbox), answer = std::move(answer)]() mutable { mailbox->Put(std::move(answer)); });
}

}  // namespace

PulledStream::PulledStream(std::shared_ptr<Crossing> crossing, std::shared_ptr<Stream> stream)
    : crossing_(std::move(crossing)), stream_(std::move(stream)), waits_(stream_->Waits()) {}

PulledStream::~PulledStream() {
  asio::post(crossing_->control(), [stream = std::move(stream_), ended = ended_] {
    if (!ended) stream->Close();
  });
}

void PulledStream::Pull(Deliver deliver) { crossing_->Want(stream_, std::move(deliver)); }

Control::Control(Executor executor, std::shared_ptr<Loop> loop, Handler handler, Failure failure)
    : executor_(std::move(executor)),
      loop_(std::move(loop)),
      crossing_(std::make_shared<Crossing>(executor_, loop_)),
      handler_(std::make_shared<const Handler>(std::move(handler))),
      failure_(std::make_shared<const Failure>(std::move(failure))) {}

void Control::Ask(std::shared_ptr<const Request> request, std::shared_ptr<Mailbox<Answer>> mailbox) {
  auto call =
      std::make_shared<Call>(Call{loop_, crossing_, handler_, failure_, std::move(request), std::move(mailbox)});
  Spawn(executor_, "http request", Serve(std::move(call)));
}

}  // namespace ordinal::http
