// crils: what a CRI runtime holds, as JSON, straight from its socket. The tests look at the agent's work through it
// and not through the agent's own client, so that the two cannot be wrong together.
//
//   crils --endpoint unix:///run/containerd/containerd.sock list
//   crils --endpoint … images | run-sandbox NAME | stop-sandbox ID | remove-sandbox ID | exec CONTAINER COMMAND...
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "cri/proto/cri.pb.h"

namespace {

using nlohmann::json;
namespace cri = runtime::v1;

// Exceptions end the program with their message: this tool is a test's, not the agent's.
class Client {
 public:
  explicit Client(const std::string& endpoint)
      : stub_(grpc::CreateChannel(endpoint.rfind("unix://", 0) == 0 ? "unix:" + endpoint.substr(7) : endpoint,
                                  grpc::InsecureChannelCredentials())) {}

  template <class Reply, class Request>
  Reply Call(const std::string& method, const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    Reply reply;
    std::promise<grpc::Status> done;
    stub_.UnaryCall(&context, "/runtime.v1." + method, grpc::StubOptions(), &request, &reply,
                    [&done](grpc::Status status) { done.set_value(std::move(status)); });
    grpc::Status status = done.get_future().get();
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) throw std::out_of_range(status.error_message());
    if (!status.ok()) throw std::runtime_error(method + ": " + status.error_message());
    return reply;
  }

 private:
  using Message = google::protobuf::MessageLite;
  grpc::TemplatedGenericStub<Message, Message> stub_;
};

