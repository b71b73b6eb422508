#include "agent/app/pod_network.h"

#include <utility>

#include "agent/app/sweep.h"
#include "agent/base/log.h"

namespace ordinal {
namespace {

constexpr Duration kNetworkLook = std::chrono::milliseconds(20);

void Say(const Result<network::CniOutcome>& outcome, const PodNetwork& network) {
  if (!outcome.ok()) {
    log::Error("pod network: {}", outcome.error().message);
  } else if (*outcome == network::CniOutcome::kWritten || *outcome == network::CniOutcome::kRefreshed) {
    log::Info("pod network: wrote {}/{} (bridge {}, {})", network.conf_dir, network::kCniFile, network.options.bridge,
              network.options.pod_cidr);
  } else if (*outcome == network::CniOutcome::kForeign) {
    log::Info("pod network: using the host's CNI configuration in {}", network.conf_dir);
  }
}

}  // namespace

Task<void> PreparePodNetwork(PodNetwork network) {
  auto write = [directory = network.conf_dir, options = network.options, note = network.port_chains_note] {
    NotePortChains(note);
    return network::EnsureCniConfig(directory, options);
  };
  const Result<network::CniOutcome> outcome = co_await network.pool.Run(std::move(write));
  Say(outcome, network);
  bool said = false;
  while (true) {
    const Result<cri::RuntimeStatus> status = co_await network.runtime.GetStatus();
    if (status.ok() && status->network_ready) co_return;
    if (!std::exchange(said, true)) {
      log::Info("waiting for the runtime to load its network: {}",
                status.ok() ? status->message : status.error().message);
    }
    co_await Sleep(network.clock, kNetworkLook);
  }
}

}  // namespace ordinal
