#include "cri/grpc/task_list.h"

#include "cri/grpc/deadlines.h"
#include "cri/grpc/errors.h"
#include "cri/proto/tasks.pb.h"

namespace ordinal::cri {
namespace {

namespace tasks = containerd::services::tasks::v1;

// Path: containerd 1.6 (cri/proto/tasks.proto).
constexpr Method<tasks::ListTasksResponse> kListTasks{"/containerd.services.tasks.v1.Tasks/List"};

constexpr uint32_t kRunning = 2;  // api/types/task/task.proto: Status

}  // namespace

Task<Result<std::map<std::string, uint32_t>>> RunningTasks(std::shared_ptr<Connection> connection) {
  CallOptions options = InCriNamespace(kListDeadline);
  options.idempotent = true;
  const auto [status, reply] = co_await connection->Call(kListTasks, tasks::ListTasksRequest(), std::move(options));
  if (!status.ok()) co_return CallError(status, Operation::kStatus, "list tasks");
  std::map<std::string, uint32_t> running;
  for (const tasks::Process& each : reply->tasks()) {
    if (each.status() == kRunning) running[each.id()] = each.pid();
  }
  co_return running;
}

}  // namespace ordinal::cri
