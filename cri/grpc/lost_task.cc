#include "cri/grpc/lost_task.h"

#include <csignal>
#include <string_view>

#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/tasks.pb.h"

namespace ordinal::cri {
namespace {

namespace tasks = containerd::services::tasks::v1;

// Paths: containerd 1.6 (cri/proto/tasks.proto).
constexpr Method<containerd::wkt::Empty> kKill{"/containerd.services.tasks.v1.Tasks/Kill"};
constexpr Method<tasks::WaitResponse> kWait{"/containerd.services.tasks.v1.Tasks/Wait"};
constexpr Method<tasks::DeleteResponse> kDelete{"/containerd.services.tasks.v1.Tasks/Delete"};

constexpr std::string_view kRefusal = "cannot delete running task ";  // containerd/container.go: Delete
constexpr std::string_view kIdCharacters = "0123456789abcdef";

CallOptions InNamespace() { return InCriNamespace(kStatusDeadline); }

bool Gone(const grpc::Status& status) { return status.error_code() == grpc::StatusCode::NOT_FOUND; }

}  // namespace

std::optional<std::string> LostTaskOfError(const std::string& message) {
  const size_t found = message.find(kRefusal);
  if (found == std::string::npos) return std::nullopt;
  const size_t begin = found + kRefusal.size();
  const size_t end = message.find_first_not_of(kIdCharacters, begin);
  std::string id = message.substr(begin, end == std::string::npos ? end : end - begin);
  if (id.empty()) return std::nullopt;
  return id;
}

Task<Status> EndLostTask(std::shared_ptr<Connection> connection, std::string id) {
  const std::string what = "end the lost task " + id;
  tasks::KillRequest kill;
  kill.set_container_id(id);
  kill.set_signal(SIGKILL);
  kill.set_all(true);
  const auto [killed, no_reply] = co_await connection->Call(kKill, std::move(kill), InNamespace());
  if (!killed.ok() && !Gone(killed)) co_return CallError(killed, Operation::kStopContainer, what);
  tasks::WaitRequest wait;
  wait.set_container_id(id);
  const auto [ended, exit] = co_await connection->Call(kWait, std::move(wait), InNamespace());
  if (!ended.ok() && !Gone(ended)) co_return CallError(ended, Operation::kStopContainer, what);
  tasks::DeleteTaskRequest remove;
  remove.set_container_id(id);
  const auto [removed, record] = co_await connection->Call(kDelete, std::move(remove), InNamespace());
  if (!removed.ok() && !Gone(removed)) co_return CallError(removed, Operation::kStopContainer, what);
  co_return Status();
}

}  // namespace ordinal::cri
