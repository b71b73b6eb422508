#include "cri/grpc/events.h"

#include <algorithm>
#include <deque>

#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/base/signal.h"
#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/cri.pb.h"
#include "cri/proto/events.pb.h"
#include "cri/proto/images.pb.h"
#include "cri/proto/task_events.pb.h"

namespace ordinal::cri {
namespace {

namespace ctd = containerd::services;

constexpr char kSubscribe[] = "/containerd.services.events.v1.Events/Subscribe";
constexpr Method<containerd::wkt::Empty> kPublish{"/containerd.services.events.v1.Events/Publish"};

constexpr Method<runtime::v1::ListPodSandboxResponse> kList{"/runtime.v1.RuntimeService/ListPodSandbox"};

// A subscription sends nothing, not even headers, before its first event. So the subscriber publishes an event of
// its own until it sees one come back: from then on nothing is missed.
constexpr char kHelloTopic[] = "/ordinal/hello";
constexpr std::chrono::milliseconds kHelloAgain{20};

constexpr const char* kTopics[] = {"/tasks/start",   "/tasks/exit",    "/tasks/oom", "/images/create",
                                   "/images/update", "/images/delete", kHelloTopic};

/// Patient: while containerd is away there is nothing else to do.
CallOptions Patient(std::chrono::milliseconds deadline) {
  CallOptions options = InCriNamespace(deadline);
  options.wait_for_ready = true;
  return options;
}

template <class Message>
std::optional<Message> Payload(const ctd::events::v1::Envelope& envelope) {
  Message message;
  if (!message.ParseFromString(envelope.event().value())) return std::nullopt;
  return message;
}

RuntimeEvent ContainerEvent(RuntimeEvent::Kind kind, const std::string& id, int32_t exit_code = 0) {
  RuntimeEvent event;
  event.kind = kind;
  event.container_id = id;
  event.exit_code = exit_code;
  return event;
}

template <class Message>
std::optional<RuntimeEvent> ImageEvent(const ctd::events::v1::Envelope& envelope) {
  const auto changed = Payload<Message>(envelope);
  if (!changed) return std::nullopt;
  RuntimeEvent event;
  event.kind = RuntimeEvent::Kind::kImageChanged;
  event.image = changed->name();
  return event;
}

/// The event in an envelope; nothing for topics and processes nobody asked about.
std::optional<RuntimeEvent> Read(const ctd::events::v1::Envelope& envelope) {
  using Kind = RuntimeEvent::Kind;
  const std::string& topic = envelope.topic();
  if (topic == "/tasks/exit") {
    const auto exit = Payload<containerd::events::TaskExit>(envelope);
    // Processes started by exec have an id of their own; the container's first process has the container's.
    if (!exit || exit->id() != exit->container_id()) return std::nullopt;
    return ContainerEvent(Kind::kContainerExited, exit->container_id(), static_cast<int32_t>(exit->exit_status()));
  }
  if (topic == "/tasks/start") {
    const auto start = Payload<containerd::events::TaskStart>(envelope);
    if (!start) return std::nullopt;
    RuntimeEvent event = ContainerEvent(Kind::kContainerStarted, start->container_id());
    event.pid = start->pid();
    return event;
  }
  if (topic == "/tasks/oom") {
    const auto oom = Payload<containerd::events::TaskOOM>(envelope);
    if (!oom) return std::nullopt;
    return ContainerEvent(Kind::kContainerOom, oom->container_id());
  }
  if (topic == "/images/create") return ImageEvent<ctd::images::v1::ImageCreate>(envelope);
  if (topic == "/images/update") return ImageEvent<ctd::images::v1::ImageUpdate>(envelope);
  if (topic == "/images/delete") return ImageEvent<ctd::images::v1::ImageDelete>(envelope);
  return std::nullopt;
}

std::shared_ptr<ctd::events::v1::SubscribeRequest> Subscription() {
  auto request = std::make_shared<ctd::events::v1::SubscribeRequest>();
  for (const char* topic : kTopics) {
    request->add_filters(std::string("topic==\"") + topic + "\",namespace==k8s.io");
  }
  return request;
}

ctd::events::v1::PublishRequest Hello() {
  // Other listeners decode what they see: a payload of a type that containerd knows spares them a complaint.
  containerd::events::NamespaceUpdate payload;
  payload.set_name("k8s.io");
  ctd::events::v1::PublishRequest request;
  request.set_topic(kHelloTopic);
  request.mutable_event()->set_type_url("containerd.events.NamespaceUpdate");
  request.mutable_event()->set_value(payload.SerializeAsString());
  return request;
}

class Events final : public ContainerdEvents {
 public:
  Events(const Executor& control, std::shared_ptr<Connection> connection, Clock& clock)
      : control_(control), connection_(std::move(connection)), clock_(clock), wake_(control) {}
  ~Events() override { Stop(); }

