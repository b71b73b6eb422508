#include "agent/podsync/steps/make_sandbox.h"

#include <fmt/format.h>

#include "agent/podsync/files.h"
#include "agent/podsync/steps/runtime_class.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const MakeSandbox& step) {
  Services& services = context.services;
  CO_TRYV(CheckHostname(context.pod, services.node.dns.cluster_domain));
  context.sandbox_config = MakeSandboxConfig(context.pod, services.node, services.layout, step.attempt);
  CO_TRY(context.sandbox_config.runtime_handler, HandlerFor(context));
  CO_TRY(context.sandbox_config.namespaces.users, co_await UsersOf(context));
  auto make_logs = [directory = context.sandbox_config.log_directory] { return MakeDirectories(directory); };
  CO_TRYV(co_await services.pool.Run(std::move(make_logs)));
  CO_TRY(context.sandbox_id, co_await services.runtime.RunSandbox(context.sandbox_config));
  CO_TRY(const cri::Sandbox sandbox, co_await services.runtime.SandboxStatus(context.sandbox_id));
  context.ips = context.pod.spec.host_network ? services.node.host_ips : sandbox.ips;
  if (context.ips.empty() && !context.pod.spec.host_network) {
    co_return MakeError(ErrorCode::kInternal, "the sandbox has no address: look at the CNI configuration of this host",
                        "FailedCreatePodSandBox");
  }
  co_return Status();
}

}  // namespace ordinal::podsync