template <class Map>
json ToJson(const Map& map) {
  json object = json::object();
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

// containerd puts what CRI has no field for (the process id) into info["info"], itself JSON.
json Pid(const google::protobuf::Map<std::string, std::string>& info) {
  auto found = info.find("info");
  if (found == info.end()) return 0;
  json inner = json::parse(found->second, nullptr, false);
  return inner.is_object() ? inner.value("pid", json(0)) : json(0);
}

json DescribeSandbox(Client& client, const std::string& id) {
  cri::PodSandboxStatusRequest request;
  request.set_pod_sandbox_id(id);
  request.set_verbose(true);
  auto reply = client.Call<cri::PodSandboxStatusResponse>("RuntimeService/PodSandboxStatus", request);
  const auto& status = reply.status();
  json ips = json::array();
  if (!status.network().ip().empty()) ips.push_back(status.network().ip());
  for (const auto& more : status.network().additional_ips()) ips.push_back(more.ip());
  return {{"id", status.id()},
          {"name", status.metadata().name()},
          {"namespace", status.metadata().namespace_()},
          {"uid", status.metadata().uid()},
          {"attempt", status.metadata().attempt()},
          {"state", status.state() == cri::SANDBOX_READY ? "ready" : "notready"},
          {"createdAt", status.created_at()},
          {"labels", ToJson(status.labels())},
          {"annotations", ToJson(status.annotations())},
          {"ips", ips},
          {"handler", status.runtime_handler()},
          {"pid", Pid(reply.info())}};
}

const char* StateName(int state) {
  static const char* const kNames[] = {"created", "running", "exited", "unknown"};
  return state >= 0 && state < 4 ? kNames[state] : "unknown";
}

json DescribeContainer(Client& client, const std::string& id, const std::string& sandbox) {
  cri::ContainerStatusRequest request;
  request.set_container_id(id);
  request.set_verbose(true);
  auto reply = client.Call<cri::ContainerStatusResponse>("RuntimeService/ContainerStatus", request);
  const auto& status = reply.status();
  json mounts = json::array();
  for (const auto& mount : status.mounts()) {
    mounts.push_back(
        {{"containerPath", mount.container_path()}, {"hostPath", mount.host_path()}, {"readonly", mount.readonly()}});
  }
  return {{"id", status.id()},
          {"sandbox", sandbox},
          {"name", status.metadata().name()},
          {"attempt", status.metadata().attempt()},
          {"state", StateName(status.state())},
          {"createdAt", status.created_at()},
          {"startedAt", status.started_at()},
          {"finishedAt", status.finished_at()},
          {"exitCode", status.exit_code()},
          {"reason", status.reason()},
          {"image", status.image().image()},
          {"logPath", status.log_path()},
          {"labels", ToJson(status.labels())},
          {"annotations", ToJson(status.annotations())},
          {"mounts", mounts},
          {"pid", Pid(reply.info())}};
}

// What vanishes between the list and the look at it is left out.
json List(Client& client) {
  json out = {{"sandboxes", json::array()}, {"containers", json::array()}};
  auto sandboxes =
      client.Call<cri::ListPodSandboxResponse>("RuntimeService/ListPodSandbox", cri::ListPodSandboxRequest());
  for (const auto& item : sandboxes.items()) {
    try {
      out["sandboxes"].push_back(DescribeSandbox(client, item.id()));
    } catch (const std::out_of_range&) {
    }
  }
  auto containers =
      client.Call<cri::ListContainersResponse>("RuntimeService/ListContainers", cri::ListContainersRequest());
  for (const auto& item : containers.containers()) {
    try {
      out["containers"].push_back(DescribeContainer(client, item.id(), item.pod_sandbox_id()));
    } catch (const std::out_of_range&) {
    }
  }
  return out;
}

json Images(Client& client) {
  auto reply = client.Call<cri::ListImagesResponse>("ImageService/ListImages", cri::ListImagesRequest());
  json out = json::array();
  for (const auto& image : reply.images()) {
    out.push_back({{"id", image.id()}, {"tags", image.repo_tags()}, {"size", image.size()}});
  }
  return out;
}

// A sandbox as some other node agent would make it: with the standard labels, and not ours.
std::string RunSandbox(Client& client, const std::string& name) {
  cri::RunPodSandboxRequest request;
  auto& config = *request.mutable_config();
  config.mutable_metadata()->set_name(name);
  config.mutable_metadata()->set_uid("uid-of-" + name);
  config.mutable_metadata()->set_namespace_("default");
  config.set_hostname(name);
  auto& labels = *config.mutable_labels();
  labels["io.kubernetes.pod.name"] = name;
  labels["io.kubernetes.pod.namespace"] = "default";
  labels["io.kubernetes.pod.uid"] = "uid-of-" + name;
  config.mutable_linux()->mutable_security_context();
  return client.Call<cri::RunPodSandboxResponse>("RuntimeService/RunPodSandbox", request).pod_sandbox_id();
}

int Exec(Client& client, const std::vector<std::string>& words) {
  cri::ExecSyncRequest request;
  request.set_container_id(words.at(0));
  for (size_t i = 1; i < words.size(); ++i) request.add_cmd(words[i]);
  request.set_timeout(20);
  auto reply = client.Call<cri::ExecSyncResponse>("RuntimeService/ExecSync", request);
  std::cout << reply.stdout();
  std::cerr << reply.stderr();
  return reply.exit_code();
}

int Run(const std::vector<std::string>& words) {
  if (words.size() < 3 || words[0] != "--endpoint") {
    throw std::invalid_argument(
        "usage: crils --endpoint E list|images|run-sandbox NAME|stop-sandbox ID|remove-sandbox ID|exec ID CMD...");
  }
  Client client(words[1]);
  const std::string& command = words[2];
  if (command == "list") {
    std::cout << List(client).dump(1) << "\n";
  } else if (command == "images") {
    std::cout << Images(client).dump(1) << "\n";
  } else if (command == "run-sandbox") {
    std::cout << RunSandbox(client, words.at(3)) << "\n";
  } else if (command == "stop-sandbox") {
    cri::StopPodSandboxRequest request;
    request.set_pod_sandbox_id(words.at(3));
    client.Call<cri::StopPodSandboxResponse>("RuntimeService/StopPodSandbox", request);
  } else if (command == "remove-sandbox") {
    cri::RemovePodSandboxRequest request;
    request.set_pod_sandbox_id(words.at(3));
    client.Call<cri::RemovePodSandboxResponse>("RuntimeService/RemovePodSandbox", request);
  } else if (command == "exec") {
    return Exec(client, {words.begin() + 3, words.end()});
  } else {
    throw std::invalid_argument("unknown command " + command);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crils: %s\n", error.what());
    return 1;
  }
}
