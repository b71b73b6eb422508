#include "agent/node/node_object.h"

#include <utility>

#include "agent/api/text/valid.h"
#include "agent/base/caught.h"
#include "agent/base/log.h"

namespace ordinal::node {

NodeObject::NodeObject(Clock& clock, objects::Objects& client, Look look, Latest latest, Say say, Duration period)
    : clock_(clock),
      client_(client),
      look_(std::move(look)),
      latest_(std::move(latest)),
      say_(std::move(say)),
      period_(period) {}

Task<void> NodeObject::Run() {
  std::string said;
  while (true) {
    const Status written = co_await Write();
    const std::string failure = written.ok() ? "" : written.error().message;
    if (!failure.empty() && failure != said) log::Warning("node object: {}", failure);
    said = failure;
    co_await Sleep(clock_, period_);
  }
}

Task<Status> NodeObject::Write() {
  if (writing_) {  // what is written now may have been looked at before: once more
    const Executor executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Signal>(executor);
    waiting_.push_back(waiter);
    co_await waiter->Wait();
    co_return last_;
  }
  writing_ = true;
  bool again = true;
  while (again) {
    const std::vector<std::shared_ptr<Signal>> waiting = std::exchange(waiting_, {});
    last_ = co_await Caught(WriteOnce());
    for (const std::shared_ptr<Signal>& waiter : waiting) waiter->Notify();
    again = !waiting_.empty();
  }
  writing_ = false;
  co_return last_;
}

/// What was looked at, but what has to be shown at once as it is at this moment.
NodeFacts NodeObject::Now(const NodeFacts& looked) const {
  NodeFacts facts = looked;
  if (latest_) latest_(facts);
  return facts;
}

Task<Status> NodeObject::WriteOnce() {
  const NodeFacts looked = co_await look_();
  const api::ObjectKey key{"Node", "", looked.name};
  Result<api::Object> stored = co_await client_.Get(key);
  if (!stored.ok() && stored.error().code == ErrorCode::kNotFound) {
    api::Json body = NewNode(looked);
    const Result<objects::Written> created = co_await client_.Create(std::move(body));
    if (!created.ok()) co_return created.error();
    stored = created->object;
  }
  if (!stored.ok()) co_return stored.error();
  const api::Json& before = api::Member(stored->body(), "status");
  api::Json status = NodeStatus(Now(looked), before, clock_.Now());
  // What it does not write itself, others did: taken over as it is.
  for (const auto& [member, value] : before.items()) {
    if (!status.contains(member)) status[member] = value;
  }
  api::MakeValid(status);  // names of images and of the system come from outside
  if (status != before || HeartbeatDue(before, clock_.Now())) {
    Beat(clock_.Now(), status);
    const std::string uid = stored->uid();
    const std::vector<std::string> events = PressureEvents(before, status);
    const Result<api::Object> written = co_await client_.UpdateStatus(key, uid, std::move(status));
    if (!written.ok()) co_return written.error();
    for (const std::string& reason : events) {
      if (say_) say_(reason);
    }
  }
  const api::Object node = *stored;
  CO_TRYV(co_await Renew(node));
  co_return co_await Taint(node, looked);
}

/// Only when there is something to change: it is a write to the disk.
Task<Status> NodeObject::Taint(api::Object node, const NodeFacts& looked) {
  const NodeFacts facts = Now(looked);
  const auto taints_of = [](const api::Json& body) -> const api::Json& {
    return api::Member(api::Member(body, "spec"), "taints");
  };
  const api::Json& before = taints_of(node.body());
  const WallTime now = clock_.Now();
  const api::Json wanted = NodeTaints(facts, before, now);
  if (wanted == before || (wanted.empty() && before.is_null())) co_return Status();
  objects::Objects::Edit edit = [facts, now, taints_of](const api::Object& current) -> Result<api::Json> {
    api::Json body = current.body();
    api::Json taints = NodeTaints(facts, taints_of(body), now);
    if (taints.empty()) {
      body["spec"].erase("taints");
    } else {
      body["spec"]["taints"] = std::move(taints);
    }
    return body;
  };
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kSpec;  // the status stays as it was written, to the letter
  api::ObjectKey key{"Node", "", node.name()};
  const Result<objects::Written> written = co_await client_.Change(std::move(key), std::move(edit), std::move(options));
  co_return written.ok() ? Status() : Status(written.error());
}

Task<Status> NodeObject::Renew(api::Object node) {
  const api::ObjectKey key{"Lease", kLeaseNamespace, node.name()};
  const WallTime now = clock_.Now();
  auto renew = [node, now](api::Json& lease) {
    lease = NodeLease(node, lease, now);
    return true;
  };
  const Result<api::Object> renewed = co_await client_.Modify(key, std::move(renew));
  if (renewed.ok() || renewed.error().code != ErrorCode::kNotFound) {
    co_return renewed.ok() ? Status() : Status(renewed.error());
  }
  api::Json lease = NodeLease(node, api::Json(), now);
  const Result<objects::Written> created = co_await client_.Create(std::move(lease));
  co_return created.ok() ? Status() : Status(created.error());
}

}  // namespace ordinal::node
