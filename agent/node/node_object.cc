#include "agent/node/node_object.h"

#include "agent/base/log.h"

namespace ordinal::node {

NodeObject::NodeObject(Clock& clock, store::Door& door, Look look, Duration period)
    : clock_(clock), door_(door), look_(std::move(look)), period_(period) {}

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
  Result<api::Object> stored = co_await door_.store().Get(key);
  if (!stored.ok() && stored.error().code == ErrorCode::kNotFound) {
    api::Json body = NewNode(facts);
    const Result<store::Written> created = co_await door_.Create(std::move(body));
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
  if (status == before) co_return Status();
  const std::string uid = stored->uid();
  const Result<api::Object> written = co_await door_.UpdateStatus(key, uid, std::move(status));
  co_return written.ok() ? Status() : Status(written.error());
}

}  // namespace ordinal::node
