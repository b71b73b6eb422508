#include "agent/node/node_object.h"

#include "agent/api/text/valid.h"
#include "agent/base/log.h"

namespace ordinal::node {

NodeObject::NodeObject(Clock& clock, objects::Objects& client, Look look, Duration period)
    : clock_(clock), client_(client), look_(std::move(look)), period_(period) {}

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
  const NodeFacts facts = co_await look_();
  const api::ObjectKey key{"Node", "", facts.name};
  Result<api::Object> stored = co_await client_.Get(key);
  if (!stored.ok() && stored.error().code == ErrorCode::kNotFound) {
    api::Json body = NewNode(facts);
    const Result<objects::Written> created = co_await client_.Create(std::move(body));
    if (!created.ok()) co_return created.error();
    stored = created->object;
  }
  if (!stored.ok()) co_return stored.error();
  const api::Json& before = api::Member(stored->body(), "status");
  api::Json status = NodeStatus(facts, before, clock_.Now());
  // What it does not write itself, others did: taken over as it is.
  for (const auto& [member, value] : before.items()) {
    if (!status.contains(member)) status[member] = value;
  }
  api::MakeValid(status);  // names of images and of the system come from outside
  if (status != before || HeartbeatDue(before, clock_.Now())) {
    Beat(clock_.Now(), status);
    const std::string uid = stored->uid();
    const Result<api::Object> written = co_await client_.UpdateStatus(key, uid, std::move(status));
    if (!written.ok()) co_return written.error();
  }
  co_return co_await Renew(*stored);
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
