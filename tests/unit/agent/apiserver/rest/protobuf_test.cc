// A pod in protobuf is the pod that the same fields make in JSON.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string Bytes(int number, const std::string& bytes) {
  return Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(bytes.size()) + bytes;
}
std::string Number(int number, uint64_t value) { return Varint(static_cast<uint64_t>(number) << 3) + Varint(value); }
std::string Entry(int number, const std::string& key, const std::string& value) {
  return Bytes(number, Bytes(1, key) + Bytes(2, value));
}

/// The envelope of a v1 Pod with this metadata and spec.
std::string Envelope(const std::string& name, const std::string& spec) {
  const std::string pod = Bytes(1, Bytes(1, name) + Entry(11, "app", "a")) + Bytes(2, spec);
  return std::string("k8s\0", 4) + Bytes(1, Bytes(1, "v1") + Bytes(2, "Pod")) + Bytes(2, pod);
}

constexpr const char* kSpec = R"({
  "containers": [{"name": "c", "image": "i:1", "command": ["sh", "-c", "true"], "stdin": true, "tty": true,
    "ports": [{"containerPort": 80, "protocol": "UDP"}],
    "env": [{"name": "A", "value": "b"}, {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    "resources": {"limits": {"memory": "64Mi"}},
    "volumeMounts": [{"name": "host", "mountPath": "/host", "readOnly": true}],
    "securityContext": {"privileged": false, "capabilities": {"add": ["SYS_PTRACE"]}}}],
  "initContainers": [{"name": "first", "image": "i:1"}],
  "volumes": [{"name": "host", "hostPath": {"path": "/", "type": ""}}, {"name": "e", "emptyDir": {}}],
  "restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "hostPID": true, "hostNetwork": true,
  "nodeName": "n", "nodeSelector": {"a": "b"},
  "tolerations": [{"operator": "Exists"}],
  "securityContext": {"runAsUser": 0, "fsGroup": 7},
  "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
    {"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}}})";

/// kSpec by the numbers of core/v1.
std::string SpecBytes() {
  const std::string env =
      Bytes(7, Bytes(1, "A") + Bytes(2, "b")) +
      Bytes(7, Bytes(1, "N") + Bytes(2, "") + Bytes(3, Bytes(1, Bytes(1, "") + Bytes(2, "metadata.name"))));
  const std::string container = Bytes(1, "c") + Bytes(2, "i:1") + Bytes(3, "sh") + Bytes(3, "-c") + Bytes(3, "true") +
                                Bytes(6, Bytes(1, "") + Number(2, 0) + Number(3, 80) + Bytes(4, "UDP") + Bytes(5, "")) +
                                env + Bytes(8, Entry(1, "memory", Bytes(1, "64Mi"))) +
                                Bytes(9, Bytes(1, "host") + Number(2, 1) + Bytes(3, "/host") + Bytes(4, "")) +
                                Bytes(15, Bytes(1, Bytes(1, "SYS_PTRACE")) + Number(2, 0)) + Number(16, 1) +
                                Number(17, 0) + Number(18, 1);
  const std::string volumes = Bytes(1, Bytes(1, "host") + Bytes(2, Bytes(1, Bytes(1, "/") + Bytes(2, "")))) +
                              Bytes(1, Bytes(1, "e") + Bytes(2, Bytes(2, Bytes(1, ""))));
  const std::string term = Bytes(1, Bytes(1, "k") + Bytes(2, "In") + Bytes(3, "v"));
  return volumes + Bytes(2, container) + Bytes(3, "Never") + Number(4, 0) + Entry(7, "a", "b") + Bytes(10, "n") +
         Number(11, 1) + Number(12, 1) + Bytes(14, Number(2, 0) + Number(5, 7)) +
         Bytes(18, Bytes(1, Bytes(1, Bytes(1, term)))) + Bytes(20, Bytes(1, "first") + Bytes(2, "i:1")) +
         Bytes(22, Bytes(1, "") + Bytes(2, "Exists"));
}

class ProtobufTest : public RestFixture {
 protected:
  /// Each pod's volume with its token has a name of its own.
  static Json WithoutToken(Json spec) {
    spec["volumes"].erase(spec["volumes"].size() - 1);
    for (const char* list : {"containers", "initContainers"}) {
      for (Json& container : spec[list]) container["volumeMounts"].erase(container["volumeMounts"].size() - 1);
    }
    return spec;
  }
  http::Response PostBytes(const std::string& bytes) {
    return Send("POST", kPods, Sent{bytes, "application/vnd.kubernetes.protobuf", "application/json"});
  }
  http::Response PostJson(const std::string& name, const Json& spec) {
    Json body = PodBody(name);
    body["spec"] = spec;
    return Post(kPods, body);
  }
};

TEST_F(ProtobufTest, APodIsReadWithAllItsFields) {
  const http::Response read = PostBytes(Envelope("a", SpecBytes()));
  ASSERT_EQ(read.status, 201) << Text(read);
  const http::Response json = PostJson("b", Json::parse(kSpec));
  ASSERT_EQ(json.status, 201) << Text(json);
  EXPECT_EQ(WithoutToken(Body(read)["spec"]), WithoutToken(Body(json)["spec"]));
  EXPECT_EQ(Body(read)["metadata"]["labels"], Body(json)["metadata"]["labels"]);
}

TEST_F(ProtobufTest, NumbersThatNoFieldHasArePassedOver) {
  const std::string newer =
      Bytes(4001, "x") + Number(4002, 5) + Varint(4003 << 3 | 1) + "12345678" + Varint(4004 << 3 | 5) + "1234";
  const http::Response read = PostBytes(Envelope("a", newer + Bytes(2, Bytes(1, "c") + Bytes(2, "i:1"))));
  EXPECT_EQ(read.status, 201) << Text(read);
}

TEST_F(ProtobufTest, WhatIsNotSupportedIsRefusedAsInJson) {
  const std::string device = Bytes(21, Bytes(1, "v") + Bytes(2, "/dev/x"));  // volumeDevices
  const http::Response read = PostBytes(Envelope("a", Bytes(2, Bytes(1, "c") + Bytes(2, "i:1") + device)));
  const http::Response json = PostJson("a", Json::parse(R"({"containers": [{"name": "c", "image": "i:1",
    "volumeDevices": [{"name": "v", "devicePath": "/dev/x"}]}]})"));
  EXPECT_EQ(read.status, 422) << Text(read);
  EXPECT_EQ(Body(read), Body(json));
  EXPECT_THAT(Text(read), HasSubstr("spec.containers[0].volumeDevices"));
}

TEST_F(ProtobufTest, NoCutOfItIsTakenForSomethingElse) {
  const std::string bytes = Envelope("a", SpecBytes());
  for (size_t length = 1; length < bytes.size(); ++length) {
    EXPECT_THAT(PostBytes(bytes.substr(0, length)).status, testing::AnyOf(400, 415, 422)) << length;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
