#include "agent/http/asking.h"

#include "agent/base/log.h"

namespace ordinal::http {
namespace {

constexpr size_t kLarge = 64 * 1024;  // bytes of text, which take about as long as ten small requests
constexpr char kTooManyRequests[] = "Too many requests, please try again later.";

}  // namespace

bool Asking::TakeTurn(const Request& request) {
  const Urgency urgency = shared_.urgency ? shared_.urgency(request) : Urgency::kExempt;
  if (urgency != Urgency::kFair) return true;
  const bool large = request.method == "GET" && shared_.sizes.Last(request.target) >= kLarge;
  turn_.emplace(large ? shared_.large : shared_.quick, request.user.name, [this] { may_go_->Notify(); });
  if (turn_->waits()) may_go_.emplace(loop_->executor());
  return !turn_->refused();
}

Task<void> Asking::Prepared(std::shared_ptr<Request> request) {
  auto work = [request, run = shared_.prepare->run]() -> Status {
    run(*request);
    return {};
  };
  if (!shared_.preparing) shared_.preparing = std::make_unique<BlockingPool>(1);
  const Status prepared = co_await shared_.preparing->Run(std::move(work));
  if (!prepared.ok()) log::Error("http: a body could not be read: {}", prepared.error().message);
}

bool Asking::TakePlaceFor(Request& request) {
  if (!shared_.proxied || !shared_.proxied(request)) return true;
  place_ = StreamShare(shared_.streams, request.user);
  request.withdrawal = withdrawal_ = std::make_shared<Withdrawal>();
  return static_cast<bool>(place_);
}

Task<std::optional<Answer>> Asking::Run(std::shared_ptr<Request> request) {
  if (!TakeTurn(*request)) {
    Answer answer;
    answer.response = shared_.Refused(*request, 429, kTooManyRequests);
    co_return answer;
  }
  if (may_go_) co_await may_go_->Wait();
  if (abandoned_) co_return std::nullopt;
  if (shared_.prepare && shared_.prepare->wanted(*request)) {
    co_await Prepared(request);
    if (abandoned_) co_return std::nullopt;
  }
  if (!TakePlaceFor(*request)) {
    Answer answer;
    answer.response = shared_.Refused(*request, 429, kTooManyStreams);
    co_return answer;
  }
  answer_ = std::make_shared<Mailbox<Answer>>(loop_);
  shared_.control.Ask(request, answer_);
  auto answer = co_await answer_->Take();
  answer_.reset();
  request->room.reset();
  co_return answer;
}

void Asking::Tell() {
  if (withdrawal_) asio::post(shared_.control.executor(), [told = withdrawal_] { told->Withdraw(); });
}

void Asking::Withdraw() {
  if (!answer_) return Abandon();
  Tell();
}

void Asking::Abandon() {
  abandoned_ = true;
  Tell();
  if (may_go_) may_go_->Notify();
  if (answer_) answer_->Abandon();
}

}  // namespace ordinal::http