  Task<Result<RuntimeEvent>> Next() override;
  void Stop() override;

 private:
  /// What the reader and the coroutine that says hello share; the latter may outlive this object.
  struct Subscribed {
    bool up = false;
    bool over = false;
  };

  Task<void> Subscribe();
  Task<void> EndStream();
  Task<void> Connected();
  void Take(const ctd::events::v1::Envelope& envelope);
  static Task<void> SayHello(std::shared_ptr<Connection> connection, Clock& clock,
                             std::shared_ptr<Subscribed> subscribed);

  Executor control_;
  std::shared_ptr<Connection> connection_;
  Clock& clock_;
  Signal wake_;
  bool stopped_ = false;
  std::shared_ptr<Stream> stream_;
  std::shared_ptr<Subscribed> subscribed_;
  std::chrono::milliseconds pause_{0};
  std::deque<RuntimeEvent> ready_;
};

Task<Result<RuntimeEvent>> Events::Next() {
  for (;;) {
    if (!ready_.empty() && !stopped_) {
      RuntimeEvent event = std::move(ready_.front());
      ready_.pop_front();
      co_return event;
    }
    if (stopped_) {
      if (stream_) co_await EndStream();
      co_return MakeError(ErrorCode::kCancelled, "the event stream was stopped");
    }
    if (!stream_) {
      co_await Subscribe();
      continue;
    }
    const auto envelope = std::make_shared<ctd::events::v1::Envelope>();
    if (co_await stream_->Read(envelope)) {
      if (!subscribed_->up) co_await Connected();
      Take(*envelope);
    } else {
      co_await EndStream();
    }
  }
}

void Events::Stop() {
  stopped_ = true;
  if (subscribed_) subscribed_->over = true;
  if (stream_) stream_->Cancel();
  wake_.Notify();
}

Task<void> Events::Subscribe() {
  if (pause_.count() > 0) {
    const TimerHandle timer = clock_.After(pause_, [this] { wake_.Notify(); });
    co_await wake_.Wait();
    if (stopped_) co_return;
  }
  pause_ = std::clamp(pause_ * 2, kReconnectFirst, kReconnectMost);
  stream_ = connection_->Open(kSubscribe, Patient(std::chrono::milliseconds(0)));
  subscribed_ = std::make_shared<Subscribed>();
  if (!co_await stream_->Write(Subscription(), /*last=*/true)) co_return;  // the next Read() fails too
  SpawnOnce(control_, "event hello", SayHello(connection_, clock_, subscribed_));
}

Task<void> Events::EndStream() {
  subscribed_->over = true;
  const bool was_up = subscribed_->up;
  const std::shared_ptr<Stream> ended = std::move(stream_);
  stream_ = nullptr;
  const grpc::Status status = co_await ended->Finish();
  if (was_up) {
    pause_ = std::chrono::milliseconds(0);
    RuntimeEvent lost;
    lost.kind = RuntimeEvent::Kind::kDisconnected;
    ready_.push_back(lost);
  }
  if (!stopped_) {
    log::Warning("lost containerd's event stream, subscribing again endpoint={}: {}", connection_->endpoint(),
                 status.error_message());
  }
}

/// Whoever is told kConnected lists next, so the CRI plugin has to answer lists by then. After a restart of containerd
/// that is some ten milliseconds later; an idempotent call waits for it.
Task<void> Events::Connected() {
  subscribed_->up = true;
  runtime::v1::ListPodSandboxRequest nothing;
  nothing.mutable_filter()->set_id("none");
  CallOptions options(kListDeadline);
  options.idempotent = true;
  co_await connection_->Call(kList, std::move(nothing), std::move(options));
  ready_.push_back(RuntimeEvent{});  // kConnected, whatever was answered: the next call sees it too
}

void Events::Take(const ctd::events::v1::Envelope& envelope) {
  if (auto event = Read(envelope)) ready_.push_back(std::move(*event));
}

Task<void> Events::SayHello(std::shared_ptr<Connection> connection, Clock& clock,
                            std::shared_ptr<Subscribed> subscribed) {
  while (!subscribed->up && !subscribed->over) {
    // The outcome does not matter: the reader sees the event, or the stream's end.
    co_await connection->Call(kPublish, Hello(), Patient(kStatusDeadline));
    if (!subscribed->up && !subscribed->over) co_await Sleep(clock, kHelloAgain);
  }
}

}  // namespace

std::unique_ptr<ContainerdEvents> MakeContainerdEvents(const Executor& control, std::shared_ptr<Connection> connection,
                                                       Clock& clock) {
  return std::make_unique<Events>(control, std::move(connection), clock);
}

}  // namespace ordinal::cri
